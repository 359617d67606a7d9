"""The memory: every finding arrives, is found again by its own person, and can be lost without losing anything."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import chromadb
import httpx
import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

from coach.domain.finding import Finding
from coach.domain.interview import Interview
from coach.domain.persona import Persona
from coach.domain.scorecard import Scorecard, Skill
from coach.embeddings import SIZE, Embedder, Vectors
from coach.errors import MemoryUnavailable
from coach.memory import COLLECTION, Memory, Met
from coach.practice import hash_of
from coach.reading.reader import OfflineReader
from coach.record import Pending, Record
from coach.reports.debrief import Debrief
from coach.services import Services
from coach.settings import Settings
from coach.threads import Linker
from tests.conftest import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CARD = Scorecard(reader_version="test", asks=1, unsure=0, skills=())
WAIT_SECONDS = 60
CLOSE_SECONDS = 10
"""Chroma closes its files a moment after it is told to."""
CLUMSY = (
    "Would you use an app that plans all of this for you?",
    "Don't you think that it would save you a lot of time?",
    "How do you usually do it?",
    "What do you think of planning tools?",
)
Open = Callable[..., Services]


def finding(quote: str = "Don't you hate that?", kind: str = "strong", turn: int = 0) -> Finding:
    return Finding(turn=turn, kind=kind, skill=Skill.NEUTRAL, quote=quote, title="It led", rule="Ask it empty.")


def pending(
    id_: str, *, person: str = "ann", interview: str = "i1", made: datetime = NOON, what: Finding | None = None
) -> Pending:
    return Pending(id_, person, interview, "henrik-solberg", made, what or finding())


class Seeded(Embedder):
    """Vectors by chance, the same for the same text, for where there are many and their meaning does not matter."""

    name = "seeded"

    def __init__(self) -> None:
        """Loads no model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(list(t.encode())).standard_normal(SIZE) for t in texts]
        return np.array([r / np.linalg.norm(r) for r in rows], dtype=np.float32)


@pytest.fixture
def opened(
    people: dict[str, Persona], reader: OfflineReader, embedder: Embedder, linker: Linker
) -> Iterator[Callable[..., Services]]:
    """Opens services on a data folder, as another start of the app would; all are closed at the end."""
    all_made: list[Services] = []

    def make(data: Path, now: Clock | None = None, chroma_url: str | None = None) -> Services:
        made = Services(Settings(data=data, chroma_url=chroma_url), now=now or Clock())
        made.__dict__.update(reader=reader, embedder=embedder, linker=linker, personas=people)
        all_made.append(made)
        return made

    yield make
    let_the_outbox_finish()
    for made in all_made:
        made.close()


@pytest.fixture
def memory(embedder: Embedder, tmp_path: Path) -> Iterator[Memory]:
    made = Memory(embedder, folder=tmp_path / "memory")
    yield made
    made.close()


def let_the_outbox_finish() -> None:
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join()


def practised(services: Services, person: str = "ann", asked: Sequence[str] = CLUMSY) -> Debrief:
    """A clumsy interview from its start to its debrief, with what the memory made of it."""
    interview = services.practice.start(person, "henrik-solberg")
    for question in asked:
        services.practice.ask(person, interview.id, question)
    services.practice.end(person, interview.id)
    view = services.debrief(person, interview.id)
    let_the_outbox_finish()
    return view


def scored(record: Record, persona: Persona, person: str, id_: str, findings: int, made: datetime = NOON) -> None:
    """An interview with so many made-up findings in the record."""
    record.start(
        Interview(id=id_, person=person, persona_id=persona.id, persona_hash=hash_of(persona), started=made), persona
    )
    record.save_debrief(person, id_, CARD, [finding(f"Number {n} of {id_}, right?") for n in range(findings)], made)


@contextmanager
def chromas(folder: Path) -> Iterator[Any]:
    """The collection of findings as Chroma itself has it, in a folder that nobody has open."""
    SharedSystemClient.clear_system_cache()
    made: Any = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    with made as client:
        yield client.get_collection(COLLECTION, embedding_function=None)


