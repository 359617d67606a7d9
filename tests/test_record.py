"""The record: what is written stays, whole, and each person's own."""

from __future__ import annotations

import copy
import inspect
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

from coach.domain.finding import Finding
from coach.domain.interview import Decision, Interview, Stance, Turn
from coach.domain.persona import Persona
from coach.domain.reading import QuestionReading
from coach.domain.scorecard import Scorecard, Skill
from coach.errors import CoachError, NotFound, RecordError
from coach.practice import hash_of
from coach.record import Record
from coach.record.tables import Base
from coach.services import Services
from coach.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CARD = Scorecard(reader_version="test", asks=1, unsure=0, skills=())


def turn(index: int, answer: str | None = None, asked: str = "What happened next?") -> Turn:
    decision = Decision(stance=Stance.SMALL_TALK, reason="made up for a test")
    return Turn(index=index, asked=asked, reading=QuestionReading(), decision=decision, answer=answer)


def found(turn: int = 0, kind: str = "strong") -> Finding:
    return Finding(turn=turn, kind=kind, skill=Skill.NEUTRAL, quote=f"Turn {turn}", title="Led", rule="Ask it empty.")


def begun(record: Record, persona: Persona, person: str, id_: str, turns: int = 2) -> Interview:
    """An interview with so many answered turns."""
    interview = Interview(
        id=id_, person=person, persona_id=persona.id, persona_hash=hash_of(persona), hints=False, started=NOW
    )
    record.start(interview, persona)
    for index in range(turns):
        record.ask(person, id_, turn(index, f"Answer {index}."), NOW)
    return record.interview(person, id_)


def all_rows(path: Path) -> list[str]:
    """Every row of every table of a SQLite file, as SQL."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    made = Record(f"sqlite:///{path}")
    yield made
    made.close()


def reopened(path: Path, then: Callable[[Record], Any]) -> Any:
    """What another record on the same file sees."""
    other = Record(f"sqlite:///{path}")
    try:
        return then(other)
    finally:
        other.close()


# -- tables and versions ------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables(record: Record, path: Path) -> None:
    """A fresh file that went through the migrations differs in nothing from the tables in the code."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


def test_a_record_of_a_newer_version_is_refused(record: Record, path: Path) -> None:
    """A record that a later version of the product wrote is not touched, and the sentence says to update."""
    record.close()
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    before = all_rows(path)

    with pytest.raises(RecordError, match=r"^The record was made by a newer version \(9999\); update this product"):
        Record(f"sqlite:///{path}")
    assert all_rows(path) == before


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """A file of something else is left as it is, and the error names it."""
    path.write_text("my shopping list " * 100)

    with pytest.raises(RecordError, match=r"record\.db"):
        Record(f"sqlite:///{path}")
    assert path.read_text() == "my shopping list " * 100


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Where a file stands in the way of the data folder, the error is one sentence with its name."""
    (tmp_path / "data").write_text("")

    with pytest.raises(RecordError, match="data"):
        Record(f"sqlite:///{tmp_path / 'data' / 'record.db'}")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://ann:hunter2@127.0.0.1:1/coach", id="user and password"),
        pytest.param("postgresql://ann:hun@hunter2@127.0.0.1:1/coach", id="an @ in the password"),
        pytest.param("postgresql://127.0.0.1:1/coach?user=ann&password=hunter2", id="password in the query"),
        pytest.param("postgresql://ann:hunter2@127.0.0.1:port/coach", id="port that is no number"),
        pytest.param("nosuch://ann:hunter2@127.0.0.1/coach", id="no such database"),
        pytest.param("mysql://ann:hunter2@127.0.0.1:1/coach", id="no driver for it"),
        pytest.param("sqlite://ann:hunter2@/coach.db", id="a URL that SQLite cannot have"),
        pytest.param("postgresql:ann:hunter2@127.0.0.1/coach", id="slashes forgotten"),
        pytest.param("ann:hunter2@127.0.0.1/coach", id="scheme forgotten"),
        pytest.param("postgresql:ann:hunter2", id="no URL at all"),
    ],
)
def test_no_error_shows_a_password(url: str) -> None:
    """Whatever is wrong with a database's URL, the error is one sentence without the password."""
    with pytest.raises(RecordError) as raised:
        Record(url)

    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)


