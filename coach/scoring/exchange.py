"""The unit of scoring: what the interviewer said, how it was read, and what the answer held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from coach.domain.interview import Decision, ReleaseKind, Stance, Turn
from coach.domain.persona import ClaimKind, Persona
from coach.domain.reading import CustomerReading, QuestionReading


@dataclass(frozen=True)
class Exchange:
    """One turn of the interviewer's with the answer to it. `decision` is None outside practice."""

    index: int
    asked: str
    reading: QuestionReading
    answer: str
    heard: CustomerReading
    decision: Decision | None = None


def from_practice(persona: Persona, turns: Iterable[Turn]) -> list[Exchange]:
    """The answered turns of a rehearsal; what an answer held is known, not guessed."""
    return [
        Exchange(t.index, t.asked, t.reading, t.answer, _truth(persona, t.decision, t.answer), t.decision)
        for t in turns
        if t.answer is not None
    ]


def from_transcript(
    asked: Sequence[tuple[str, QuestionReading, str]], hear: Callable[[str], CustomerReading]
) -> list[Exchange]:
    """The exchanges of a transcript: question, reading, answer; `hear` reads a customer's turn."""
    return [Exchange(i, q, r, a, hear(a)) for i, (q, r, a) in enumerate(asked)]


def _truth(persona: Persona, decision: Decision, answer: str) -> CustomerReading:
    claims = [persona.claim_by_id[r.id] for r in decision.releases if r.kind is ReleaseKind.CLAIM]
    general = decision.stance is Stance.GENERAL or any(c.kind is ClaimKind.GENERAL for c in claims)
    cue = any(r.kind is ReleaseKind.CUE for r in decision.releases)
    evidence = {"generalisation": answer} if general else {}
    for release in decision.releases:
        if release.kind is ReleaseKind.CUE:
            evidence["cue"] = persona.moments[release.id].cue or ""
    return CustomerReading(generalisation=general, cue=cue, off_topic="tangent" in decision.asides, evidence=evidence)
