"""The labels as they are measured: each view of a reading gives one value for a turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coach.domain.reading import Fault, Frame, Function, Leading, LeadingKind, Move, Openness, QuestionReading, Tell

NO_YES = ("no", "yes")


@dataclass(frozen=True)
class View:
    """One figure of the report. `labels` in order; `of` gives the place of a reading's label among them; `field` is the
    name under which a reading gives its confidence."""

    name: str
    field: str
    labels: tuple[str, ...]
    of: Callable[[QuestionReading], int]
    ordinal: bool = False

    @property
    def yes_or_no(self) -> bool:
        return self.labels == NO_YES


def _one_of(name: str, labels: tuple[str, ...]) -> View:
    return View(name, name, labels, lambda r: labels.index(str(getattr(r, name))))


def _holds(name: str, field: str, test: Callable[[QuestionReading], bool]) -> View:
    return View(name, field, NO_YES, lambda r: int(test(r)))


def _member(field: str, label: str) -> View:
    return _holds(label, field, lambda r: label in getattr(r, field))


def room(reading: QuestionReading) -> int:
    """No ask, a closed one, or an open one."""
    return 0 if not reading.asks else 2 if reading.openness.is_open else 1


VIEWS: tuple[View, ...] = (
    _one_of("openness", tuple(Openness)),
    View("none/closed/open", "openness", ("none", "closed", "open"), room),
    _one_of("frame", tuple(Frame)),
    _holds("unsafe frame", "frame", lambda r: r.frame.is_unsafe),
    _holds("past_specific", "frame", lambda r: r.frame is Frame.PAST_SPECIFIC),
    _holds("leading", "leading", lambda r: r.leads),
    View("leading degree", "leading", tuple(Leading), lambda r: tuple(Leading).index(r.leading), ordinal=True),
    _one_of("leading_kind", tuple(LeadingKind)),
    View("uptake", "uptake", ("0", "1", "2"), lambda r: r.uptake, ordinal=True),
    *(_member("function", f) for f in Function if f is not Function.ASK),
    *(_member("moves", m) for m in Move),
    *(_member("faults", f) for f in Fault),
    *(_member("tell", t) for t in Tell),
)
"""Every label of the codebook, and the coarser ones on which grades rest."""
