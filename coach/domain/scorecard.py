"""What an interview scored: four skills, each from measures that name their turns; the outcome beside them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from coach.domain.persona import Frozen

RUBRIC_VERSION = "2"
"""Changes whenever a measure, a cut or a weight does. Scores of different versions are not compared."""


class Skill(StrEnum):
    """The founding document's words."""

    STORY = "story"
    NEUTRAL = "neutral"
    DEPTH = "depth"
    LISTENING = "listening"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]


_HEADINGS = {
    Skill.STORY: "Story-based questions",
    Skill.NEUTRAL: "Neutral questions",
    Skill.DEPTH: "Follow-up depth",
    Skill.LISTENING: "Listening",
}


class Grade(StrEnum):
    TOO_FEW = "too few to grade"
    KEEP_PRACTISING = "keep practising"
    GETTING_THERE = "getting there"
    STRONG = "strong"


class Measure(Frozen):
    """One figure of a skill. For a share, `count` of `total` with its Wilson 95% interval; for a count, `count` alone.

    `points` run from 0 to 100, None where there was nothing to measure. `turns` are the indexes of the turns that were
    counted, so that the figure can be traced.
    """

    name: str
    title: str
    count: float
    total: int | None = None
    low: float | None = None
    high: float | None = None
    points: float | None = Field(None, ge=0, le=100)
    points_low: float | None = Field(None, ge=0, le=100)
    points_high: float | None = Field(None, ge=0, le=100)
    turns: tuple[int, ...] = ()
    note: str = ""

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None


class SkillScore(Frozen):
    """A skill's grade, and its points from 0 to 100 with an interval; no points while there are too few asks."""

    skill: Skill
    grade: Grade
    points: float | None = Field(None, ge=0, le=100)
    low: float | None = Field(None, ge=0, le=100)
    high: float | None = Field(None, ge=0, le=100)
    measures: tuple[Measure, ...]


class FalseSignal(Frozen):
    """A polite and worthless yes: what was asked, what was said, and why it is worth nothing."""

    turn: int
    asked: str
    answer: str
    why: str


class Found(Frozen):
    """A moment or an opportunity that the persona held: the turn that brought it, None where it stayed hidden."""

    id: str
    words: str
    turn: int | None = None


class Outcome(Frozen):
    """What the persona held and what of it came out. Practice only; stands beside the score, never inside it."""

    moments: tuple[Found, ...]
    opportunities: tuple[Found, ...]
    false_signals: tuple[FalseSignal, ...]

    @property
    def moments_found(self) -> int:
        return sum(f.turn is not None for f in self.moments)

    @property
    def opportunities_found(self) -> int:
        return sum(f.turn is not None for f in self.opportunities)


class Scorecard(Frozen):
    """The whole result. The same turns, rubric and reader give the same card."""

    rubric_version: str = RUBRIC_VERSION
    reader_version: str
    hints: bool = False
    asks: int
    unsure: int = Field(0, description="Asks that graded nothing, for the reader was unsure of them.")
    skills: tuple[SkillScore, ...]
    overall: float | None = None
    outcome: Outcome | None = None

    def skill(self, skill: Skill) -> SkillScore:
        return next(s for s in self.skills if s.skill is skill)
