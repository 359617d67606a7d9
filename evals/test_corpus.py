"""The training data is what it says it is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from coach.domain.reading import Frame, Function, LeadingKind
from evals.corpus import CodedInterview, load

TRAIN = Path(__file__).parent / "train"


@pytest.fixture(scope="module")
def interviews() -> list[CodedInterview]:
    return load(TRAIN)


def test_every_line_parses_and_every_id_is_its_own(interviews: list[CodedInterview]) -> None:
    """The files hold no line that the form does not know, and no interview twice; nor do those that wait to be trained on."""
    ids = [i.id for i in (*interviews, *load(TRAIN / "next"))]

    assert len(ids) == len(set(ids))
    assert sum(t.reading is not None for i in interviews for t in i.turns) >= 5000
    assert len({i.about["voice"] for i in interviews}) >= 60
    assert len({i.about["trade"] for i in interviews}) >= 60


def test_labels_agree_with_each_other(interviews: list[CodedInterview]) -> None:
    """An ask has openness and frame, a telling its kind, a lead its kind; nothing else has."""
    for interview in interviews:
        for turn in interview.turns:
            r = turn.reading
            if r is None:
                continue
            where = f"{interview.id}: {turn.utterance.text[:60]}"

            assert (Function.ASK in r.function) is r.asks is (r.frame is not Frame.NONE), where
            assert (Function.TELL in r.function) is bool(r.tell), where
            assert r.leads is (r.leading_kind is not LeadingKind.NONE), where


def test_no_turn_stands_in_two_interviews(interviews: list[CodedInterview]) -> None:
    """Long turns are not repeated; a phrase that everybody says may be."""
    said = Counter(
        t.utterance.text.lower()
        for i in interviews
        for t in i.turns
        if t.reading and len(t.utterance.text.split()) > 12
    )

    assert [text for text, n in said.items() if n > 1] == []