def contents(folder: Path) -> dict[str, dict[str, Any]]:
    """Documents and metadata in a memory's folder, by id."""
    with chromas(folder) as collection:
        got = collection.get(include=["documents", "metadatas"])
    return {
        id_: {"document": document, **metadata}
        for id_, document, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True)
    }


# -- every finding arrives ----------------------------------------------------------------------------------------------


def test_every_finding_of_a_debrief_reaches_chroma(opened: Open, tmp_path: Path) -> None:
    """After a debrief, Chroma holds each of its findings with all that it is searched by, and none waits."""
    services = opened(tmp_path)
    view = practised(services)
    waiting = services.record.waiting()
    services.close()
    found = contents(tmp_path / "memory")

    assert view.points
    assert waiting == 0
    assert sorted(
        (f["document"], f["kind"], f["turn"], f["quote"], f["skill"], f["strength"]) for f in found.values()
    ) == sorted(
        (f.document, f.kind, f.turn, f.quote, f.skill.value, f.strength) for f in (*view.strengths, *view.points)
    )
    assert {(f["person"], f["interview_id"], f["persona"]) for f in found.values()} == {
        ("ann", view.interview.id, "henrik-solberg")
    }


def test_a_finding_is_stored_with_its_vector(memory: Memory, embedder: Embedder, tmp_path: Path) -> None:
    """What Chroma searches by is the vector of the finding's text, and the embedding's name is beside it."""
    memory.add([pending("a-0"), pending("a-1", what=finding("How many lorries?"))])
    memory.close()
    with chromas(tmp_path / "memory") as collection:
        got = collection.get(["a-0", "a-1"], include=["embeddings", "metadatas"])

    assert np.allclose(
        got["embeddings"], embedder.embed([finding().document, finding("How many lorries?").document]), atol=1e-5
    )
    assert {m["embedding"] for m in got["metadatas"]} == {embedder.name}


def test_a_finding_that_comes_twice_is_held_once(memory: Memory) -> None:
    """Storing again what is there already replaces it."""
    memory.add([pending("a-0")])
    memory.add([pending("a-0"), pending("a-1")])

    assert memory.count() == 2


def test_the_outbox_is_emptied_whatever_its_size(memory: Memory, tmp_path: Path, guarded: Persona) -> None:
    """A sync brings everything that waits, and a second one has nothing to bring."""
    record = Record(f"sqlite:///{tmp_path / 'record.db'}")
    for n in range(5):
        scored(record, guarded, "ann", f"i{n}", findings=9)
    moved = memory.sync(record), memory.sync(record)
    waiting = record.waiting()
    record.close()

    assert moved == (45, 0)
    assert waiting == 0
    assert memory.count() == 45


def test_restored_findings_come_back_to_the_memory(opened: Open, tmp_path: Path) -> None:
    """Exported, deleted and restored, a person's findings are in the memory as before."""
    services = opened(tmp_path / "data")
    practised(services)
    before = services.memory.count()
    services.export("ann", tmp_path / "ann.json")
    services.delete("ann")
    between = services.memory.count()
    services.restore(tmp_path / "ann.json")

    assert before > 0
    assert (between, services.memory.count()) == (0, before)


# -- this again ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "is_met"),
    [
        pytest.param(pending("e-0", interview="i0"), True, id="the same kind, earlier"),
        pytest.param(
            pending("e-0", interview="i0", what=finding("Wouldn't you say it is annoying?")), True, id="other words"
        ),
        pytest.param(pending("e-0", interview="i0", person="bob"), False, id="another person's"),
        pytest.param(pending("e-0", interview="now"), False, id="the same interview's"),
        pytest.param(pending("e-0", interview="i0", made=NOON + timedelta(hours=1)), False, id="a later interview's"),
        pytest.param(pending("e-0", interview="i0", what=finding(kind="mild")), False, id="another kind"),
    ],
)
def test_only_ones_own_past_is_met_again(memory: Memory, earlier: Pending, is_met: bool) -> None:
    """“You have met this before” speaks of earlier interviews of the same person and of the same kind of fault."""
    memory.add([earlier])
    met = memory.met_before("ann", "now", finding(), before=NOON + timedelta(minutes=1))

    assert (met is not None) == is_met


