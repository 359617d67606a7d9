"""An interview as a list of turns, and what the policy decided in each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from coach.domain.persona import Aspect, Frozen
from coach.domain.reading import QuestionReading

MAX_QUESTION = 2000
"""Characters of one turn of the interviewer's."""


class ReleaseKind(StrEnum):
    MOMENT = "moment"
    CUE = "cue"
    DETAIL = "detail"
    FACT = "fact"
    CLAIM = "claim"


class Release(Frozen):
    """One authored thing that may be said now.

    `id` names a moment (for a moment, its cue or a detail of it), a fact or a claim. What the question asked for is
    elicited; what the customer adds unasked is donated.
    """

    kind: ReleaseKind
    id: str
    aspect: Aspect | None = None
    donated: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same thing said, elicited or donated."""
        return (self.kind.value, self.id, self.aspect.value if self.aspect else "")


class Stance(StrEnum):
    """How the customer takes the turn. All but the first are occasions of `persona.Stock` with the same name."""

    TELLS = "tells"
    AGAIN = "again"
    GREETING = "greeting"
    SMALL_TALK = "small_talk"
    ADMIN = "admin"
    REFERRAL = "referral"
    TOLD_ABOUT = "told_about"
    AGREE = "agree"
    PITCHED = "pitched"
    ADVISED = "advised"
    GENERAL = "general"
    OPINION = "opinion"
    FUTURE = "future"
    SUCH_TIME = "such_time"
    NO_SUCH_TIME = "no_such_time"
    EITHER = "either"
    YES_OR_NO = "yes_or_no"
    WHO_UNKNOWN = "who_unknown"
    WHEN_UNKNOWN = "when_unknown"
    WHERE_UNKNOWN = "where_unknown"
    COUNT_UNKNOWN = "count_unknown"
    WHY_UNKNOWN = "why_unknown"
    HOW_UNKNOWN = "how_unknown"
    UNKNOWN_FACT = "unknown_fact"
    UNKNOWN_DETAIL = "unknown_detail"
    PUZZLED = "puzzled"
    CONFIRM = "confirm"
    LET_STAND = "let_stand"
    CORRECT = "correct"
    SPENT = "spent"
    UNOPENED = "unopened"
    MACHINE = "machine"
    TIME_UP = "time_up"
    GOODBYE = "goodbye"


class Decision(Frozen):
    """What may be said in answer to one turn, and why."""

    stance: Stance
    releases: tuple[Release, ...] = ()
    again: Release | None = Field(None, description="Something told before, now to be said in brief.")
    story: str | None = Field(None, description="The story that is open after this turn.")
    at: str | None = Field(None, description="The moment that the talk is at after this turn.")
    asides: tuple[str, ...] = Field((), description="Pools of the stock that a line is added from.")
    false_signal: bool = Field(False, description="The answer is polite and worthless.")
    reason: str = Field(description="Why, in words for the trainee.")


class Turn(Frozen):
    """One exchange. `answer` is None while the customer has not answered yet."""

    index: int = Field(ge=0)
    asked: str = Field(max_length=MAX_QUESTION)
    reading: QuestionReading
    decision: Decision
    answer: str | None = None


class Interview(Frozen):
    """One rehearsal. `persona_hash` names the exact version of the customer who was met."""

    id: str
    person: str
    persona_id: str
    persona_hash: str
    hints: bool = False
    started: datetime
    ended: datetime | None = None
    turns: tuple[Turn, ...] = ()
