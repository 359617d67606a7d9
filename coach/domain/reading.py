"""What an interviewer's turn is, in the codebook's words.

The label names are the vocabulary of the reader, of the gold data and of the interface alike.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from coach.domain.persona import Frozen

UNSURE_BELOW = 0.55
"""A mark of less confidence is shown as unsure and grades nothing [J]."""


class Function(StrEnum):
    """What the turn does. A turn may do several things."""

    ASK = "ask"
    REFLECT = "reflect"
    BACKCHANNEL = "backchannel"
    TELL = "tell"
    ADMIN = "admin"
    SOCIAL = "social"


class Openness(StrEnum):
    """How much room the effective ask leaves."""

    OPTION = "option"
    INVITE = "invite"
    OPEN_WH = "open_wh"
    FOCUS_WH = "focus_wh"
    NONE = "none"

    @property
    def is_open(self) -> bool:
        """An invitation, or a what, how or why that needs a clause."""
        return self in (Openness.INVITE, Openness.OPEN_WH)


class Frame(StrEnum):
    """What a literally true answer would describe."""

    HYPOTHETICAL = "hypothetical"
    OPINION = "opinion"
    GENERAL = "general"
    PAST_ANY = "past_any"
    PAST_SPECIFIC = "past_specific"
    FACT = "fact"
    META = "meta"
    NONE = "none"

    @property
    def is_unsafe(self) -> bool:
        """Answers in this frame are fluent and unreliable."""
        return self in (Frame.HYPOTHETICAL, Frame.OPINION, Frame.GENERAL)


class Leading(StrEnum):
    NONE = "none"
    MILD = "mild"
    STRONG = "strong"


class LeadingKind(StrEnum):
    NONE = "none"
    PRESUPPOSITION = "presupposition"
    TAG = "tag"
    NEGATIVE = "negative"
    ANSWER = "answer"
    SOLUTION = "solution"
    PRESSURE = "pressure"
    CHOICE = "choice"


class Move(StrEnum):
    """What the ask does for the story."""

    OPENER = "opener"
    SCENE = "scene"
    TIMELINE = "timeline"
    DEEPEN = "deepen"
    REDIRECT = "redirect"
    REANCHOR = "reanchor"
    CHECK = "check"
    EXCEPTION = "exception"


class Fault(StrEnum):
    """Faults of form."""

    MULTIPLE = "multiple"
    RECAST = "recast"
    FAUX_OPEN = "faux_open"
    LONG = "long"
    JARGON = "jargon"
    VAGUE = "vague"


class Tell(StrEnum):
    """What the interviewer supplies."""

    PITCH = "pitch"
    ADVICE = "advice"
    VIEW = "view"
    PRAISE = "praise"
    INFO = "info"


class QuestionReading(Frozen):
    """The labels of one interviewer's turn.

    `confidence` holds, for each label field, the probability in 0..1 that the reader gives to what it says there (for a
    set: the least sure of its members and of those that it left out). `evidence` holds, for a label's name, words of
    the turn that it rests on. `effective_ask` is the last complete ask, which the customer answers; empty without one.
    `to_machine`: the words are meant for the machine that plays the customer, not for the person.
    """

    function: tuple[Function, ...] = ()
    openness: Openness = Openness.NONE
    frame: Frame = Frame.NONE
    leading: Leading = Leading.NONE
    leading_kind: LeadingKind = LeadingKind.NONE
    moves: tuple[Move, ...] = ()
    uptake: int = Field(0, ge=0, le=2)
    faults: tuple[Fault, ...] = ()
    tell: tuple[Tell, ...] = ()
    confidence: dict[str, float] = Field(default_factory=dict)
    evidence: dict[str, str] = Field(default_factory=dict)
    effective_ask: str = ""
    to_machine: bool = False

    @property
    def asks(self) -> bool:
        return self.openness is not Openness.NONE

    @property
    def is_substantive(self) -> bool:
        """An ask that counts in the measures: about the customer, not about the interview."""
        return self.asks and self.frame is not Frame.META

    @property
    def leads(self) -> bool:
        return self.leading is not Leading.NONE


class CustomerReading(Frozen):
    """The three flags of a customer's turn, and the sentence that each rests on."""

    generalisation: bool = False
    cue: bool = False
    off_topic: bool = False
    evidence: dict[str, str] = Field(default_factory=dict)


class Speaker(StrEnum):
    INTERVIEWER = "interviewer"
    CUSTOMER = "customer"


class Utterance(Frozen):
    """One turn of talk, as read from a transcript or an interview."""

    speaker: Speaker
    text: str
