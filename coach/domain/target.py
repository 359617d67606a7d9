"""What a turn is about: which story, moment, aspect, fact or claim it means, and which earlier words it takes up."""

from __future__ import annotations

from enum import StrEnum

from coach.domain.persona import Aspect, Frozen


class Occasion(StrEnum):
    """A turn that wants no story, whatever its words."""

    NONE = "none"
    EMPTY = "empty"
    GREETING = "greeting"
    GOODBYE = "goodbye"
    REFERRAL = "referral"
    MACHINE = "machine"


class Form(StrEnum):
    """What an answer would have to hold."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    COUNT = "count"
    WHY = "why"
    HOW = "how"
    EITHER = "either"
    YES_OR_NO = "yes_or_no"
    OTHER = "other"


class Target(Frozen):
    """Ids within one persona; None where nothing is meant clearly enough.

    `story` is what an opener calls for. `moment` is the moment meant, told or not. `cue` is the moment whose slipped cue
    the turn takes up. `onward` asks for what came next, whatever it was. `aspect` is asked of `moment`, or of the moment that
    the talk is at. `named` says that the turn asks who or what somebody or something is, and `fact` tells. `particular` says
    that it asks for one thing, by words of its own, that no moment comes near to. `right` says of a reflection whether it agrees with what was told.
    """

    occasion: Occasion = Occasion.NONE
    form: Form = Form.OTHER
    story: str | None = None
    moment: str | None = None
    cue: str | None = None
    aspect: Aspect | None = None
    fact: str | None = None
    named: bool = False
    particular: bool = False
    claim: str | None = None
    onward: bool = False
    anything_else: bool = False
    right: bool | None = None