def test_what_is_met_tells_where_it_was(memory: Memory) -> None:
    """The nearest of several is told with its words, turn, interview and day."""
    memory.add(
        [
            pending("a-0", interview="i1", what=finding("What is your favourite soup, tomato?", turn=2)),
            pending("b-0", interview="i2", what=finding("Don't you really hate that?", turn=5)),
            pending("c-0", interview="i3", what=finding("You drive on the left, don't you?", turn=7)),
        ]
    )
    met = memory.met_before("ann", "now", finding("Don't you hate that?"), before=NOON + timedelta(days=1))

    assert isinstance(met, Met)
    assert met[:4] == ("Don't you really hate that?", NOON, "i2", 5)
    assert 0.35 <= met.nearness <= 1


def test_an_empty_memory_has_met_nothing(memory: Memory) -> None:
    """A first interview finds nothing, and no error."""
    assert memory.met_before("ann", "now", finding(), before=NOON) is None


def test_a_second_debrief_speaks_of_the_first(opened: Open, tmp_path: Path) -> None:
    """Somebody who repeats a fault is shown the earlier interview; the earlier debrief and another's show nothing."""
    services = opened(tmp_path)
    bobs = practised(services, "bob")
    first = practised(services)
    second = practised(services)
    met = services.met_before("ann", second)

    assert {m.interview_id for m in met.values()} == {first.interview.id}
    assert set(met) == set(range(len(second.points)))
    assert services.met_before("ann", first) == {}
    assert services.met_before("bob", bobs) == {}


