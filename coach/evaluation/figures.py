"""The results of an eval as plain values: what every report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

Family = Literal["reading", "customer", "uptake", "disclosure", "scoring", "repeatability"]


class Verdict(StrEnum):
    """What a figure's change against the baseline amounts to."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEW = "new"


@dataclass(frozen=True)
class Change:
    """By how much a figure differs from the baseline's, and the 95% interval of that."""

    by: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        return Verdict.BETTER if self.low > 0 else Verdict.WORSE if self.high < 0 else Verdict.SAME


@dataclass(frozen=True)
class Figure:
    """One measured figure with its 95% interval.

    `value` is a kappa (families reading and customer), a correlation (uptake) or a share in 0..1 (the others); `n` the turns or attempts it rests
    on, `positives` those that hold the label; `ceiling` the two coders' own kappa. `at_most`: a share that should be low.
    """

    family: Family
    name: str
    value: float
    low: float
    high: float
    n: int
    positives: int | None = None
    ceiling: float | None = None
    f1: float | None = None
    tpr: float | None = None
    tnr: float | None = None
    change: Change | None = None
    threshold: float | None = None
    at_most: bool = False
    failures: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.family}: {self.name}"

    @property
    def verdict(self) -> Verdict:
        return self.change.verdict if self.change else Verdict.NEW

    @property
    def passes(self) -> bool:
        """Not beyond its threshold, and not worse than the baseline by more than chance."""
        if self.threshold is not None and (
            self.value > self.threshold if self.at_most else self.value < self.threshold
        ):
            return False
        return self.verdict is not Verdict.WORSE


@dataclass(frozen=True)
class Confusion:
    """How often each label (rows, what people said) was read as each (columns)."""

    view: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Mistake:
    """A turn that was read wrongly, and how sure the reader was."""

    view: str
    id: str
    before: str
    text: str
    meant: str
    said: str
    confidence: float


@dataclass(frozen=True)
class Reliability:
    """Of `n` turns read with about this confidence, the share that was read right."""

    view: str
    n: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Run:
    """One run of the suite."""

    reader: str
    data: str
    figures: tuple[Figure, ...]
    confusions: tuple[Confusion, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    reliability: tuple[Reliability, ...] = ()

    @property
    def failed(self) -> Sequence[Figure]:
        return [f for f in self.figures if not f.passes]

    def as_json(self) -> dict[str, Any]:
        """Plain values; figures with their verdicts."""
        data = asdict(self)
        for row, figure in zip(data["figures"], self.figures, strict=True):
            row |= {"verdict": figure.verdict.value, "passes": figure.passes}
        return data
