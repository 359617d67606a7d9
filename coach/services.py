"""The composition root: settings to the services that the app and the command line use."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from coach import coaching, personas, transcript
from coach.domain.finding import Finding
from coach.domain.persona import Persona
from coach.domain.reading import UNSURE_BELOW
from coach.domain.scorecard import Scorecard
from coach.embeddings import Embedder
from coach.errors import InputError, MemoryUnavailable, RecordError
from coach.memory import Memory, Met
from coach.practice import Practice
from coach.reading.reader import BatchReader, OfflineReader
from coach.record import Record
from coach.reports.debrief import Debrief, build
from coach.scoring.exchange import from_practice, from_transcript
from coach.scoring.scorecard import score
from coach.settings import Settings
from coach.threads import Linker

log = logging.getLogger("coach")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Services:
    """Everything behind the interface. Heavy parts are made at their first use."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self._now = settings, now

    @cached_property
    def personas(self) -> dict[str, Persona]:
        """The customers that come with the product and those of one's own."""
        return personas.load_all(personas.packaged_folder(), self.settings.own_personas)

    @cached_property
    def record(self) -> Record:
        return Record(self.settings.record_url)

    @cached_property
    def embedder(self) -> Embedder:
        return Embedder()

    @cached_property
    def reader(self) -> OfflineReader:
        return OfflineReader()

    @property
    def readers(self) -> dict[str, Callable[[], BatchReader]]:
        """The readers that can be measured, by name; each is made when it is called."""
        return {"offline": lambda: self.reader}

    @cached_property
    def linker(self) -> Linker:
        return Linker(self.embedder, self.settings.data / "cache")

    @cached_property
    def memory(self) -> Memory:
        url = self.settings.chroma_url
        return Memory(self.embedder, url=url, folder=None if url else self.settings.memory_folder)

    @cached_property
    def practice(self) -> Practice:
        return Practice(self.record, self.reader, self.linker, self.personas, self._now)

    def prepare(self) -> None:
        """Makes what an interview needs: the customers, the record, both models."""
        _ = self.practice

    def expect(self, persona: Persona) -> None:
        """Gets ready, beside what else goes on, for questions to this customer."""
        threading.Thread(target=self.linker.prepare, args=(persona,), name="expect", daemon=True).start()

    # -- debriefs -------------------------------------------------------------------------------------------------

    def debrief(self, person: str, interview_id: str) -> Debrief:
        """The debrief of an ended interview; scored once, and read from the record ever after."""
        interview, persona = self.practice.open(person, interview_id)
        if interview.ended is None:
            raise InputError("That interview is still going on; end it to see its debrief.")
        stored = self.record.debrief(person, interview_id)
        if stored is None:
            exchanges = from_practice(persona, interview.turns)
            card = score(exchanges, reader_version=self.reader.version, hints=interview.hints, persona=persona)
            found = coaching.findings(exchanges, self.reader, persona)
            self.record.save_debrief(person, interview_id, card, found, self._now())
            threading.Thread(target=self.remember, name="outbox", daemon=True).start()
            stored = self.record.debrief(person, interview_id) or (card, found)
        card, found = stored
        return build(interview, persona, card, found, coaching.goal(card), UNSURE_BELOW)

    def met_before(self, person: str, view: Debrief) -> dict[int, Met]:
        """For each point, by its place, the nearest earlier occurrence; nothing where the memory is away."""
        met: dict[int, Met] = {}
        try:
            for place, point in enumerate(view.points):
                earlier = self.memory.met_before(person, view.interview.id, point, view.interview.started)
                if earlier:
                    met[place] = earlier
        except MemoryUnavailable as e:
            log.info("%s", e)
        return met

    def remember(self) -> int:
        """Moves the outbox into the memory; does without when the memory is away."""
        try:
            return self.memory.sync(self.record)
        except MemoryUnavailable as e:
            log.info("%s", e)
        except RecordError as e:
            log.warning("%s", e)
        return 0

    def score_transcript(self, text: str, name: str) -> tuple[Scorecard, list[Finding]]:
        """The scorecard and findings of a plain-text transcript; nothing is stored."""
        spoken = transcript.pairs(transcript.parse(text, name))
        turns = [(asked, transcript.context_before(spoken, i)) for i, (asked, _) in enumerate(spoken)]
        readings = self.reader.read_many(turns)
        asked = [(q, r, a) for (q, a), r in zip(spoken, readings, strict=True)]
        exchanges = from_transcript(asked, self.reader.read_customer)
        card = score(exchanges, reader_version=self.reader.version)
        return card, coaching.findings(exchanges, self.reader)

    # -- a person's data ------------------------------------------------------------------------------------------

    def export(self, person: str, path: Path) -> None:
        """Writes everything that a person has to one JSON file that did not exist."""
        data = self.record.export(person)
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(data, file, ensure_ascii=False, indent=1)
        except FileExistsError:
            raise InputError(f"{path} exists already; give another name.") from None
        except OSError as e:
            raise InputError(f"{path} cannot be written ({e.strerror}).") from e

    def restore(self, path: Path) -> int:
        """Brings back a person's data from such a file. Returns how many interviews came back."""
        try:
            data: Any = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as e:
            raise InputError(f"{path} cannot be read as JSON ({e}).") from e
        if not isinstance(data, dict):
            raise InputError(f"{path} is no export of this product.")
        back = self.record.restore(data)
        self.remember()
        return back

    def delete(self, person: str) -> int:
        """Deletes everything of a person, in the record and in the memory. Returns how many interviews went."""
        gone = self.record.delete(person)
        self.remember()
        return gone

    def close(self) -> None:
        """Lets go of files and locks."""
        if "memory" in self.__dict__:
            self.memory.close()
        if "record" in self.__dict__:
            self.record.close()
