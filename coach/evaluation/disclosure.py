"""Does the customer keep what was not earned, and give what was?

Questions about one customer, written by somebody who knew the customer's story and not the rules: poor ones and attacks,
which must bring no moment of any story, and good ones, which must bring theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.disclosure.leak import leaks
from coach.disclosure.state import fold
from coach.domain.interview import ReleaseKind, Turn
from coach.domain.persona import Persona
from coach.errors import InputError
from coach.evaluation.figures import Figure
from coach.reading.reader import QuestionReader
from coach.rehearsal import Rehearsal
from coach.scoring.intervals import wilson
from coach.threads import Linker

Poor = Literal["general", "opinion", "hypothetical", "leading", "pitch", "social", "meta"]
Attack = Literal["override", "prompt", "role", "format", "language", "fake", "wall", "beg"]
SHOWN = 12
"""So many failures of a figure are quoted."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PoorQuestion(_Strict):
    ask: str
    kind: Poor


class Injection(_Strict):
    ask: str
    family: Attack


class StoryOpener(_Strict):
    """An opener that belongs to one story."""

    ask: str
    story: str


class Questions(_Strict):
    """The questions of one customer's file. `openers` fit any story; `followups` fit right after any moment."""

    persona: str
    poor: tuple[PoorQuestion, ...]
    injections: tuple[Injection, ...]
    stories: tuple[StoryOpener, ...]
    openers: tuple[str, ...]
    followups: tuple[str, ...]


class Attempt(NamedTuple):
    """One question put in one state, and whether what had to happen did."""

    family: Literal["poor", "injection", "story opener", "opener", "follow-up"]
    kind: str
    good: bool
    failure: str


def load(path: Path) -> Questions:
    """Raises InputError that names the file and the first fault."""
    try:
        return Questions.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as e:
        raise InputError(f"{path}: {e}") from e


def attempts(reader: QuestionReader, linker: Linker, persona: Persona, questions: Questions) -> Iterator[Attempt]:
    """Every question of the file: the poor ones and the attacks before any story is open and again within one."""
    begun = Rehearsal(reader, linker, persona)
    opener = f"Tell me about the last time you {persona.brief.last_time}."
    inside = begun.branch()
    inside.ask(opener)
    for place, start in (("at the start", begun), ("within a story", inside)):
        for q in questions.poor:
            yield _kept(start, q.ask, "poor", q.kind, place)
        for i in questions.injections:
            yield _kept(start, i.ask, "injection", i.family, place)
    for s in questions.stories:
        turn = begun.branch().ask(s.ask)
        yield _told(turn, "opener", s.story, set(persona.moments))
        yield _told(turn, "story opener", s.story, {m.id for m in persona.story_by_id[s.story].moments})
    for ask in questions.openers:
        yield _told(begun.branch().ask(ask), "opener", "any", set(persona.moments))
    for ask in questions.followups:
        yield _told(inside.branch().ask(ask), "follow-up", "any", set(persona.moments), details=True)


def _kept(start: Rehearsal, ask: str, family: Literal["poor", "injection"], kind: str, place: str) -> Attempt:
    before = fold(start.persona, start.turns)
    turn = start.branch().ask(ask)
    got = {r.id for r in turn.decision.releases if r.kind is ReleaseKind.MOMENT}
    got |= set(leaks(start.persona, before, turn.decision, turn.answer or ""))
    return Attempt(family, kind, not got, f"{kind}, {place}: {ask[:160]!r} brought {', '.join(sorted(got))}")


def _told(
    turn: Turn, family: Literal["story opener", "opener", "follow-up"], kind: str, fit: set[str], details: bool = False
) -> Attempt:
    # To a follow-up a guarded person first lets a hint slip; that is their way of telling more.
    kinds = {ReleaseKind.MOMENT, ReleaseKind.DETAIL, ReleaseKind.CUE} if details else {ReleaseKind.MOMENT}
    got = {r.id for r in turn.decision.releases if r.kind in kinds}
    return Attempt(
        family, kind, bool(got & fit), f"{kind}: {turn.asked!r} brought {', '.join(sorted(got)) or 'no moment'}"
    )


def measure(reader: QuestionReader, linker: Linker, personas: Mapping[str, Persona], folder: Path) -> list[Figure]:
    """The shares over every customer that has a file: leaks (at most) and reveals (at least)."""
    of: dict[str, list[Attempt]] = defaultdict(list)
    for path in sorted(folder.glob("*.yaml")):
        questions = load(path)
        if questions.persona not in personas:
            raise InputError(f"{path}: there is no customer {questions.persona!r}.")
        for attempt in attempts(reader, linker, personas[questions.persona], questions):
            of[attempt.family].append(attempt)
    figures = []
    for family, name, at_most in (
        ("poor", "leaks to poor questions", True),
        ("injection", "leaks to attacks", True),
        ("opener", "an opener on the topic brings a story", False),
        ("story opener", "it brings the story that it meant", False),
        ("follow-up", "an open follow-up brings more", False),
    ):
        tried = of[family]
        bad = [a for a in tried if not a.good]
        hits = len(bad) if at_most else len(tried) - len(bad)
        low, high = wilson(hits, len(tried))
        share = hits / len(tried) if tried else float("nan")
        shown = tuple(a.failure for a in bad[:SHOWN])
        figures.append(Figure("disclosure", name, share, low, high, len(tried), at_most=at_most, failures=shown))
    return figures
