"""Practice: one interview, turn by turn.

Everything about an interview is in the record; this module keeps nothing but locks. A question is committed before it
is answered and the answer before it is shown, so that whatever dies, the interview is whole; a question that was left
without its answer gets it, in the same words, when the interview is next opened.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from coach.disclosure.policy import decide
from coach.disclosure.state import State, fold
from coach.domain.interview import MAX_QUESTION, Interview, Turn
from coach.domain.persona import Persona
from coach.errors import InputError, NotFound
from coach.reading.reader import QuestionReader
from coach.record import InterviewRow, Record
from coach.threads import Linker
from coach.transcript import context_before
from coach.voice.authored import speak


class Practice:
    """Starts, carries on and ends interviews. Safe for threads; one interview's turns queue up."""

    def __init__(
        self,
        record: Record,
        reader: QuestionReader,
        linker: Linker,
        personas: Mapping[str, Persona],
        now: Callable[[], datetime],
    ) -> None:
        self.personas = personas
        self._record, self._reader, self._linker, self._now = record, reader, linker, now
        self._met: dict[str, Persona] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def start(self, person: str, persona_id: str, hints: bool = False) -> Interview:
        """A new interview with a customer. Raises NotFound for a customer who is not here."""
        persona = self.personas.get(persona_id)
        if persona is None:
            raise NotFound(f"There is no customer {persona_id!r}; choose one of {', '.join(self.personas)}.")
        interview = Interview(
            id=uuid.uuid4().hex,
            person=person,
            persona_id=persona.id,
            persona_hash=hash_of(persona),
            hints=hints,
            started=self._now(),
        )
        self._record.start(interview, persona)
        return interview

    def open(self, person: str, interview_id: str) -> tuple[Interview, Persona]:
        """An interview as it stands, a question left without its answer answered first."""
        with self._one_at_a_time(interview_id):
            interview = self._record.interview(person, interview_id)
            persona = self.persona(interview)
            return self._complete(interview, persona), persona

    def ask(self, person: str, interview_id: str, text: str) -> Interview:
        """Puts a question and returns the interview with its answer. Raises InputError and NotFound."""
        asked = clean(text)
        with self._one_at_a_time(interview_id):
            interview = self._record.interview(person, interview_id)
            if interview.ended is not None:
                raise InputError("That interview is over; start another to go on practising.")
            persona = self.persona(interview)
            interview = self._complete(interview, persona)
            turn = next_turn(self._reader, self._linker, persona, interview.turns, asked)
            self._record.ask(person, interview_id, turn, self._now())
            return self._complete(interview.model_copy(update={"turns": (*interview.turns, turn)}), persona)

    def end(self, person: str, interview_id: str) -> Interview:
        """Ends an interview; ending it again changes nothing."""
        with self._one_at_a_time(interview_id):
            self._record.end(person, interview_id, self._now())
        return self.open(person, interview_id)[0]

    def list(self, person: str) -> list[InterviewRow]:
        """The person's interviews, the newest first."""
        return self._record.interviews(person)

    def persona(self, interview: Interview) -> Persona:
        """The customer as they were when this interview began, whatever became of the file."""
        if interview.persona_hash not in self._met:
            current = self.personas.get(interview.persona_id)
            same = current is not None and hash_of(current) == interview.persona_hash
            self._met[interview.persona_hash] = (
                current if current is not None and same else self._record.persona(interview.persona_hash)
            )
        return self._met[interview.persona_hash]

    def state(self, interview: Interview) -> State:
        return fold(self.persona(interview), interview.turns)

    def _complete(self, interview: Interview, persona: Persona) -> Interview:
        """Answers the last question where it has no answer yet."""
        if not interview.turns or interview.turns[-1].answer is not None:
            return interview
        last = interview.turns[-1]
        answer = answer_of(persona, interview.turns)
        self._record.answer(interview.person, interview.id, last.index, answer)
        turns = (*interview.turns[:-1], last.model_copy(update={"answer": answer}))
        return interview.model_copy(update={"turns": turns})

    @contextmanager
    def _one_at_a_time(self, interview_id: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(interview_id, threading.Lock())
        with lock:
            yield


def next_turn(reader: QuestionReader, linker: Linker, persona: Persona, turns: Sequence[Turn], asked: str) -> Turn:
    """The turn that a question makes after the given ones, without its answer: read, linked, decided."""
    state = fold(persona, turns)
    spoken = [(t.asked, t.answer or "") for t in turns]
    reading = reader.read(asked, context_before(spoken, len(spoken)))
    target = linker.target(persona, state, reading, asked, turns)
    return Turn(index=len(turns), asked=asked, reading=reading, decision=decide(persona, state, reading, target))


def answer_of(persona: Persona, turns: Sequence[Turn]) -> str:
    """What the customer says to the last of the turns, which has no answer yet."""
    return speak(persona, fold(persona, turns), turns[-1].decision)


def hash_of(persona: Persona) -> str:
    """The name of one exact version of a persona."""
    return hashlib.sha256(persona.model_dump_json().encode()).hexdigest()


def clean(text: str) -> str:
    """What somebody typed, without what no store or screen can take. Raises InputError for too much of it."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()
    if len(text) > MAX_QUESTION:
        raise InputError(
            f"That is {len(text):,} characters; a turn has at most {MAX_QUESTION:,}. Ask one thing at a time."
        )
    return text