# -- the folder lost or damaged -----------------------------------------------------------------------------------------


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def overwrite(path: Path) -> None:
    path.write_bytes(bytes(n * 7 % 251 for n in range(path.stat().st_size)))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scratch(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xff" * (path.stat().st_size // 3))


def in_database(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: damage(folder / "chroma.sqlite3")


def in_vectors(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    def every(folder: Path) -> None:
        files = list(folder.glob("*/*.bin"))
        assert files, "Chroma keeps its vectors elsewhere now"
        for file in files:
            damage(file)

    return every


DATABASE_DAMAGE = [
    pytest.param(in_database(overwrite), id="database overwritten"),
    pytest.param(in_database(truncate), id="database cut off"),
    pytest.param(in_database(scratch), id="database scratched"),
]
VECTOR_DAMAGE = [
    pytest.param(in_vectors(overwrite), id="vectors overwritten"),
    pytest.param(in_vectors(truncate), id="vectors cut off"),
    pytest.param(in_vectors(Path.unlink), id="vectors gone"),
]


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory, people: dict[str, Persona], reader: OfflineReader, embedder: Embedder
) -> Path:
    """A data folder with one interview of Ann's, debriefed and remembered. Tests work on copies of it."""
    data = tmp_path_factory.mktemp("small") / "data"
    made = Services(Settings(data=data), now=Clock())
    made.__dict__.update(reader=reader, embedder=embedder, personas=people)
    practised(made)
    made.remember()
    made.close()
    return data


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, guarded: Persona) -> Path:
    """A data folder with so many findings that Chroma has written its vector files."""
    data = tmp_path_factory.mktemp("grown") / "data"
    record = Record(f"sqlite:///{data / 'record.db'}")
    for n in range(11):
        scored(record, guarded, "ann", f"i{n}", findings=100)
    memory = Memory(Seeded(), folder=data / "memory")
    memory.sync(record)
    memory.close()
    record.close()
    return data


def damaged(data: Path, to: Path, damage: Callable[[Path], None]) -> Path:
    shutil.copytree(data, to)
    damage(to / "memory")
    return to


@pytest.mark.parametrize("damage", DATABASE_DAMAGE)
def test_a_damaged_database_is_told_with_its_remedy(
    opened: Open, tmp_path: Path, small: Path, damage: Callable[[Path], None]
) -> None:
    """A store whose database is damaged is one sentence or two that end in the command that mends it."""
    services = opened(damaged(small, tmp_path / "data", damage))

    with pytest.raises(MemoryUnavailable, match=r"^[^\n]*is damaged[^\n]*`coach memory rebuild`[^\n]*\.$"):
        services.memory.count()


@pytest.mark.slow
@pytest.mark.parametrize("damage", VECTOR_DAMAGE)
def test_damaged_vectors_are_told_with_their_remedy(
    tmp_path: Path, grown: Path, damage: Callable[[Path], None]
) -> None:
    """Damaged vector files, which can take their reader down, are told as well, and this process lives."""
    memory = Memory(Seeded(), folder=damaged(grown, tmp_path / "data", damage) / "memory")

    with pytest.raises(MemoryUnavailable, match=r"^[^\n]*`coach memory rebuild`[^\n]*\.$"):
        memory.met_before("ann", "now", finding(), before=NOON + timedelta(days=1))
    memory.close()


def test_damage_stops_no_interview(opened: Open, tmp_path: Path, small: Path) -> None:
    """With a damaged memory old debriefs open, an interview goes through to its own, and its findings wait."""
    services = opened(damaged(small, tmp_path / "data", in_database(overwrite)))
    old = services.debrief("ann", services.practice.list("ann")[0].id)
    view = practised(services)
    met = services.met_before("ann", view)

    assert old.points
    assert all(t.answer for t in view.turns)
    assert met == {}
    assert services.record.waiting() == len(view.strengths) + len(view.points) > 0


@pytest.mark.parametrize("damage", [pytest.param(remove, id="folder gone"), DATABASE_DAMAGE[0]])
def test_a_rebuild_brings_all_back(opened: Open, tmp_path: Path, small: Path, damage: Callable[[Path], None]) -> None:
    """After the rebuild the memory holds what it held, and what had waited."""
    whole = contents(small / "memory")
    services = opened(damaged(small, tmp_path / "data", damage))
    view = practised(services)
    moved = services.memory.rebuild(services.record)
    services.close()
    now = contents(tmp_path / "data" / "memory")

    assert {id_: now.get(id_) for id_ in whole} == whole
    assert {m["interview_id"] for id_, m in now.items() if id_ not in whole} == {view.interview.id}
    assert moved == len(now)


@pytest.mark.slow
def test_a_rebuild_mends_damaged_vectors(tmp_path: Path, grown: Path) -> None:
    """After the rebuild every finding is there and can be searched."""
    data = damaged(grown, tmp_path / "data", in_vectors(overwrite))
    record, memory = Record(f"sqlite:///{data / 'record.db'}"), Memory(Seeded(), folder=data / "memory")
    moved = memory.rebuild(record)
    met = memory.met_before("ann", "now", finding("Number 7 of i3, right?"), before=NOON + timedelta(days=1))
    count, waiting = memory.count(), record.waiting()
    memory.close()
    record.close()

    assert (moved, count, waiting) == (1100, 1100, 0)
    assert met is not None
    assert (met.interview_id, met.quote) == ("i3", "Number 7 of i3, right?")


def test_a_rebuild_keeps_the_old_store(opened: Open, tmp_path: Path, small: Path) -> None:
    """A damaged store is moved aside, byte for byte, not deleted."""
    services = opened(damaged(small, tmp_path / "data", in_database(overwrite)))
    before = (tmp_path / "data" / "memory" / "chroma.sqlite3").read_bytes()
    services.memory.rebuild(services.record)
    kept = list((tmp_path / "data").glob("memory.old-*/chroma.sqlite3"))

    assert [path.read_bytes() for path in kept] == [before]


def test_a_rebuild_drops_what_the_record_has_not(memory: Memory, tmp_path: Path, guarded: Persona) -> None:
    """What the record no longer holds is not in a rebuilt memory."""
    record = Record(f"sqlite:///{tmp_path / 'record.db'}")
    scored(record, guarded, "ann", "i1", findings=3)
    memory.add([pending("stale-0")])
    memory.rebuild(record)
    record.close()

    assert memory.count() == 3


def test_a_folder_that_goes_while_it_is_open_stops_nothing(opened: Open, tmp_path: Path) -> None:
    """When the folder is deleted under the running app, interviews go on and a rebuild brings all back."""
    services = opened(tmp_path)
    practised(services)
    remove(tmp_path / "memory")
    view = practised(services)
    services.memory.rebuild(services.record)

    assert view.points
    assert services.memory.count() == sum(len(page) for page in services.record.finding_pages())


def test_a_folder_that_cannot_be_made_is_told(embedder: Embedder, tmp_path: Path) -> None:
    """Where a file stands in the way of the data folder, the memory is away, in a sentence with its name."""
    (tmp_path / "data").write_text("")
    memory = Memory(embedder, folder=tmp_path / "data" / "memory")

    with pytest.raises(MemoryUnavailable, match="data"):
        memory.count()


# -- one process at a time ----------------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from coach.embeddings import Embedder
from coach.memory import Memory
memory = Memory(Embedder(), folder=Path(sys.argv[1]))
print(memory.count(), flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_a_second_process_goes_on_without_the_memory(opened: Open, tmp_path: Path) -> None:
    """A folder that another process has open is told in one sentence with the ways out; interviews go on, and when
    that process ends, even by a kill, their findings arrive."""
    services = opened(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "memory")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(MemoryUnavailable) as raised:
            services.memory.count()
        view = practised(services)
        waiting = services.record.waiting()
        holder.kill()
    services.remember()

    assert re.fullmatch(
        r"[^\n]* in use by another process; [^\n]*COACH_DATA[^\n]*COACH_CHROMA_URL\.", str(raised.value)
    )
    assert waiting == len(view.strengths) + len(view.points) > 0
    assert services.memory.count() == waiting
    assert services.record.waiting() == 0


def test_closing_lets_another_in(memory: Memory, embedder: Embedder, tmp_path: Path) -> None:
    """A memory that was closed can be opened by somebody else, who sees what it stored."""
    memory.add([pending("a-0")])
    memory.close()
    other = Memory(embedder, folder=tmp_path / "memory")
    count = other.count()
    other.close()

    assert count == 1


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells which files are open")
def test_closing_lets_go_of_every_file(memory: Memory, tmp_path: Path) -> None:
    """Nothing of the folder is open after closing, so that whoever takes the lock next is alone with the files."""
    memory.add([pending("a-0")])
    memory.close()
    deadline = time.monotonic() + CLOSE_SECONDS
    while (still := open_files(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert still == []


def open_files(folder: Path) -> list[str]:
    return [name for name in open_now() if Path(name).is_relative_to(folder)]


def open_now() -> Iterator[str]:
    """What this process has open, as Linux tells it."""
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            yield str(link.readlink())


# -- a server -----------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def chroma_server(folder: Path, port: int) -> Iterator[str]:
    """The real server, from when it answers until it has ended."""
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _answers(url):
            assert server.poll() is None, "the server ended by itself"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(WAIT_SECONDS)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v2/heartbeat", timeout=5).is_success
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_a_server_serves_two_processes(opened: Open, tmp_path: Path) -> None:
    """Two apps on one server share a memory: findings arrive, are met again, rebuilt and deleted; no folder is made."""
    clock = Clock()
    with chroma_server(tmp_path / "server", free_port()) as url:
        one, other = (opened(tmp_path / "data", clock, url) for _ in range(2))
        first, second = practised(one), practised(other)
        met = one.met_before("ann", second)
        count = one.memory.count()
        rebuilt = one.memory.rebuild(one.record)
        one.delete("ann")
        left = one.memory.count()

    assert {m.interview_id for m in met.values()} == {first.interview.id}
    assert count == rebuilt == sum(len(v.strengths) + len(v.points) for v in (first, second))
    assert left == 0
    assert not (tmp_path / "data" / "memory").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells which files are open")
def test_closing_lets_go_of_the_server(embedder: Embedder, tmp_path: Path) -> None:
    """No connection to the server is left after closing."""
    before = _sockets()
    with chroma_server(tmp_path / "server", free_port()) as url:
        memory = Memory(embedder, url=url)
        memory.count()
        memory.close()
        left = _sockets() - before

    assert left == set()


def _sockets() -> set[str]:
    return {name for name in open_now() if name.startswith("socket:")}


@pytest.mark.slow
def test_a_server_may_stop_and_come_back(opened: Open, tmp_path: Path) -> None:
    """While the server is stopped interviews go on and findings wait; when it is back they arrive."""
    port = free_port()
    with chroma_server(tmp_path / "server", port) as url:
        services = opened(tmp_path / "data", chroma_url=url)
        practised(services)
        before = services.memory.count()
    away = practised(services)
    waiting, met = services.record.waiting(), services.met_before("ann", away)
    with chroma_server(tmp_path / "server", port):
        moved = services.remember()
        after = services.memory.count()

    assert all(t.answer for t in away.turns)
    assert met == {}
    assert waiting == moved == len(away.strengths) + len(away.points)
    assert after == before + waiting


def test_a_server_that_is_not_there_is_told(embedder: Embedder) -> None:
    """A server that cannot be reached is one sentence with its address and the remedy."""
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(MemoryUnavailable, match=rf"^The memory at {url} [^\n]*`coach memory rebuild`[^\n]*\.$"):
        Memory(embedder, url=url).count()


def test_a_server_that_never_answers_is_given_up(embedder: Embedder) -> None:
    """A server that takes the call and says nothing does not keep the caller for ever."""
    raised: list[Exception] = []

    def count(url: str) -> None:
        try:
            Memory(embedder, url=url).count()
        except MemoryUnavailable as e:
            raised.append(e)

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        caller = threading.Thread(target=count, args=(url,), daemon=True)
        caller.start()
        caller.join(WAIT_SECONDS / 2)

        assert not caller.is_alive(), "the caller still waits"
    assert [url in str(e) for e in raised] == [True]


@pytest.mark.parametrize(
    "url", ["chroma:8000", "ftp://chroma:8000", "http://", "http://[chroma", "http://chroma:web", "http://h:99999"]
)
def test_an_address_that_is_none_is_told(embedder: Embedder, url: str) -> None:
    """An address of no server is one sentence that quotes it."""
    with pytest.raises(MemoryUnavailable) as raised:
        Memory(embedder, url=url).count()

    assert url in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_error_shows_a_password(embedder: Embedder) -> None:
    """The password of a server's address is in no error."""
    memory = Memory(embedder, url=f"http://ann:hunter2@127.0.0.1:{free_port()}")

    with pytest.raises(MemoryUnavailable) as raised:
        memory.count()
    assert "hunter2" not in str(raised.value)


# -- deleting a person --------------------------------------------------------------------------------------------------


def test_deleting_a_person_deletes_from_the_memory(opened: Open, tmp_path: Path) -> None:
    """A person's findings leave the memory with their data; another's stay."""
    services = opened(tmp_path)
    practised(services, "ann")
    bobs = practised(services, "bob")
    services.delete("ann")
    services.close()
    left = contents(tmp_path / "memory")

    assert {m["person"] for m in left.values()} == {"bob"}
    assert len(left) == len(bobs.strengths) + len(bobs.points)


def test_a_deletion_reaches_a_memory_that_was_away(opened: Open, tmp_path: Path) -> None:
    """Findings of somebody who was deleted while the memory was away leave it when it is back."""
    services = opened(tmp_path)
    practised(services, "ann")
    practised(services, "bob")
    services.close()
    away = opened(tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")
    away.delete("ann")
    owed = len(away.record.to_forget())
    back = opened(tmp_path)
    back.remember()
    back.close()
    left = contents(tmp_path / "memory")

    assert owed > 0
    assert {m["person"] for m in left.values()} == {"bob"}


def test_a_large_deletion_is_done_in_one_go(memory: Memory, opened: Open, tmp_path: Path, guarded: Persona) -> None:
    """However many findings a person had, none is left in the memory after the deletion."""
    services = opened(tmp_path)
    for n in range(3):
        scored(services.record, guarded, "ann", f"i{n}", findings=90)
    services.__dict__["memory"] = Memory(Seeded(), folder=tmp_path / "memory")
    services.remember()
    before = services.memory.count()
    services.delete("ann")

    assert before == 270
    assert services.memory.count() == 0
    assert services.record.to_forget() == []