OPEN = "import sys; from coach.record import Record; print('opening', flush=True); Record(sys.argv[1]).close(); print('open')"


@pytest.mark.slow
def test_two_processes_may_make_the_tables_at_once(path: Path) -> None:
    """A process that opens a fresh record while another is making its tables waits for them and gets it."""
    url = f"sqlite:///{path}"
    others: list[subprocess.Popen[str]] = []

    def meanwhile(_: object, __: object, statement: str, *rest: object) -> None:
        if "CREATE TABLE people" in statement:
            other = subprocess.Popen(
                [sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            others.append(other)
            assert other.stdout is not None
            other.stdout.readline()
            with suppress(subprocess.TimeoutExpired):  # it ends at once or waits for us; we cannot wait for its waiting
                other.wait(2)

    event.listen(Engine, "after_cursor_execute", meanwhile)
    try:
        Record(url).close()
    finally:
        event.remove(Engine, "after_cursor_execute", meanwhile)
        said = [other.communicate(timeout=60) for other in others]

    assert said == [("open\n", "")]


# -- interviews ---------------------------------------------------------------------------------------------------------


def test_a_question_is_on_disk_before_its_answer(record: Record, path: Path, guarded: Persona) -> None:
    """A question that was put is seen by another process at once, without an answer."""
    begun(record, guarded, "ann", "i1", turns=1)
    record.ask("ann", "i1", turn(1, asked="Why?"), NOW)
    turns = reopened(path, lambda r: r.interview("ann", "i1").turns)

    assert [(t.index, t.asked, t.answer) for t in turns] == [(0, "What happened next?", "Answer 0."), (1, "Why?", None)]


def test_an_interview_reads_back_as_it_was_written(record: Record, path: Path, guarded: Persona) -> None:
    """Another process reads the interview that this one wrote, value for value."""
    written = begun(record, guarded, "ann", "i1", turns=3)
    record.ask("ann", "i1", turn(3, asked="Why — “why”?\n🙂"), NOW)
    record.answer("ann", "i1", 3, "Það var þá. 🙂")
    read = reopened(path, lambda r: r.interview("ann", "i1"))

    assert read.model_copy(update={"turns": read.turns[:3]}) == written
    assert (read.turns[3].asked, read.turns[3].answer) == ("Why — “why”?\n🙂", "Það var þá. 🙂")


def test_a_time_comes_back_as_the_same_moment(record: Record, guarded: Persona) -> None:
    """A time that was given in another zone is read as the same moment, in UTC."""
    begun(record, guarded, "ann", "i1")
    record.end("ann", "i1", NOW.astimezone(timezone(timedelta(hours=9))))
    ended = record.interview("ann", "i1").ended

    assert ended == NOW
    assert ended is not None
    assert ended.utcoffset() == timedelta(0)


def test_the_first_end_stands(record: Record, guarded: Persona) -> None:
    """An interview that is ended again keeps the time of its first end."""
    begun(record, guarded, "ann", "i1")
    record.end("ann", "i1", NOW)
    record.end("ann", "i1", NOW + timedelta(hours=1))

    assert record.interview("ann", "i1").ended == NOW


def test_an_ended_interview_takes_no_question(record: Record, guarded: Persona) -> None:
    """A question to an interview that is over is refused and not stored."""
    interview = begun(record, guarded, "ann", "i1")
    record.end("ann", "i1", NOW)

    with pytest.raises(NotFound, match="over"):
        record.ask("ann", "i1", turn(2), NOW)
    assert record.interview("ann", "i1").turns == interview.turns


def test_the_first_of_two_questions_at_one_place_stands(record: Record, guarded: Persona) -> None:
    """A second question at the same place is refused with the advice to ask again."""
    begun(record, guarded, "ann", "i1", turns=0)
    record.ask("ann", "i1", turn(0, "Once."), NOW)

    with pytest.raises(RecordError, match="ask again"):
        record.ask("ann", "i1", turn(0, asked="Somebody else's?"), NOW)
    assert record.interview("ann", "i1").turns == (turn(0, "Once."),)


def test_interviews_are_listed_the_newest_first(record: Record, guarded: Persona) -> None:
    """The list holds a person's own interviews only, with the customer's name and the number of turns."""
    begun(record, guarded, "ann", "i1", turns=3)
    begun(record, guarded, "bob", "i2", turns=1)
    later = Interview(
        id="i3", person="ann", persona_id=guarded.id, persona_hash=hash_of(guarded), started=NOW + timedelta(days=1)
    )
    record.start(later, guarded)
    rows = record.interviews("ann")

    assert [(r.id, r.persona_name, r.turns) for r in rows] == [("i3", guarded.name, 0), ("i1", guarded.name, 3)]


def test_a_new_person_may_start_two_interviews_at_once(record: Record, guarded: Persona) -> None:
    """The first interviews of somebody, begun at the same moment, are all stored."""
    gate = threading.Barrier(8)
    errors: list[Exception] = []

    def start(number: int) -> None:
        gate.wait()
        try:
            begun(record, guarded, "ann", f"i{number}", turns=1)
        except CoachError as e:
            errors.append(e)

    together([partial(start, number) for number in range(8)])

    assert errors == []
    assert len(record.interviews("ann")) == 8


def test_a_debrief_may_be_saved_twice_at_once(record: Record, guarded: Persona) -> None:
    """Two windows that score an interview at the same moment both succeed, and it is stored once."""
    ids = [f"i{n}" for n in range(6)]
    for id_ in ids:
        begun(record, guarded, "ann", id_)
    gates = {id_: threading.Barrier(4) for id_ in ids}
    errors: list[Exception] = []

    def save() -> None:
        for id_ in ids:
            gates[id_].wait()
            try:
                record.save_debrief("ann", id_, CARD, [found(0), found(1)], NOW)
            except CoachError as e:
                errors.append(e)

    together([save] * 4)

    assert errors == []
    assert [record.debrief("ann", id_) for id_ in ids] == [(CARD, [found(0), found(1)])] * 6


def together(jobs: list[Callable[[], None]]) -> None:
    """Runs each job in a thread of its own until all are done."""
    threads = [threading.Thread(target=job) for job in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


# -- whose it is --------------------------------------------------------------------------------------------------------

PERSONAL: dict[str, Callable[[Record, str, str], object]] = {
    "interview": lambda r, person, id_: r.interview(person, id_),
    "ask": lambda r, person, id_: r.ask(person, id_, turn(2), NOW),
    "answer": lambda r, person, id_: r.answer(person, id_, 1, "Nothing."),
    "end": lambda r, person, id_: r.end(person, id_, NOW),
    "save_debrief": lambda r, person, id_: r.save_debrief(person, id_, CARD, [found()], NOW),
    "debrief": lambda r, person, id_: r.debrief(person, id_),
}
OF_ALL: dict[str, Callable[[Record, str], object]] = {
    "export": lambda r, person: r.export(person),
    "delete": lambda r, person: r.delete(person),
}


def test_every_method_for_a_person_is_tried_here() -> None:
    """The two tables above name every method of the record that takes a person, but for the list of interviews."""
    methods = {
        name
        for name, method in inspect.getmembers(Record, inspect.isfunction)
        if "person" in inspect.signature(method).parameters and not name.startswith("_")
    }

    assert methods == {*PERSONAL, *OF_ALL, "interviews"}


@pytest.mark.parametrize("person", ["bob", "nobody", "", "ANN", "ann' or '1'='1"])
@pytest.mark.parametrize("name", PERSONAL)
def test_nobody_reaches_the_interview_of_another(
    record: Record, path: Path, guarded: Persona, name: str, person: str
) -> None:
    """Somebody else's interview is not found, in the same words as one that is not there, and stays as it is."""
    begun(record, guarded, "ann", "i1")
    begun(record, guarded, "bob", "i2")
    before = all_rows(path)

    with pytest.raises(NotFound) as anothers:
        PERSONAL[name](record, person, "i1")
    with pytest.raises(NotFound) as nobodys:
        PERSONAL[name](record, person, "no-such-id")
    assert str(anothers.value) == str(nobodys.value)
    assert all_rows(path) == before


@pytest.mark.parametrize("name", OF_ALL)
def test_nothing_is_found_of_somebody_who_was_never_here(
    record: Record, path: Path, guarded: Persona, name: str
) -> None:
    """The data of a person whom the record does not know are not found, and nobody else's are touched."""
    begun(record, guarded, "ann", "i1")
    before = all_rows(path)

    with pytest.raises(NotFound, match="bob"):
        OF_ALL[name](record, "bob")
    assert all_rows(path) == before


# -- debriefs and the outbox --------------------------------------------------------------------------------------------


def test_a_saved_debrief_is_not_saved_over(record: Record, guarded: Persona) -> None:
    """A second card of the same rubric and reader changes neither card nor findings."""
    begun(record, guarded, "ann", "i1")
    record.save_debrief("ann", "i1", CARD, [found(0)], NOW)
    record.save_debrief("ann", "i1", CARD.model_copy(update={"asks": 9}), [found(1)], NOW)

    assert record.debrief("ann", "i1") == (CARD, [found(0)])


def test_a_newer_reader_replaces_the_findings(record: Record, guarded: Persona) -> None:
    """A later reader's card is the one that is read, with its own findings, which wait for the memory anew."""
    begun(record, guarded, "ann", "i1")
    record.save_debrief("ann", "i1", CARD, [found(0)], NOW)
    record.remembered(["i1-0"])
    newer = CARD.model_copy(update={"reader_version": "test-2"})
    record.save_debrief("ann", "i1", newer, [found(1)], NOW + timedelta(days=1))

    assert record.debrief("ann", "i1") == (newer, [found(1)])
    assert [p.finding for p in record.pending()] == [found(1)]


def test_findings_wait_until_they_are_remembered(record: Record, path: Path, guarded: Persona) -> None:
    """A finding waits, in whatever process looks, until it is said to be in the memory."""
    begun(record, guarded, "ann", "i1")
    record.save_debrief("ann", "i1", CARD, [found(0), found(1)], NOW)
    record.remembered(["i1-0"])

    assert [p.id for p in reopened(path, lambda r: r.pending())] == ["i1-1"]
    assert record.waiting() == 1


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_pages_hold_every_finding_once(record: Record, guarded: Persona, size: int) -> None:
    """Whatever a page's size, the pages together hold each finding of everybody exactly once."""
    for number, person in enumerate(("ann", "bob", "cleo")):
        begun(record, guarded, person, f"i{number}")
        record.save_debrief(person, f"i{number}", CARD, [found(n) for n in range(12)], NOW)
    ids = [p.id for page in record.finding_pages(size) for p in page]

    assert sorted(ids) == sorted(f"i{i}-{n}" for i in range(3) for n in range(12))


# -- export, delete, restore --------------------------------------------------------------------------------------------


@pytest.fixture
def exported(record: Record, guarded: Persona, talkative: Persona) -> dict[str, Any]:
    """Ann's data, exported: an interview with a debrief, and one whose last question has no answer. Bob has one."""
    begun(record, guarded, "ann", "i1", turns=3)
    record.end("ann", "i1", NOW + timedelta(minutes=20))
    record.save_debrief("ann", "i1", CARD, [found(0), found(2, "pitch")], NOW)
    begun(record, talkative, "ann", "i2", turns=1)
    record.ask("ann", "i2", turn(1), NOW)
    begun(record, guarded, "bob", "b1", turns=1)
    data: dict[str, Any] = json.loads(json.dumps(record.export("ann")))
    return data


def test_an_export_comes_back_whole(record: Record, exported: dict[str, Any]) -> None:
    """Exported, deleted and restored, a person's data export as they did before."""
    record.delete("ann")
    back = record.restore(exported)

    assert back == 2
    assert record.export("ann") == exported


def test_a_restored_question_still_waits_for_its_answer(record: Record, exported: dict[str, Any]) -> None:
    """A question without its answer comes back as one."""
    record.delete("ann")
    record.restore(exported)

    assert [t.answer for t in record.interview("ann", "i2").turns] == ["Answer 0.", None]


def test_restored_findings_wait_for_the_memory(record: Record, exported: dict[str, Any]) -> None:
    """Findings that come back wait for the memory, though they were in it when they were exported."""
    remembered = copy.deepcopy(exported)
    for row in remembered["findings"]:
        row["remembered"] = True
    record.delete("ann")
    record.restore(remembered)

    assert [p.id for p in record.pending()] == ["i1-0", "i1-1"]


def test_an_export_comes_back_into_an_empty_record(tmp_path: Path, exported: dict[str, Any]) -> None:
    """An export moves to another machine."""
    other = Record(f"sqlite:///{tmp_path / 'other.db'}")
    other.restore(exported)
    moved = other.export("ann")
    other.close()

    assert moved == exported


def test_a_second_restore_changes_nothing(record: Record, path: Path, exported: dict[str, Any]) -> None:
    """What is there already stays as it is, and counts as no interview that came back."""
    before = all_rows(path)
    back = record.restore(exported)

    assert back == 0
    assert all_rows(path) == before


def test_a_restore_does_not_mix_two_courses_of_an_interview(record: Record, exported: dict[str, Any]) -> None:
    """An interview that is there keeps its own turns, though the file tells how it went on otherwise."""
    record.delete("ann")
    older = copy.deepcopy(exported)
    older["turns"] = [t for t in older["turns"] if t["interview_id"] == "i2" or t["index"] < 1]
    record.restore(older)
    record.ask("ann", "i2", turn(2, "Another way."), NOW)
    before = record.export("ann")
    record.restore(exported)

    assert record.export("ann") == before


def test_deleting_a_person_leaves_the_others(record: Record, exported: dict[str, Any]) -> None:
    """Nothing of the person is left but what the memory must still lose; another's interview opens as before."""
    bobs = record.export("bob")
    gone = record.delete("ann")

    assert gone == 2
    assert record.interviews("ann") == []
    assert record.export("bob") == bobs
    assert sorted(record.to_forget()) == ["i1-0", "i1-1"]


def test_deleting_leaves_no_words_of_the_person(record: Record, path: Path, exported: dict[str, Any]) -> None:
    """No table holds the person's id or words after the deletion, nor a customer whom nobody else met."""
    record.delete("ann")
    left = "\n".join(all_rows(path))

    assert "'ann'" not in left
    assert "Answer 2." not in left
    assert "rosalind-achebe" not in left


def _set(table: str, column: str, value: object, at: int = 0) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data[table][at][column] = value

    return change


def _top(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data[key] = value

    return change


def _drop(key: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        del data[key]

    return change


def _drop_column(table: str, column: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        del data[table][0][column]

    return change


def _rename_interview(to: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data.update(json.loads(json.dumps(data).replace('"i1"', f'"{to}"')))

    return change


def _other_body(data: dict[str, Any]) -> None:
    first, second = data["personas"]
    first["body"], first["persona_id"] = second["body"], second["persona_id"]


def _poisoned_body(data: dict[str, Any]) -> None:
    body = json.loads(data["personas"][0]["body"])
    data["personas"][0]["body"] = json.dumps({**body, "name": "Somebody Else"})


def _without_turn(index: int) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data["turns"] = [t for t in data["turns"] if (t["interview_id"], t["index"]) != ("i1", index)]

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_top("format", "diary"), id="another product's file"),
        pytest.param(_drop("format"), id="no format"),
        pytest.param(_top("version", 2), id="another version"),
        pytest.param(_drop("person"), id="no person"),
        pytest.param(_top("person", "bob"), id="in another's name"),
        pytest.param(_top("person", ["ann"]), id="person is a list"),
        pytest.param(_set("people", "id", "bob"), id="another person's row"),
        pytest.param(_set("interviews", "person_id", "bob"), id="another person's interview"),
        pytest.param(_rename_interview("b1"), id="an interview that is another's here"),
        pytest.param(_set("turns", "interview_id", "b1"), id="a turn for another's interview"),
        pytest.param(_set("findings", "interview_id", "b1"), id="a finding for another's interview"),
        pytest.param(_set("findings", "id", "b1-0"), id="a finding under another's name"),
        pytest.param(_set("scorecards", "interview_id", "b1"), id="a card for another's interview"),
        pytest.param(_drop("turns"), id="a table missing"),
        pytest.param(_top("turns", None), id="a table of nothing"),
        pytest.param(_top("turns", {"index": 0}), id="a table that is no list"),
        pytest.param(_top("turns", ["index"]), id="a row that is no mapping"),
        pytest.param(_top("interviews", 3), id="interviews are a number"),
        pytest.param(_top("people", []), id="nobody whose it is"),
        pytest.param(_top("personas", []), id="no customer"),
        pytest.param(_set("turns", "rowid", 1), id="an unknown column"),
        pytest.param(_drop_column("turns", "asked_at"), id="a column missing"),
        pytest.param(_set("turns", "index", "0"), id="an index of text"),
        pytest.param(_set("turns", "index", True), id="an index of a truth"),
        pytest.param(_set("turns", "index", -1), id="an index below zero"),
        pytest.param(_set("turns", "index", 10**30, at=2), id="an index beyond every number"),
        pytest.param(_set("turns", "asked", None), id="no question"),
        pytest.param(_set("turns", "asked", "a" * 2001), id="a question too long"),
        pytest.param(_set("turns", "answer", 3), id="an answer of a number"),
        pytest.param(_set("turns", "answer", "\ud83d"), id="half a character"),
        pytest.param(_set("turns", "asked_at", "yesterday"), id="a time of words"),
        pytest.param(_set("turns", "reading", "{"), id="a reading that is no JSON"),
        pytest.param(_set("turns", "decision", "{}"), id="a decision without a stance"),
        pytest.param(_set("turns", "answer", None), id="a hole in the answers"),
        pytest.param(_without_turn(1), id="a hole in the turns"),
        pytest.param(_set("interviews", "hints", "yes"), id="a truth of text"),
        pytest.param(_set("interviews", "started", 5), id="a time of a number"),
        pytest.param(_set("interviews", "id", ["i1"]), id="an id of a list"),
        pytest.param(_set("personas", "body", "[]"), id="a customer that is none"),
        pytest.param(_other_body, id="another customer under the name"),
        pytest.param(_poisoned_body, id="a customer that was changed"),
        pytest.param(_set("scorecards", "body", "null"), id="a card that is none"),
        pytest.param(_set("findings", "body", '{"turn": 0}'), id="a finding that is none"),
        pytest.param(_set("findings", "place", None), id="a finding without its place"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(
    record: Record, path: Path, exported: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    """A damaged or forged export is refused in one sentence, and not a row of the record is other than before."""
    record.delete("ann")
    before = all_rows(path)
    change(exported)

    with pytest.raises(RecordError, match=r"^[^\n]+\.$"):
        record.restore(exported)
    assert all_rows(path) == before


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7 \xff\xfe", id="not UTF-8"),
        pytest.param(b"Dear diary", id="not JSON"),
        pytest.param(b'{"format": "interview-coach", "version": 1, "per', id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b'{"a":' * 100_000, id="nested too deep"),
        pytest.param(b'{"version": ' + b"1" * 5000 + b"}", id="a number too long"),
        pytest.param(b"{}", id="another mapping"),
    ],
)
def test_a_file_that_is_no_export_changes_nothing(tmp_path: Path, guarded: Persona, content: bytes) -> None:
    """Any other file is refused in one sentence, and not a row of the record is other than before."""
    services = Services(Settings(data=tmp_path / "data"))
    begun(services.record, guarded, "bob", "b1")
    before = all_rows(tmp_path / "data" / "record.db")
    (tmp_path / "mine.json").write_bytes(content)

    with pytest.raises(CoachError, match=r"^[^\n]+\.$"):
        services.restore(tmp_path / "mine.json")
    assert all_rows(tmp_path / "data" / "record.db") == before
    services.close()
