"""The gates: no figure beyond its threshold, none worse than the released reader's by more than chance."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from coach import personas
from coach.embeddings import Embedder
from coach.evaluation import report
from coach.evaluation.figures import Run
from coach.evaluation.suite import on_suite
from coach.reading.reader import OfflineReader
from coach.threads import Linker

EVALS = Path(__file__).parent
GATES = [
    (family, name)
    for family, gates in yaml.safe_load((EVALS / "thresholds.yaml").read_text("utf-8")).items()
    if family != "wordings"
    for name in gates
]


@pytest.fixture(scope="module")
def run() -> Run:
    """The whole suite, once; its report is left in `evals/out/`."""
    people = personas.load_all(personas.packaged_folder())
    run = on_suite(OfflineReader(), Linker(Embedder(), EVALS / "out" / "cache"), people, EVALS)
    report.write(run, EVALS / "out")
    return run


@pytest.mark.parametrize(("family", "name"), GATES, ids=[f"{f}: {n}" for f, n in GATES])
def test_gate(run: Run, family: str, name: str) -> None:
    """The figure keeps its threshold and is not worse than the baseline."""
    figure = next(f for f in run.figures if (f.family, f.name) == (family, name))
    print(figure.key, f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})", figure.verdict)

    assert figure.passes, report.why(figure)


def test_nothing_is_worse_than_the_released_reader(run: Run) -> None:
    """Labels without a threshold may not get worse either."""
    assert [report.why(f) for f in run.figures if f.verdict == "worse"] == []
