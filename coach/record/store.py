"""Reading and writing the record. Every call names the person; nobody reads or writes another's.

A call is one transaction: when it returns, what it wrote is on disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import create_engine, delete, event, func, inspect, select, text, update
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from coach.domain.finding import Finding
from coach.domain.interview import Decision, Interview, Turn
from coach.domain.persona import Persona
from coach.domain.reading import QuestionReading
from coach.domain.scorecard import Scorecard
from coach.errors import NotFound, RecordError
from coach.record.tables import (
    FindingTable,
    ForgetTable,
    InterviewTable,
    PersonaTable,
    PersonTable,
    ScorecardTable,
    TurnTable,
)

_MIGRATIONS = Path(__file__).parent / "migrations"
EXPORT_VERSION = 1


class InterviewRow(NamedTuple):
    """One line of the list of interviews."""

    id: str
    persona_id: str
    persona_name: str
    hints: bool
    started: datetime
    ended: datetime | None
    turns: int


class Pending(NamedTuple):
    """A finding on its way to the memory."""

    id: str
    person: str
    interview_id: str
    persona_id: str
    made: datetime
    finding: Finding


class Record:
    """The record behind a database URL. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Opens the database and brings its tables up to date. Raises RecordError."""
        try:
            where = make_url(url)
        except (SQLAlchemyError, ValueError):
            # The text may hold a password, wherever its writer put it: it is not repeated.
            raise RecordError(
                "COACH_DATABASE_URL is no database URL; write it as sqlite:////path or name://user@host/base."
            ) from None
        shown = f"{where.drivername}://{(where.host or '').rpartition('@')[2]}/{where.database or ''}"
        file = Path(where.database) if where.get_backend_name() == "sqlite" and where.database else None
        try:
            self._engine = create_engine(where)
            if file is None:
                _migrate(self._engine)
                return
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Processes that start together would each make the tables.
            with file.with_name(f"{file.name}.lock").open("a+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                _migrate(self._engine)
        except OSError as e:
            raise RecordError(
                f"The record at {shown} cannot be opened ({e.strerror}); check the path and the permissions."
            ) from e
        except SQLAlchemyError as e:
            raise RecordError(
                f"The record at {shown} cannot be opened ({_short(e)}); check the path or the URL."
            ) from e
        except ImportError as e:
            raise RecordError(f"The record at {shown} needs a database driver: {e}.") from e

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except SQLAlchemyError as e:
            raise RecordError(
                f"The record could not be used ({_short(e)}); nothing was half written. Try again."
            ) from e

    # -- interviews -----------------------------------------------------------------------------------------------

    def start(self, interview: Interview, persona: Persona) -> None:
        """Stores a new interview, its person, and the version of the customer that is met."""
        try:
            self._start(interview, persona)
        except RecordError as e:
            if not isinstance(e.__cause__, IntegrityError):
                raise
            self._start(interview, persona)  # another call stored the same person or customer just now

    def _start(self, interview: Interview, persona: Persona) -> None:
        with self._begin() as s:
            if s.get(PersonTable, interview.person) is None:
                s.add(PersonTable(id=interview.person, created=interview.started))
            if s.get(PersonaTable, interview.persona_hash) is None:
                s.add(PersonaTable(hash=interview.persona_hash, persona_id=persona.id, body=persona.model_dump_json()))
            s.flush()
            s.add(
                InterviewTable(
                    id=interview.id,
                    person_id=interview.person,
                    persona_hash=interview.persona_hash,
                    hints=interview.hints,
                    started=interview.started,
                    ended=None,
                )
            )

    def interview(self, person: str, id_: str) -> Interview:
        """The interview with all its turns. Raises NotFound for another's as for none."""
        with self._begin() as s:
            row = _own(s, person, id_)
            persona_id = s.scalars(select(PersonaTable.persona_id).where(PersonaTable.hash == row.persona_hash)).one()
            turns = s.scalars(select(TurnTable).where(TurnTable.interview_id == id_).order_by(TurnTable.index))
            return Interview(
                id=row.id,
                person=row.person_id,
                persona_id=persona_id,
                persona_hash=row.persona_hash,
                hints=row.hints,
                started=row.started,
                ended=row.ended,
                turns=tuple(_turn(t) for t in turns),
            )

    def persona(self, hash_: str) -> Persona:
        """The exact version of a customer that was met."""
        with self._begin() as s:
            row = s.get(PersonaTable, hash_)
            if row is None:
                raise NotFound("There is no such version of a customer in the record.")
            return Persona.model_validate_json(row.body)

    def interviews(self, person: str) -> list[InterviewRow]:
        """The person's interviews, the newest first."""
        turns = select(TurnTable.interview_id, func.count().label("n")).group_by(TurnTable.interview_id).subquery()
        query = (
            select(InterviewTable, PersonaTable.persona_id, PersonaTable.body, func.coalesce(turns.c.n, 0))
            .join(PersonaTable, PersonaTable.hash == InterviewTable.persona_hash)
            .outerjoin(turns, turns.c.interview_id == InterviewTable.id)
            .where(InterviewTable.person_id == person)
            .order_by(InterviewTable.started.desc(), InterviewTable.id)
        )
        with self._begin() as s:
            return [
                InterviewRow(i.id, persona_id, json.loads(body)["name"], i.hints, i.started, i.ended, n)
                for i, persona_id, body, n in s.execute(query)
            ]

    def ask(self, person: str, id_: str, turn: Turn, now: datetime) -> None:
        """Stores a question with its reading and decision, before it is answered."""
        try:
            with self._begin() as s:
                row = _own(s, person, id_)
                if row.ended is not None:
                    raise NotFound("That interview is over; start another to go on practising.")
                s.add(
                    TurnTable(
                        interview_id=id_,
                        index=turn.index,
                        asked=turn.asked,
                        reading=turn.reading.model_dump_json(),
                        decision=turn.decision.model_dump_json(),
                        answer=turn.answer,
                        asked_at=now,
                    )
                )
        except RecordError as e:
            if isinstance(e.__cause__, IntegrityError):
                raise RecordError("Another window of this interview asked at the same moment; ask again.") from e
            raise

    def answer(self, person: str, id_: str, index: int, answer: str) -> None:
        """Stores the answer to a question."""
        with self._begin() as s:
            _own(s, person, id_)
            s.execute(
                update(TurnTable).where(TurnTable.interview_id == id_, TurnTable.index == index).values(answer=answer)
            )

    def end(self, person: str, id_: str, now: datetime) -> None:
        """Marks an interview as over; the first time stands."""
        with self._begin() as s:
            row = _own(s, person, id_)
            row.ended = row.ended or now

    # -- debriefs -------------------------------------------------------------------------------------------------

    def save_debrief(self, person: str, id_: str, card: Scorecard, findings: Sequence[Finding], now: datetime) -> None:
        """Stores a scorecard and its findings, which thereby wait for the memory. Saving the same again changes nothing."""
        try:
            self._save_debrief(person, id_, card, findings, now)
        except RecordError as e:
            if not isinstance(e.__cause__, IntegrityError):
                raise  # else another call has saved the same

    def _save_debrief(self, person: str, id_: str, card: Scorecard, findings: Sequence[Finding], now: datetime) -> None:
        with self._begin() as s:
            _own(s, person, id_)
            key = (id_, card.rubric_version, card.reader_version)
            if s.get(ScorecardTable, key) is not None:
                return
            s.add(
                ScorecardTable(
                    interview_id=id_,
                    rubric_version=card.rubric_version,
                    reader_version=card.reader_version,
                    body=card.model_dump_json(),
                    made=now,
                )
            )
            s.execute(delete(FindingTable).where(FindingTable.interview_id == id_))
            for place, finding in enumerate(findings):
                s.add(
                    FindingTable(
                        id=f"{id_}-{place}",
                        interview_id=id_,
                        place=place,
                        body=finding.model_dump_json(),
                        remembered=False,
                    )
                )

    def debrief(self, person: str, id_: str) -> tuple[Scorecard, list[Finding]] | None:
        """The newest stored scorecard of an interview and its findings, or None."""
        with self._begin() as s:
            _own(s, person, id_)
            card = s.scalars(
                select(ScorecardTable).where(ScorecardTable.interview_id == id_).order_by(ScorecardTable.made.desc())
            ).first()
            if card is None:
                return None
            rows = s.scalars(select(FindingTable).where(FindingTable.interview_id == id_).order_by(FindingTable.place))
            return (
                Scorecard.model_validate_json(card.body),
                [Finding.model_validate_json(r.body) for r in rows],
            )

    # -- the outbox -----------------------------------------------------------------------------------------------

    def pending(self, limit: int = 20) -> list[Pending]:
        """Findings that are not in the memory yet, the oldest interviews first."""
        with self._begin() as s:
            return _findings(s, FindingTable.remembered.is_(False), limit)

    def finding_pages(self, size: int = 200) -> Iterator[list[Pending]]:
        """All findings, page by page, to rebuild the memory from."""
        last = ""
        while True:
            with self._begin() as s:
                page = _findings(s, FindingTable.id > last, size, by_id=True)
            if not page:
                return
            last = page[-1].id
            yield page

    def remembered(self, ids: Sequence[str]) -> None:
        """These findings are in the memory now."""
        with self._begin() as s:
            s.execute(update(FindingTable).where(FindingTable.id.in_(ids)).values(remembered=True))

    def to_forget(self, limit: int = 200) -> list[str]:
        """Deleted findings that the memory must still lose."""
        with self._begin() as s:
            return list(s.scalars(select(ForgetTable.finding_id).limit(limit)))

    def forgotten(self, ids: Sequence[str]) -> None:
        with self._begin() as s:
            s.execute(delete(ForgetTable).where(ForgetTable.finding_id.in_(ids)))

    def forget_memory(self) -> None:
        """The memory is new and empty: every finding waits for it again."""
        with self._begin() as s:
            s.execute(update(FindingTable).values(remembered=False))
            s.execute(delete(ForgetTable))

    def waiting(self) -> int:
        """How many findings wait for the memory."""
        with self._begin() as s:
            return (
                s.scalar(select(func.count()).select_from(FindingTable).where(FindingTable.remembered.is_(False))) or 0
            )

    # -- all that a person has ------------------------------------------------------------------------------------

    def export(self, person: str) -> dict[str, Any]:
        """Everything that the record holds of a person, as JSON values."""
        with self._begin() as s:
            if s.get(PersonTable, person) is None:
                raise NotFound(f"The record holds nothing of {person!r}.")
            interviews = list(s.scalars(select(InterviewTable).where(InterviewTable.person_id == person)))
            ids, hashes = [i.id for i in interviews], {i.persona_hash for i in interviews}
            tables: dict[str, list[Any]] = {
                "people": list(s.scalars(select(PersonTable).where(PersonTable.id == person))),
                "personas": list(s.scalars(select(PersonaTable).where(PersonaTable.hash.in_(hashes)))),
                "interviews": interviews,
                "turns": list(s.scalars(select(TurnTable).where(TurnTable.interview_id.in_(ids)))),
                "scorecards": list(s.scalars(select(ScorecardTable).where(ScorecardTable.interview_id.in_(ids)))),
                "findings": list(s.scalars(select(FindingTable).where(FindingTable.interview_id.in_(ids)))),
            }
            out: dict[str, Any] = {"format": "interview-coach", "version": EXPORT_VERSION, "person": person}
            for name, rows in tables.items():
                out[name] = [{c.key: _plain(getattr(r, c.key)) for c in inspect(type(r)).columns} for r in rows]
            return out

    def restore(self, data: dict[str, Any]) -> int:
        """Brings back what `export` gave; what is there already stays as it is. Returns how many interviews came back.

        Raises RecordError when the data is not of that form, and then changes nothing.
        """
        if data.get("format") != "interview-coach" or data.get("version") != EXPORT_VERSION:
            raise RecordError(
                "That file is no export of this product (format or version differs); choose the right file."
            )
        tables = {
            "people": PersonTable,
            "personas": PersonaTable,
            "interviews": InterviewTable,
            "turns": TurnTable,
            "scorecards": ScorecardTable,
            "findings": FindingTable,
        }
        try:
            with self._begin() as s:
                return self._restore(s, data, tables)
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            raise RecordError(f"That export is damaged ({type(e).__name__}: {_short(e)}); nothing was restored.") from e

    def _restore(self, s: Session, data: dict[str, Any], tables: dict[str, type[Any]]) -> int:
        person, back = data["person"], set()
        own = {i["id"] for i in data["interviews"] if i["person_id"] == person}
        _refuse_holes(data["turns"])
        here = {i for i in own if s.get(InterviewTable, i) is not None}
        for name, table in tables.items():
            columns = {c.key: c for c in inspect(table).columns}
            for row in data[name]:
                if set(row) != set(columns):
                    raise ValueError(f"a row of {name} has other columns")
                if (name == "people" and row["id"] != person) or (name == "interviews" and row["person_id"] != person):
                    raise ValueError(f"a row of {name} is somebody else's")
                if "interview_id" in row and row["interview_id"] not in own:
                    raise ValueError(f"a row of {name} belongs to no interview of the file")
                if row.get("interview_id") in here:
                    continue  # what is there keeps its own course
                values = {k: _typed(columns[k], v) for k, v in row.items()}
                _validate(name, values)
                key = tuple(values[c.key] for c in inspect(table).primary_key)
                there = s.get(table, key)
                if there is not None:
                    if name == "interviews" and there.person_id != person:
                        raise ValueError("an interview of the file is somebody else's here")
                    continue
                if name == "findings":
                    values["remembered"] = False
                s.add(table(**values))
                if name == "interviews":
                    back.add(values["id"])
            s.flush()
        return len(back)

    def delete(self, person: str) -> int:
        """Deletes everything of a person; the memory follows through the outbox. Returns how many interviews went."""
        with self._begin() as s:
            if s.get(PersonTable, person) is None:
                raise NotFound(f"The record holds nothing of {person!r}.")
            ids = list(s.scalars(select(InterviewTable.id).where(InterviewTable.person_id == person)))
            for finding in s.scalars(select(FindingTable.id).where(FindingTable.interview_id.in_(ids))):
                s.merge(ForgetTable(finding_id=finding))
            s.execute(delete(InterviewTable).where(InterviewTable.person_id == person))
            s.execute(delete(PersonTable).where(PersonTable.id == person))
            met = select(InterviewTable.persona_hash)
            s.execute(delete(PersonaTable).where(PersonaTable.hash.not_in(met)))
            return len(ids)


