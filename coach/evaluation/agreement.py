"""How far two codings agree, and how sure that is.

A coding's agreement is kept as one confusion table an interview, so that an interval can resample whole interviews: the
turns of one interview resemble each other, and counting them as independent would promise too much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Tables = NDArray[np.float64]
"""Confusion counts, shape (…, labels, labels): rows the one coding, columns the other."""

RESAMPLES = 1000
SEED = 20


def tables(interviews: Sequence[str], one: Sequence[int], other: Sequence[int], labels: int) -> Tables:
    """One confusion table an interview, in order of first appearance: shape (interviews, labels, labels)."""
    place = {name: i for i, name in enumerate(dict.fromkeys(interviews))}
    out = np.zeros((len(place), labels, labels))
    for interview, x, y in zip(interviews, one, other, strict=True):
        out[place[interview], x, y] += 1
    return out


def resampled(per_interview: Tables, resamples: int = RESAMPLES, seed: int = SEED) -> Tables:
    """Tables of `resamples` sets of as many interviews, drawn with replacement. The same seed draws the same sets, so
    that two readers are compared on equal terms."""
    n = len(per_interview)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)
    return np.asarray(np.tensordot(drawn, per_interview, axes=1))


def kappa(table: Tables, quadratic: bool = False) -> NDArray[np.float64]:
    """Agreement beyond chance of each table, shape (…): 1 whole, 0 chance; nan where nothing could disagree.

    Source: J. Cohen, “A coefficient of agreement for nominal scales”, Educational and Psychological Measurement 20
    (1960); with `quadratic` weights, for labels that are numbers, “Weighted kappa”, Psychological Bulletin 70 (1968).
    """
    size = table.shape[-1]
    step = np.arange(size)
    away = (step[:, None] - step) ** 2 if quadratic else (step[:, None] != step).astype(float)
    total = table.sum((-1, -2))
    expected = table.sum(-1)[..., :, None] * table.sum(-2)[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (away * table).sum((-1, -2)) * total / (away * expected).sum((-1, -2)))


def f1(table: Tables) -> NDArray[np.float64]:
    """The mean over the labels that occur of 2·hits / (said + meant): macro F1, shape (…). For a yes-or-no label take
    `f1_of` its yes."""
    hits = np.diagonal(table, axis1=-2, axis2=-1)
    both = table.sum(-1) + table.sum(-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = 2 * hits / both
    return np.asarray(np.nanmean(each, axis=-1))


def f1_of(table: Tables, label: int) -> float:
    """F1 of one label; nan where it neither occurs nor is said."""
    both = table[..., label, :].sum(-1) + table[..., :, label].sum(-1)
    return float(2 * table[..., label, label] / both) if both else float("nan")


def rates(table: Tables) -> tuple[float, float]:
    """Of a yes-or-no label (rows the truth, yes last): the true positive rate and the true negative rate."""
    yes, no = table[1].sum(), table[0].sum()
    return (float(table[1, 1] / yes) if yes else float("nan"), float(table[0, 0] / no) if no else float("nan"))


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95% of resampled values, nan left out; (nan, nan) without any.

    Source: B. Efron, “Bootstrap methods: another look at the jackknife”, Annals of Statistics 7 (1979).
    """
    real = values[~np.isnan(values)]
    if not len(real):
        return float("nan"), float("nan")
    low, high = np.percentile(real, [2.5, 97.5])
    return float(low), float(high)
