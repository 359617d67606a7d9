"""Unseen wordings find what they mean, at least as often as the thresholds say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evals.wordings import Outcome, run

THRESHOLDS = yaml.safe_load((Path(__file__).parent / "thresholds.yaml").read_text("utf-8"))["wordings"]


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return list(run())


@pytest.mark.parametrize("kind", THRESHOLDS)
def test_wordings_find_what_they_mean(kind: str, outcomes: list[Outcome]) -> None:
    """Of the questions of this kind, at least the share in `thresholds.yaml` finds what it means."""
    of = [o for o in outcomes if o.item.kind == kind]
    share = sum(o.hit for o in of) / len(of)
    print(f"{kind}: {sum(o.hit for o in of)} of {len(of)}")

    assert share >= THRESHOLDS[kind]
