"""The strength of uptake beside people's scores of it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.embeddings import Embedder
from coach.errors import InputError
from coach.evaluation.agreement import RESAMPLES, SEED, interval
from coach.evaluation.figures import Figure
from coach.reading.uptake import strengths

Values = Sequence[float] | NDArray[np.float64]
COLUMNS = ("prev_text", "next_text", "human_score")


def spearman(one: Values, other: Values) -> float:
    """The correlation of two orders, ties sharing their place; nan where one of them has no order.

    Source: C. Spearman, “The proof and measurement of association between two things”, American Journal of Psychology 15
    (1904).
    """
    x, y = _ranks(one), _ranks(other)
    if not x.std() or not y.std():
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _ranks(values: Values) -> NDArray[np.float64]:
    _, place, count = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def load(path: Path) -> list[tuple[str, str, float]]:
    """Exchanges with a human score, from a CSV with the columns `prev_text`, `next_text`, `human_score`; rows without a
    score are left out. Raises InputError."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [(r["prev_text"], r["next_text"], float(r["human_score"])) for r in rows if r["human_score"]]
    except KeyError as e:
        raise InputError(f"{path}: there is no column {e.args[0]!r}; it needs {', '.join(COLUMNS)}.") from e
    except (OSError, ValueError, csv.Error) as e:
        raise InputError(f"{path} cannot be read as exchanges with scores ({e}).") from e


def measure(embedder: Embedder, path: Path) -> Figure:
    """Spearman's correlation of our strength with the human score, and its bootstrap interval over exchanges."""
    rows = load(path)
    ours = np.array(strengths(embedder, [(before, turn) for before, turn, _ in rows]))
    theirs = np.array([score for *_, score in rows])
    rng = np.random.default_rng(SEED)
    drawn = [
        spearman(ours[at], theirs[at]) for at in (rng.integers(0, len(rows), len(rows)) for _ in range(RESAMPLES // 5))
    ]
    low, high = interval(np.array(drawn))
    return Figure("uptake", "strength of uptake (Spearman)", spearman(ours, theirs), low, high, len(rows))
