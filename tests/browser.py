"""The real app from outside: its process, its handlers over plain HTTP, and a page of Chromium that plays it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS = 180
GRADIOS_OWN = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")
"""What Gradio's client logs as an error when a page is left while it still listens or loads."""


# -- the app ------------------------------------------------------------------------------------------------------------


class RunningApp:
    """`python app.py` on a data folder and a port of its own. It can be killed, and started again in the same place."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.cache = data.parent / f"{data.name}-gradio-cache"
        self._log = data.parent / f"{data.name}-app.log"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Starts the process and waits for nothing."""
        others = {k: v for k, v in os.environ.items() if not k.startswith(("COACH_", "GRADIO_"))}
        mine = {"COACH_DATA": str(self.data), "COACH_PORT": str(self.port), "GRADIO_TEMP_DIR": str(self.cache)}
        if others.pop("PYTHONDONTWRITEBYTECODE", None):
            mine["PYTHONPYCACHEPREFIX"] = _bytecode()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=ROOT, env={**others, **mine}, stdout=log, stderr=log
            )

    def start(self) -> None:
        """Returns when the app answers. Raises RuntimeError with what it printed when it does not."""
        self.launch()
        assert self._process
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                status = self._process.poll()
                self.kill()
                printed = self._log.read_text("utf-8", "replace")[-2000:]
                raise RuntimeError(f"The app did not start (exit status {status}); it printed: {printed!r}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """As somebody who closes the app does."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def listens(self) -> bool:
        """Whether anything answers at all, be it the waiting page."""
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/config", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running_app(data: Path) -> Iterator[RunningApp]:
    """The app while the block runs."""
    app = RunningApp(data)
    app.start()
    try:
        yield app
    finally:
        app.stop()


@cache
def _bytecode() -> str:
    """A folder for compiled modules where Python is told to leave none: else each start would compile Gradio anew."""
    folder = tempfile.mkdtemp(prefix="coach-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


# -- plain HTTP ---------------------------------------------------------------------------------------------------------


class Wire:
    """The app's handlers as anybody with a socket can call them. `tab` is the session that the caller claims to be."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        self.tab = uuid.uuid4().hex
        config = self.http.get("/config").json()
        self.handlers: list[dict[str, Any]] = [d for d in config["dependencies"] if d["backend_fn"]]

    def named(self, name: str) -> dict[str, Any]:
        """A handler by its name in /config, as “ask”, “show_1”."""
        return next(h for h in self.handlers if h["api_name"] == name)

    def run(self, name: str, data: Sequence[Any] = (), **query: str) -> httpx.Response:
        """POST /gradio_api/run/<name>."""
        body = {"data": list(data), "session_hash": self.tab}
        return self.http.post(f"/gradio_api/run/{name}", json=body, params=query)

    def call(self, name: str, data: Sequence[Any] = (), **query: str) -> str:
        """POST /gradio_api/call/<name>, then its answer."""
        joined = self.http.post(f"/gradio_api/call/{name}", json={"data": list(data)}, params=query)
        if joined.status_code != 200:
            return joined.text
        return self.http.get(f"/gradio_api/call/{name}/{joined.json()['event_id']}").text

    def queue(self, name: str, data: Sequence[Any] = (), **query: str) -> str:
        """POST /gradio_api/queue/join with the handler's number, then its answer: what a page does."""
        body = {"data": list(data), "fn_index": self.named(name)["id"], "session_hash": self.tab}
        joined = self.http.post("/gradio_api/queue/join", json=body, params=query)
        if joined.status_code != 200:
            return joined.text
        with self.http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.tab}) as events:
            for line in events.iter_lines():
                event = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if event.get("msg") in ("process_completed", "unexpected_error", "close_stream"):
                    return line
        return ""

    def close(self) -> None:
        self.http.close()


