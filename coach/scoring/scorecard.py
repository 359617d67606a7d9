"""Measures to skills, skills to a card, and the outcome beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coach.domain.interview import ReleaseKind
from coach.domain.persona import Persona
from coach.domain.scorecard import FalseSignal, Found, Grade, Measure, Outcome, Scorecard, Skill, SkillScore
from coach.scoring.exchange import Exchange
from coach.scoring.measures import (
    depth_measures,
    listening_measures,
    neutral_measures,
    story_measures,
    substantive,
    sure,
)

ENOUGH_ASKS = 8
"""Under so many substantive asks nothing is graded (codebook, section 4)."""
STRONG_FROM = 75.0
GETTING_THERE_FROM = 45.0
"""Points from which a skill earns its grade [J]."""
WEIGHTS = {Skill.STORY: 0.35, Skill.NEUTRAL: 0.25, Skill.DEPTH: 0.25, Skill.LISTENING: 0.15}
"""Of the overall number [J]: stories first, as the founding document has it."""


def score(
    exchanges: Sequence[Exchange], *, reader_version: str, hints: bool = False, persona: Persona | None = None
) -> Scorecard:
    """The card of an interview. With a persona, the outcome too."""
    asks = substantive(exchanges)
    enough = len(asks) >= ENOUGH_ASKS
    measured = {
        Skill.STORY: story_measures(exchanges),
        Skill.NEUTRAL: neutral_measures(exchanges),
        Skill.DEPTH: depth_measures(exchanges, persona),
        Skill.LISTENING: listening_measures(exchanges),
    }
    skills = tuple(_skill(skill, measures, enough) for skill, measures in measured.items())
    points = {s.skill: s.points for s in skills}
    overall = None
    if all(p is not None for p in points.values()):
        overall = round(sum(WEIGHTS[s] * (p or 0.0) for s, p in points.items()), 1)
    return Scorecard(
        reader_version=reader_version,
        hints=hints,
        asks=len(asks),
        unsure=sum(not (sure(e.reading, "frame") and sure(e.reading, "leading")) for e in asks),
        skills=skills,
        overall=overall,
        outcome=outcome(persona, exchanges) if persona else None,
    )


def _skill(skill: Skill, measures: list[Measure], enough: bool) -> SkillScore:
    rated = [m for m in measures if m.points is not None]
    if not enough or not rated:
        return SkillScore(skill=skill, grade=Grade.TOO_FEW, measures=tuple(measures))
    points = sum(m.points or 0.0 for m in rated) / len(rated)
    # Each measure's interval is carried to points; independent errors add in squares.
    below = math.sqrt(sum(((m.points or 0) - (m.points_low or 0)) ** 2 for m in rated)) / len(rated)
    above = math.sqrt(sum(((m.points_high or 0) - (m.points or 0)) ** 2 for m in rated)) / len(rated)
    grade = (
        Grade.STRONG
        if points >= STRONG_FROM
        else Grade.GETTING_THERE
        if points >= GETTING_THERE_FROM
        else Grade.KEEP_PRACTISING
    )
    return SkillScore(
        skill=skill,
        grade=grade,
        points=round(points, 1),
        low=round(max(0.0, points - below), 1),
        high=round(min(100.0, points + above), 1),
        measures=tuple(measures),
    )


def outcome(persona: Persona, exchanges: Sequence[Exchange]) -> Outcome:
    """What was there to be learnt, and the turn that brought each part of it."""
    brought: dict[str, int] = {}
    for e in exchanges:
        for release in e.decision.releases if e.decision else ():
            if release.kind is ReleaseKind.MOMENT:
                brought.setdefault(release.id, e.index)
    needs = []
    for need in persona.opportunities:
        turns = [brought[m] for m in persona.evidence[need.id] if m in brought]
        needs.append(Found(id=need.id, words=need.need, turn=min(turns, default=None)))
    return Outcome(
        moments=tuple(Found(id=m.id, words=m.brief, turn=brought.get(m.id)) for m in persona.moments.values()),
        opportunities=tuple(needs),
        false_signals=tuple(
            FalseSignal(turn=e.index, asked=e.asked, answer=e.answer, why=e.decision.reason)
            for e in exchanges
            if e.decision and e.decision.false_signal
        ),
    )
