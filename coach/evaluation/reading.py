"""How well a reader reads: its labels beside people's, view by view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan

import numpy as np

from coach.domain.reading import CustomerReading, QuestionReading
from coach.evaluation.agreement import Tables, f1, f1_of, interval, kappa, rates, resampled, tables
from coach.evaluation.cases import FLAGS, Case, CustomerCase
from coach.evaluation.figures import Change, Confusion, Figure, Mistake, Reliability
from coach.evaluation.views import NO_YES, VIEWS, View

WORST = 3
"""So many of a view's surest mistakes are quoted."""
QUOTED = ("openness", "frame", "leading", "uptake", "multiple", "pitch", "reflect")
BINS = (0.0, 0.55, 0.7, 0.8, 0.9, 0.95, 1.0001)


@dataclass(frozen=True)
class Agreement:
    """What measuring a reader on cases gave."""

    figures: tuple[Figure, ...]
    confusions: tuple[Confusion, ...]
    mistakes: tuple[Mistake, ...]
    reliability: tuple[Reliability, ...]


def measure(
    cases: Sequence[Case],
    readings: Sequence[QuestionReading],
    baseline: Mapping[str, QuestionReading] | None = None,
) -> Agreement:
    """The agreement of `readings`, one a case, with each coder of the cases (the mean over them), beside the coders' own.

    With a baseline (case id to what another reader said), each figure says whether it changed by more than chance: the
    same interviews are drawn for both readers, and the interval of the difference either holds zero or not.
    """
    before = [baseline[c.id] for c in cases] if baseline and all(c.id in baseline for c in cases) else None
    figures, confusions, mistakes = [], [], []
    for view in VIEWS:
        figure, table = _figure(view, cases, readings, before)
        if isnan(figure.value):
            continue  # no turn of this label: nothing to agree on
        figures.append(figure)
        if not view.yes_or_no:
            confusions.append(Confusion(view.name, view.labels, tuple(tuple(map(int, row)) for row in table)))
        if view.name in QUOTED:
            mistakes += _worst(view, cases, readings)
    return Agreement(tuple(figures), tuple(confusions), tuple(mistakes), tuple(reliability(cases, readings)))


def measure_customers(cases: Sequence[CustomerCase], readings: Sequence[CustomerReading]) -> list[Figure]:
    """The agreement on the flags of customers' turns."""
    out = []
    for name in FLAGS.values():
        where = [c.interview for c in cases]
        said = [int(getattr(r, name)) for r in readings]
        meant = [int(getattr(c.gold, name)) for c in cases]
        per = tables(where, meant, said, 2)
        whole = per.sum(0)
        low, high = interval(kappa(resampled(per)))
        ceiling = None
        if all(len(c.coders) == 2 for c in cases):
            one, two = ([int(getattr(c.coders[k], name)) for c in cases] for k in (0, 1))
            ceiling = float(kappa(tables(where, one, two, 2).sum(0)))
        tpr, tnr = rates(whole)
        figure = Figure(
            "customer", name, float(kappa(whole)), low, high, len(cases), positives=sum(meant),
            ceiling=ceiling, f1=f1_of(whole, 1), tpr=tpr, tnr=tnr,
        )  # fmt: skip
        if not isnan(figure.value):
            out.append(figure)
    return out


def _values(view: View, cases: Sequence[Case], coder: int) -> list[int]:
    return [view.of(c.gold[coder]) for c in cases]


def _tables(view: View, cases: Sequence[Case], readings: Sequence[QuestionReading]) -> list[Tables]:
    """For each coder the confusion tables by interview: rows what the coder said, columns the reader."""
    said = [view.of(r) for r in readings]
    where = [c.interview for c in cases]
    coders = min(len(c.gold) for c in cases)
    return [tables(where, _values(view, cases, k), said, len(view.labels)) for k in range(coders)]


def _mean_kappa(each: Sequence[Tables], quadratic: bool) -> np.ndarray:
    return np.asarray(np.mean([kappa(t, quadratic) for t in each], axis=0))


def _figure(
    view: View, cases: Sequence[Case], readings: Sequence[QuestionReading], before: Sequence[QuestionReading] | None
) -> tuple[Figure, Tables]:
    each = _tables(view, cases, readings)
    whole = np.mean([t.sum(0) for t in each], axis=0)
    drawn = _mean_kappa([resampled(t) for t in each], view.ordinal)
    low, high = interval(drawn)
    ceiling = None
    if all(len(c.coders) == 2 for c in cases):
        where = [c.interview for c in cases]
        one, two = ([view.of(c.coders[k]) for c in cases] for k in (0, 1))
        ceiling = float(kappa(tables(where, one, two, len(view.labels)).sum(0), view.ordinal))
    tpr, tnr = rates(whole) if view.yes_or_no else (None, None)
    change = None
    if before is not None:
        old = _tables(view, cases, before)
        drawn_before = _mean_kappa([resampled(t) for t in old], view.ordinal)
        now, then = (float(_mean_kappa([t.sum(0) for t in x], view.ordinal)) for x in (each, old))
        change = Change(now - then, *interval(drawn - drawn_before))
    return Figure(
        "reading",
        view.name,
        float(_mean_kappa([t.sum(0) for t in each], view.ordinal)),
        low,
        high,
        len(cases),
        positives=sum(_values(view, cases, 0)) if view.labels == NO_YES else None,
        ceiling=ceiling,
        f1=f1_of(whole, 1) if view.yes_or_no else float(f1(whole)),
        tpr=tpr,
        tnr=tnr,
        change=change,
    ), whole


def _worst(view: View, cases: Sequence[Case], readings: Sequence[QuestionReading]) -> list[Mistake]:
    wrong = [
        Mistake(
            view=view.name,
            id=c.id,
            before=c.context[-1].text if c.context else "",
            text=c.text,
            meant=view.labels[view.of(c.gold[0])],
            said=view.labels[view.of(r)],
            confidence=r.confidence.get(view.field, 1.0),
        )
        for c, r in zip(cases, readings, strict=True)
        if all(view.of(g) != view.of(r) for g in c.gold)
    ]
    return sorted(wrong, key=lambda m: -m.confidence)[:WORST]


def reliability(cases: Sequence[Case], readings: Sequence[QuestionReading]) -> list[Reliability]:
    """How often the reader is right at each level of confidence that it gives itself."""
    out = []
    for view in VIEWS:
        if view.name not in ("openness", "frame", "leading", "uptake"):
            continue
        sure = np.array([r.confidence.get(view.field, 1.0) for r in readings])
        right = np.array(
            [np.mean([view.of(g) == view.of(r) for g in c.gold]) for c, r in zip(cases, readings, strict=True)]
        )
        for low, high in pairwise(BINS):
            held = (sure >= low) & (sure < high)
            if held.any():
                out.append(Reliability(view.name, int(held.sum()), float(sure[held].mean()), float(right[held].mean())))
    return out
