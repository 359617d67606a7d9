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


class Target(Frozen):
    """Ids within one persona; None where nothing is meant clearly enough.

    `story` is what an opener calls for. `moment` is the moment meant, told or not. `cue` is the moment whose slipped cue
    the turn takes up. `onward` asks for what came next, whatever it was. `aspect` is asked of `moment`, or of the moment that
    the talk is at. `right` says of a reflection whether it agrees with what was told.
    """

    occasion: Occasion = Occasion.NONE
    story: str | None = None
    moment: str | None = None
    cue: str | None = None
    aspect: Aspect | None = None
    fact: str | None = None
    claim: str | None = None
    onward: bool = False
    anything_else: bool = False
    right: bool | None = None
