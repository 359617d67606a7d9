"""Readings, targets and interviews of every shape, for property tests."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from coach.disclosure.policy import decide
from coach.disclosure.state import State, after
from coach.domain.interview import Turn
from coach.domain.persona import Aspect, Persona
from coach.domain.reading import Fault, Frame, Function, Leading, LeadingKind, Move, Openness, QuestionReading, Tell
from coach.domain.target import Form, Occasion, Target
from coach.voice.authored import speak


def some(kind: type[StrEnum]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(list(kind)), unique=True, max_size=3).map(tuple)


def readings(
    frames: Sequence[Frame] = tuple(Frame),
    openness: Sequence[Openness] = tuple(Openness),
    leading: Sequence[Leading] = tuple(Leading),
    moves: st.SearchStrategy[tuple[Move, ...]] | None = None,
    tell: st.SearchStrategy[tuple[Tell, ...]] | None = None,
) -> st.SearchStrategy[QuestionReading]:
    """Any reading within the given labels, sensible or not."""
    return st.builds(
        QuestionReading,
        function=some(Function),
        openness=st.sampled_from(list(openness)),
        frame=st.sampled_from(list(frames)),
        leading=st.sampled_from(list(leading)),
        leading_kind=st.sampled_from(list(LeadingKind)),
        moves=moves if moves is not None else some(Move),
        uptake=st.integers(0, 2),
        faults=some(Fault),
        tell=tell if tell is not None else some(Tell),
    )


def targets(persona: Persona, occasions: Sequence[Occasion] = tuple(Occasion)) -> st.SearchStrategy[Target]:
    """Any target within a persona."""

    def maybe(ids: Sequence[str]) -> st.SearchStrategy[str | None]:
        return st.none() | st.sampled_from(list(ids))

    return st.builds(
        Target,
        occasion=st.sampled_from(list(occasions)),
        story=maybe([s.id for s in persona.stories]),
        moment=maybe(list(persona.moments)),
        cue=maybe([m.id for m in persona.moments.values() if m.cue]),
        aspect=st.none() | st.sampled_from(list(Aspect)),
        fact=maybe(list(persona.fact_by_id)),
        claim=maybe(list(persona.claim_by_id)),
        form=st.sampled_from(list(Form)),
        named=st.booleans(),
        particular=st.booleans(),
        onward=st.booleans(),
        anything_else=st.booleans(),
        right=st.none() | st.booleans(),
    )


def play(persona: Persona, asked: Sequence[tuple[QuestionReading, Target]]) -> tuple[State, list[Turn]]:
    """The interview in which these readings and targets came one after the other."""
    state, turns = State(), []
    for index, (reading, target) in enumerate(asked):
        decision = decide(persona, state, reading, target)
        answer = speak(persona, state, decision)
        turns.append(Turn(index=index, asked="what then", reading=reading, decision=decision, answer=answer))
        state = after(persona, state, turns[-1])
    return state, turns


def interviews(persona: Persona, most: int = 14) -> st.SearchStrategy[list[tuple[QuestionReading, Target]]]:
    """Interviews of any course."""
    return st.lists(st.tuples(readings(), targets(persona, (Occasion.NONE,) * 6 + tuple(Occasion))), max_size=most)
