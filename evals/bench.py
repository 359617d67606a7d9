"""How long one turn takes without a language model, and what it takes to read many: `make bench`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from coach import settings
from coach.disclosure.policy import decide
from coach.disclosure.state import fold
from coach.domain.interview import Interview, Turn
from coach.evaluation.cases import Split, gold
from coach.practice import hash_of
from coach.reading.reader import OfflineReader
from coach.services import Services, utc_now
from coach.settings import Settings
from coach.transcript import context_before
from coach.voice.authored import speak

QUESTIONS = (
    "Hi, thanks for making the time today.",
    "Could you tell me about the last time it did not go to plan?",
    "What happened next?",
    "And how did you work out what to do about it, if you don't mind me asking?",
    "Who else was there at that point?",
    "Mm-hm.",
    "How do you usually handle that sort of thing?",
    "Would you use something that told you beforehand?",
    "You mentioned it got late. What did you do then?",
    "why",
    "So it was really frustrating, right?",
    "Is there anything else about that day that I have not asked?",
)
ROUNDS = 3


def main() -> None:
    """Prints the table and the time from start to the first page."""
    times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        times[name].append(1000 * (time.perf_counter() - began))

    with tempfile.TemporaryDirectory() as folder:
        services = Services(Settings(data=Path(folder)))
        reader, linker, record = services.reader, services.linker, services.record
        for persona in services.personas.values():
            linker.prepare(persona)
            for _ in range(ROUNDS):
                started = services.practice.start("bench", persona.id)
                turns: list[Turn] = []
                for asked in QUESTIONS:
                    with timed("whole turn"):
                        with timed("read"):
                            said = [(t.asked, t.answer or "") for t in turns]
                            reading = reader.read(asked, context_before(said, len(said)))
                        with timed("decide"):
                            state = fold(persona, turns)
                            decision = decide(
                                persona, state, reading, linker.target(persona, state, reading, asked, turns)
                            )
                        with timed("voice"):
                            answer = speak(persona, state, decision)
                        turn = Turn(index=len(turns), asked=asked, reading=reading, decision=decision, answer=answer)
                        with timed("record"):
                            unanswered = turn.model_copy(update={"answer": None})
                            record.ask("bench", started.id, unanswered, utc_now())
                            record.answer("bench", started.id, turn.index, answer)
                    turns.append(turn)
        # The parts above are what the product itself does in one call; here is that call.
        persona = next(iter(services.personas.values()))
        whole: Interview = services.practice.start("bench", persona.id)
        assert whole.persona_hash == hash_of(persona)
        for asked in QUESTIONS * ROUNDS:
            with timed("Practice.ask, all in all"):
                services.practice.ask("bench", whole.id, asked)
        services.close()

    print(f"{'one turn':28}{'p50 ms':>8}{'p95 ms':>8}{'n':>6}")
    for name in ("read", "decide", "voice", "record", "whole turn", "Practice.ask, all in all"):
        p50, p95 = np.percentile(times[name], [50, 95])
        print(f"{name:28}{p50:8.1f}{p95:8.1f}{len(times[name]):6}")
    print()
    reader_speed()
    door, seconds, megabytes = start_up()
    print(f"{'start to waiting page, s':28}{door:8.1f}")
    print(f"{'start to first page, s':28}{seconds:8.1f}")
    print(f"{'  of it import gradio, s':28}{gradio_alone():8.1f}")
    print(f"{'memory of the app, MB':28}{megabytes:8.0f}")


def reader_speed() -> None:
    """The reader alone, on the gold interviews of the dev split."""
    reader = OfflineReader()
    turns = [(c.text, c.context) for c in gold(Path(__file__).parent / "gold", Split.DEV)[0]]
    reader.read_many(turns[:50])
    began = time.perf_counter()
    reader.read_many(turns)
    print(f"{'turns a second, in a batch':28}{len(turns) / (time.perf_counter() - began):8.0f}")
    single = []
    for text, context in turns[:200]:
        began = time.perf_counter()
        reader.read(text, context)
        single.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(single, [50, 95])
    print(f"{'one turn, ms p50 and p95':28}{p50:8.1f}{p95:8.1f}")


WARM_SECONDS = 15


def gradio_alone() -> float:
    """Seconds that a process of its own needs to import Gradio: the least that any start can take on this machine."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import gradio"], env=settings.child_environment(), check=True)
    return time.perf_counter() - began


def start_up() -> tuple[float, float, float]:
    """Seconds from starting `app.py` in a process of its own until it answers at all, and until it serves the first
    page; and its memory (resident, the most it had) once everything is loaded."""
    import socket
    import urllib.error
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**settings.child_environment(), "COACH_DATA": folder, "COACH_PORT": str(port)}
        began, door = time.perf_counter(), 0.0
        app = Path(__file__).parent.parent / "app.py"
        process = subprocess.Popen([sys.executable, str(app)], env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  # this interpreter, our file
        try:
            while time.perf_counter() - began < 60:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:  # loopback
                        page.read()
                    seconds = time.perf_counter() - began
                    time.sleep(WARM_SECONDS)
                    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
                    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
                    return door, seconds, int(peak.split()[1]) / 1024
                except urllib.error.HTTPError:  # the waiting page
                    door = door or time.perf_counter() - began
                    time.sleep(0.05)
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.05)
        finally:
            process.terminate()
            process.wait(20)
    raise RuntimeError("the app did not come up within a minute")


if __name__ == "__main__":
    main()