def _own(session: Session, person: str, id_: str) -> InterviewTable:
    row = session.get(InterviewTable, id_)
    if row is None or row.person_id != person:
        raise NotFound("There is no such interview of yours; open it from the list of your interviews.")
    return row


def _turn(row: TurnTable) -> Turn:
    return Turn(
        index=row.index,
        asked=row.asked,
        reading=QuestionReading.model_validate_json(row.reading),
        decision=Decision.model_validate_json(row.decision),
        answer=row.answer,
    )


def _findings(session: Session, where: Any, limit: int, by_id: bool = False) -> list[Pending]:
    query = (
        select(FindingTable, InterviewTable, PersonaTable.persona_id)
        .join(InterviewTable, InterviewTable.id == FindingTable.interview_id)
        .join(PersonaTable, PersonaTable.hash == InterviewTable.persona_hash)
        .where(where)
        .order_by(*([FindingTable.id] if by_id else [InterviewTable.started, FindingTable.id]))
        .limit(limit)
    )
    return [
        Pending(f.id, i.person_id, i.id, persona_id, i.ended or i.started, Finding.model_validate_json(f.body))
        for f, i, persona_id in session.execute(query)
    ]


def _validate(name: str, values: dict[str, Any]) -> None:
    """What comes from a file must read back as what it claims to be."""
    if name == "turns":
        Turn(
            index=values["index"],
            asked=values["asked"],
            reading=QuestionReading.model_validate_json(values["reading"]),
            decision=Decision.model_validate_json(values["decision"]),
            answer=values["answer"],
        )
    elif name == "personas":
        persona = Persona.model_validate_json(values["body"])
        if persona.id != values["persona_id"] or hashlib.sha256(values["body"].encode()).hexdigest() != values["hash"]:
            raise ValueError("a customer is not the one whose name it bears")
    elif name == "scorecards":
        Scorecard.model_validate_json(values["body"])
    elif name == "findings":
        Finding.model_validate_json(values["body"])
        if values["id"] != f"{values['interview_id']}-{values['place']}":
            raise ValueError("a finding bears another's name")


