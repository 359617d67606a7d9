"""The server from its first moment: a waiting page, then the app, or one sentence that says why not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from coach.errors import RecordError, SettingsError
from coach.services import Services
from coach.settings import Settings
from coach.ui.server import HOST, Opening, serve
from tests.browser import RunningApp, chromium


def visits(
    make: Callable[[], FastAPI], go_on: Callable[[], None]
) -> tuple[Opening, str, httpx.Response, httpx.Response]:
    """An opening's life: a visit while `make` works, `go_on`, a visit once it has told how that ended, the end."""

    async def life() -> tuple[Opening, str, httpx.Response, httpx.Response]:
        told: asyncio.Queue[Any] = asyncio.Queue()
        said: asyncio.Queue[Any] = asyncio.Queue()
        ended: asyncio.Queue[str] = asyncio.Queue()
        opening = Opening(
            make,
            lambda: ended.put_nowait("ready"),
            lambda: ended.put_nowait("given up"),
            lambda: ended.put_nowait("ended"),
        )
        running = asyncio.create_task(opening({"type": "lifespan"}, told.get, said.put))
        await told.put({"type": "lifespan.startup"})
        assert (await said.get())["type"] == "lifespan.startup.complete"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(opening), base_url=f"http://{HOST}") as client:
            before = await client.get("/")
            go_on()
            how = await ended.get()
            after = await client.get("/")
        await told.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        assert await ended.get() == "ended"
        await running
        return opening, how, before, after

    return asyncio.run(life())


def test_a_visitor_waits_in_a_page_that_looks_again_by_itself() -> None:
    """Until the app is made it is 503 with a page that reloads, behind the same guard; then the app answers."""
    done = threading.Event()

    def make() -> FastAPI:
        assert done.wait(10)
        app = FastAPI()
        app.get("/")(lambda: "the app")
        return app

    opening, how, before, after = visits(make, done.set)

    assert (before.status_code, before.headers["Retry-After"]) == (503, "1")
    assert 'http-equiv="refresh"' in before.text
    assert "default-src 'self'" in before.headers["Content-Security-Policy"]
    assert (how, after.status_code, after.json(), opening.failure) == ("ready", 200, "the app", None)


def test_an_app_that_cannot_be_made_is_given_up() -> None:
    """The fault is kept for whoever started the server, and nobody waits for ever."""
    done = threading.Event()

    def make() -> FastAPI:
        assert done.wait(10)
        raise RecordError("The record cannot be opened.")

    opening, how, _, after = visits(make, done.set)

    assert (how, after.status_code) == ("given up", 503)
    assert isinstance(opening.failure, RecordError)


def test_a_taken_port_is_one_sentence_with_a_remedy(tmp_path: Path) -> None:
    """A second app on the same port says which port, and which setting chooses another."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=rf"Port {port} cannot be used .* COACH_PORT"):
            serve(Services(Settings(data=tmp_path, port=port)))


@pytest.mark.slow
def test_a_page_opened_too_early_becomes_the_app(tmp_path: Path) -> None:
    """Whoever follows the address as soon as it is printed sees the waiting page turn into the customers."""
    app = RunningApp(tmp_path / "data")
    app.launch()
    try:
        with chromium() as browser:
            page = browser.new_page()
            deadline = time.monotonic() + 60
            while not app.listens() and time.monotonic() < deadline:
                time.sleep(0.02)
            page.goto(app.url)
            expect(page.get_by_role("heading", name="Your customers are on their way")).to_be_visible()

            expect(page.get_by_role("button", name="Interview Rosalind Achebe", exact=True)).to_be_visible(
                timeout=60_000
            )
    finally:
        app.stop()