# -- a page -------------------------------------------------------------------------------------------------------------


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Without one the test is skipped; in CI, where there must be one, it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must have it.")
        pytest.skip("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Seen:
    """What the pages of one browser context asked for and complained of."""

    requests: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def forget(self) -> None:
        for noted in (self.requests, self.elsewhere, self.errors):
            noted.clear()


def watch(context: BrowserContext, base_url: str) -> Seen:
    """Notes every request, those to another host, and every error in the console, but for Gradio's own."""
    seen = Seen()

    def requested(url: str) -> None:
        seen.requests.append(url)
        if not url.startswith((f"{base_url}/", "data:", f"blob:{base_url}/")):
            seen.elsewhere.append(url)

    def complained(text: str) -> None:
        if not text.startswith(GRADIOS_OWN):
            seen.errors.append(text)

    context.on("request", lambda request: requested(request.url))
    context.on("console", lambda message: complained(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complained(str(error.error)))
    return seen


def begin(page: Page, base_url: str, customer_name: str, hints: bool = False) -> str:
    """From the home page into an interview. Returns its address."""
    page.goto(base_url)
    if hints:
        page.get_by_label("Live hints").check()
    page.get_by_role("button", name=f"Interview {customer_name}", exact=True).click()
    page.wait_for_url("**/interview?id=*")
    wait_for_turns(page, 0)
    return page.url


def wait_for_turns(page: Page, turns: int) -> None:
    """Waits until the page shows so many turns."""
    page.wait_for_selector(f'#turn[data-turns="{turns}"]')


def ask(page: Page, question: str, turns: int | None = None) -> None:
    """Types a question, presses Enter and waits until `turns` turns are there: one more than before, if not told."""
    if turns is None:
        turns = int(page.locator("#turn").get_attribute("data-turns") or 0) + 1
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    wait_for_turns(page, turns)
    expect(box).to_have_value("")


def talk(page: Page) -> list[str]:
    """What was said, as the chat shows it: question, answer, question, answer."""
    return page.locator('#chat [data-testid="user"], #chat [data-testid="bot"]').all_inner_texts()


def end(page: Page) -> str:
    """From an interview to its debrief. Returns the debrief's address."""
    page.get_by_role("button", name="End and see the debrief").click()
    page.wait_for_url("**/debrief?id=*")
    page.wait_for_selector('#debrief h1:has-text("Your interview with")')
    return page.url


def play(page: Page, base_url: str, customer_name: str, questions: Sequence[str], *, hints: bool = False) -> str:
    """Interviews a customer through the real app and ends. Returns the debrief's address; the page is there."""
    begin(page, base_url, customer_name, hints)
    for number, question in enumerate(questions, 1):
        ask(page, question, number)
    return end(page)


class Figures(TypedDict):
    """What a debrief says in figures."""

    grades: dict[str, str]
    """Each skill's title, and its grade in words."""
    moments: dict[str, tuple[int, int]]
    """Each story's title: moments heard, moments in it."""
    false_signals: int


_FIGURES = """() => {
  const text = e => e.textContent.trim();
  const grades = [...document.querySelectorAll('#debrief .grid4 > .card')]
    .map(card => [text(card.querySelector('h3')), text(card.querySelector('p .chip'))]);
  const titles = [...document.querySelectorAll('#debrief details.skip > h3')].map(text);
  const heard = [...document.querySelectorAll('#debrief h3 > .chip')].map(text).filter(t => /^[0-9]+ of [0-9]+$/.test(t));
  const heading = [...document.querySelectorAll('#debrief h2')].find(h => text(h) === 'False signals');
  let signals = 0;
  for (let e = heading && heading.nextElementSibling; e && e.tagName !== 'H2'; e = e.nextElementSibling)
    if (e.classList.contains('card')) signals += 1;
  return {grades, titles, heard, signals};
}"""


def debrief_figures(page: Page) -> Figures:
    """The figures of the debrief that the page shows. A story that nobody heard is named on the page only among what
    stayed hidden, where all are, in the same order."""
    found = page.evaluate(_FIGURES)
    heard = [tuple(int(n) for n in h.split(" of ")) for h in found["heard"]]
    if len(heard) != len(found["titles"]):
        raise ValueError(f"{len(found['titles'])} stories and {len(heard)} counts: the debrief looks otherwise now.")
    return {
        "grades": dict(found["grades"]),
        "moments": {title: (told, of) for title, (told, of) in zip(found["titles"], heard, strict=True)},
        "false_signals": found["signals"],
    }