def _refuse_holes(turns: list[dict[str, Any]]) -> None:
    """Each interview's turns are numbered without a gap, and only its last may lack an answer."""
    by_interview: dict[str, list[tuple[int, bool]]] = {}
    for turn in turns:
        by_interview.setdefault(turn["interview_id"], []).append((turn["index"], turn["answer"] is not None))
    for rows in by_interview.values():
        rows.sort()
        if [index for index, _ in rows] != list(range(len(rows))) or not all(done for _, done in rows[:-1]):
            raise ValueError("an interview has a hole in its turns")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(column: Any, value: Any) -> Any:
    wanted = column.type.python_type if not hasattr(column.type, "impl") else datetime
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.key} is missing")
        return None
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if type(value) is not wanted:
        raise ValueError(f"{column.key} is no {wanted.__name__}")
    return value


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # Python's driver would commit each change of a table by itself; a killed migration must leave nothing.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine) -> None:
    """Runs the migrations that the database lacks. Looks first: Alembic takes its time to import."""
    newest = max(p.name.split("_")[0] for p in (_MIGRATIONS / "versions").glob("*.py"))
    with engine.connect() as connection:
        if "alembic_version" in inspect(connection).get_table_names():
            current = connection.execute(text("select version_num from alembic_version")).scalar()
            if current == newest:
                return
            if current and current > newest:
                raise RecordError(
                    f"The record was made by a newer version ({current}); update this product to open it."
                )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _short(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:160] if str(cause) else type(error).__name__
