"""The eval's arithmetic, its files and its reports."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.reading import Frame, Function, Leading, LeadingKind, Openness, QuestionReading, Speaker, Utterance
from coach.errors import InputError
from coach.evaluation import report
from coach.evaluation.agreement import f1, f1_of, interval, kappa, rates, resampled, tables
from coach.evaluation.cases import Case, Split, coded, flags, from_jsonl, gold, labels
from coach.evaluation.figures import Change, Confusion, Figure, Mistake, Reliability, Run, Verdict
from coach.evaluation.reading import measure
from coach.evaluation.uptake import load as load_uptake
from coach.evaluation.uptake import spearman
from coach.evaluation.views import VIEWS

OPEN = QuestionReading(
    function=(Function.ASK,), openness=Openness.OPEN_WH, frame=Frame.PAST_SPECIFIC, confidence={"openness": 0.9}
)
CLOSED = QuestionReading(
    function=(Function.ASK,),
    openness=Openness.OPTION,
    frame=Frame.GENERAL,
    leading=Leading.MILD,
    leading_kind=LeadingKind.TAG,
    uptake=2,
)


def case(id_: str, interview: str, *gold: QuestionReading) -> Case:
    return Case(id_, interview, (), f"question {id_}", gold, gold if len(gold) == 2 else ())


# -- agreement ------------------------------------------------------------------------------------------------------------


def test_kappa_is_cohens() -> None:
    """Observed agreement beyond what the margins alone give."""
    # 35 of 50 agree: .70. By the margins (25, 25) and (30, 20): .5·.6 + .5·.4 = .50. (.70 - .50) / (1 - .50) = .40.
    table = np.array([[20.0, 5.0], [10.0, 15.0]])

    assert kappa(table) == pytest.approx(0.40)


def test_kappa_with_quadratic_weights_counts_far_misses_more() -> None:
    """A miss by two weighs four times a miss by one."""
    # Disagreement observed: 1·1 + 1·4 = 5. Expected: rows (2, 2, 1), columns (1, 2, 2), n = 5:
    # (2·2 + 2·1 + 2·2 + 1·2)·1 / 5 + (2·2 + 1·1)·4 / 5 = 12/5 + 20/5 = 6.4. 1 - 5 / 6.4 = .21875.
    table = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    observed = 1 * 4 + 1 * 1 + 1 * 1
    expected = (2 * 2 * 1 + 2 * 2 * 4 + 2 * 1 * 1 + 2 * 2 * 1 + 1 * 1 * 4 + 1 * 2 * 1) / 5

    assert kappa(table, quadratic=True) == pytest.approx(1 - observed / expected)


def test_kappa_is_undefined_where_nothing_could_differ() -> None:
    """One label alone says nothing of agreement."""
    assert isnan(float(kappa(np.array([[7.0, 0.0], [0.0, 0.0]]))))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_kappa_lies_below_one_and_is_symmetric(pairs: list[tuple[int, int]]) -> None:
    """Whole agreement is the most there is, and it does not matter who is called first."""
    one, other = ([p[i] for p in pairs] for i in (0, 1))
    table = tables(["x"] * len(pairs), one, other, 3).sum(0)
    for quadratic in (False, True):
        k, turned = float(kappa(table, quadratic)), float(kappa(table.T, quadratic))

        assert isnan(k) or k <= 1 + 1e-9
        assert (isnan(k) and isnan(turned)) or k == pytest.approx(turned)


def test_f1_and_rates() -> None:
    """F1 is 2·hits over said and meant; the rates are over the truth's own rows."""
    table = np.array([[6.0, 2.0], [1.0, 3.0]])

    assert f1_of(table, 1) == pytest.approx(2 * 3 / (4 + 5))
    assert f1(table) == pytest.approx((2 * 6 / 15 + 2 * 3 / 9) / 2)
    assert rates(table) == pytest.approx((3 / 4, 6 / 8))


def test_resampling_draws_whole_interviews_and_always_the_same() -> None:
    """Every drawn table holds as many interviews as there are; the seed fixes which."""
    per = np.stack([np.eye(2) * 3, np.array([[0.0, 3.0], [3.0, 0.0]])])
    drawn = resampled(per, 50)

    assert np.allclose(drawn.sum((1, 2)), 12)
    assert np.array_equal(drawn, resampled(per, 50))
    assert interval(kappa(drawn))[0] < interval(kappa(drawn))[1]


def test_spearman_shares_places_between_ties() -> None:
    """Orders that agree give 1, turned orders -1, ties the mean of their places, no order nothing."""
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5/4, variances 4.5/4 and 5/4: 4.5/√(4.5·5) = .9487.
    assert spearman([1, 5, 5, 9], [1, 2, 3, 4]) == pytest.approx(0.9487, abs=1e-4)
    assert spearman([3, 2, 1], [1, 2, 3]) == pytest.approx(-1)
    assert isnan(spearman([1, 1], [1, 2]))


def test_exchanges_with_scores_are_read_and_bad_ones_named(tmp_path: Path) -> None:
    """Rows without a score are left out; a missing column is named."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("id,prev_text,next_text,human_score\n1,It broke.,When?,0.5\n2,Yes.,Ok.,\n", "utf-8")
    bad.write_text("id,prev_text,human_score\n1,It broke.,0.5\n", "utf-8")

    assert load_uptake(good) == [("It broke.", "When?", 0.5)]
    with pytest.raises(InputError, match="no column 'next_text'"):
        load_uptake(bad)


# -- measuring ------------------------------------------------------------------------------------------------------------


def test_a_reader_that_says_what_people_said_agrees_wholly() -> None:
    """Kappa is 1 for every label that occurs, and labels that do not occur have no figure."""
    cases = [case("1", "a", OPEN), case("2", "a", CLOSED), case("3", "b", OPEN)]
    found = {f.name: f.value for f in measure(cases, [OPEN, CLOSED, OPEN]).figures}

    assert found["openness"] == found["leading"] == found["uptake"] == 1
    assert "pitch" not in found


def test_two_coders_are_met_halfway() -> None:
    """The figure is the mean over the coders, beside it their own agreement."""
    cases = [case("1", "a", OPEN, OPEN), case("2", "a", CLOSED, OPEN), case("3", "b", CLOSED, CLOSED)]
    figure = next(f for f in measure(cases, [OPEN, CLOSED, CLOSED]).figures if f.name == "leading")

    # With the first coder 1; with the second, as the coders with each other: 2 of 3 agree, .67; by chance
    # 1/3·2/3 + 2/3·1/3 = .44; (.67 - .44) / (1 - .44) = .4.
    assert figure.ceiling == pytest.approx(0.4)
    assert figure.value == pytest.approx((1 + 0.4) / 2)


def test_a_worse_reader_is_told_from_an_equal_one() -> None:
    """Against a baseline that was right, a reader that is wrong throughout is worse, and the same reader the same."""
    cases = [case(str(i), f"interview {i % 12}", CLOSED if i % 2 else OPEN) for i in range(48)]
    right = [c.gold[0] for c in cases]
    wrong = [OPEN if r is CLOSED else CLOSED for r in right]
    before = {c.id: r for c, r in zip(cases, right, strict=True)}
    worse = {f.name: f for f in measure(cases, wrong, before).figures}
    same = {f.name: f for f in measure(cases, right, before).figures}

    assert worse["openness"].verdict is Verdict.WORSE
    assert not worse["openness"].passes
    assert same["openness"].verdict is Verdict.SAME
    assert same["openness"].passes


def test_the_surest_mistakes_are_quoted_surest_first() -> None:
    """Of the wrong readings, those of the highest confidence."""
    sure, unsure = (OPEN.model_copy(update={"confidence": {"openness": p}}) for p in (0.99, 0.5))
    quoted = [
        m for m in measure([case("1", "a", CLOSED), case("2", "b", CLOSED)], [unsure, sure]).mistakes
        if m.view == "openness"
    ]  # fmt: skip

    assert [m.id for m in quoted] == ["2", "1"]


def test_every_view_has_a_place_for_every_reading() -> None:
    """No label of a reading falls outside its view's labels."""
    for view in VIEWS:
        for reading in (OPEN, CLOSED, QuestionReading()):
            assert 0 <= view.of(reading) < len(view.labels), view.name


# -- files ----------------------------------------------------------------------------------------------------------------

ROW = {
    "id": "d1",
    "interview": "i1",
    "prev": "It broke.",
    "text": "What then?",
    "coder_a": {"function": ["ask"], "openness": "invite", "frame": "past_specific", "uptake": 2, "unsure": ["frame"]},
    "coder_b": {"function": ["ask"], "openness": "open_wh", "frame": "past_specific", "uptake": 2},
}


def test_json_lines_with_two_coders_are_read(tmp_path: Path) -> None:
    """The answer before is the context; each coder's labels are kept."""
    path = tmp_path / "turns.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n", "utf-8")
    (one,) = from_jsonl(path)

    assert one.context == (Utterance(speaker=Speaker.CUSTOMER, text="It broke."),)
    assert [str(g.openness) for g in one.gold] == ["invite", "open_wh"]


@pytest.mark.parametrize(
    ("line", "expected_error"),
    [
        ("{", "line 1: not a coded turn"),
        (json.dumps({k: v for k, v in ROW.items() if k != "text"}), "line 1: 'text' is missing"),
        (json.dumps({k: v for k, v in ROW.items() if not k.startswith("coder")}), "line 1: 'coder_a' is missing"),
        (json.dumps({**ROW, "coder_a": {"openness": "wide"}}), "line 1: not a coded turn"),
        (json.dumps({**ROW, "coder_a": 3}), "line 1: not a coded turn"),
        ("[]", "line 1: .coder_a. is missing"),
        ("", "holds no coded turn"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, expected_error: str) -> None:
    """The error says which file, which line and what is missing."""
    path = tmp_path / "turns.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(InputError, match=expected_error):
        from_jsonl(path)


def test_a_line_of_labels_is_read() -> None:
    """Eight fields in the codebook's words; what comes after them is the coder's business."""
    r = labels("ask,reflect | option | past_specific | mild:answer | check | 2 | long | - | frame")

    assert (r.openness, r.leading, r.leading_kind, r.uptake) == (
        Openness.OPTION,
        Leading.MILD,
        LeadingKind.ANSWER,
        2,
    )
    assert flags("g,c").cue
    assert not flags("-").off_topic
    with pytest.raises(ValueError, match="wide"):
        labels("ask | wide | fact | none | - | 0 | - | -")


def gold_folder(folder: Path, **changed: str) -> Path:
    """A gold set of one interview, its files as they should be but for those named."""
    files = {
        "coder_a.txt": "x1.c1 = c\nx1.1 = ask | open_wh | past_specific | none | deepen | 2 | - | - | -\n",
        "coder_b.txt": "x1.c1 = -\nx1.1 = ask | invite | past_specific | none | timeline | 2 | - | - | -\n",
        "rulings.txt": "x1.1 = ask | invite | past_specific | none | timeline | 2 | - | - | what next\nx1.c1 = - | plain\n",
        "splits.txt": "train:\ndev: x1\ntest:\n",
        **{k.replace("_txt", ".txt"): v for k, v in changed.items()},
    }
    (folder / "interviews").mkdir(parents=True)
    (folder / "interviews" / "x.txt").write_text("## x1 | trade=baker\nC: It broke.\nI: And then?\n", "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_a_ruling_counts_where_coders_differ(tmp_path: Path) -> None:
    """The adjudicated labels are the gold; both coders' stay beside it; the split chooses the interviews."""
    asked, answered = gold(gold_folder(tmp_path / "gold"), Split.DEV)

    assert asked[0].gold[0].openness is Openness.INVITE
    assert [str(c.openness) for c in asked[0].coders] == ["open_wh", "invite"]
    assert not answered[0].gold.cue
    assert gold(tmp_path / "gold", Split.TEST) == ([], [])


@pytest.mark.parametrize(
    ("changed", "expected_error"),
    [
        ({"coder_b_txt": ""}, "x1.c1: no label or coder's line"),
        ({"rulings_txt": "x1.1 = ask | wide | fact | none | - | 0 | - | - | why\n"}, "x1.1: 'wide'"),
        ({"coder_a_txt": "x1.1 = a\nx1.1 = b\n"}, "coder_a.txt, line 2"),
    ],
)
def test_a_fault_in_the_gold_files_is_named(tmp_path: Path, changed: dict[str, str], expected_error: str) -> None:
    """The error names the turn or the line."""
    with pytest.raises(InputError, match=expected_error):
        gold(gold_folder(tmp_path / "gold", **changed))


def test_a_comment_is_no_label(tmp_path: Path) -> None:
    """Lines that begin with # are for people."""
    path = tmp_path / "coder.txt"
    path.write_text("# by hand\nx1.1 = a\n", "utf-8")

    assert coded(path) == {"x1.1": "a"}


# -- reports --------------------------------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script> | `x` [y](javascript:z)"
RUN = Run(
    reader="offline-test",
    data="gold, dev",
    figures=(
        Figure("reading", "openness", 0.9, 0.8, 0.95, 100, ceiling=0.95, f1=0.9, threshold=0.85, change=Change(0.01, -0.02, 0.03)),
        Figure("reading", "leading", 0.5, 0.4, 0.6, 100, positives=30, f1=0.6, tpr=0.7, tnr=0.9, threshold=0.6),
        Figure("reading", "uptake", 0.7, 0.6, 0.8, 100, change=Change(-0.1, -0.15, -0.05)),
        Figure("disclosure", "leaks to attacks", 0.02, 0.0, 0.04, 50, threshold=0.01, at_most=True, failures=(EVIL,)),
    ),
    confusions=(Confusion("openness", ("a", "b"), ((3, 1), (0, 4))),),
    mistakes=(Mistake("openness", "p01.1", EVIL, EVIL, "option", "invite", 0.97),),
    reliability=(Reliability("openness", 10, 0.9, 0.8),),
)  # fmt: skip


def test_a_gate_fails_below_its_threshold_and_when_worse() -> None:
    """Below at least, above at most, or worse than the baseline by more than chance."""
    assert [f.name for f in RUN.failed] == ["leading", "uptake", "leaks to attacks"]


def test_the_outcome_is_said_in_one_sentence() -> None:
    """Which gates failed; that all are passed; or that there are none."""
    fine, ungated = RUN.figures[0], Figure("reading", "frame", 0.5, 0.4, 0.6, 100)

    assert report.outcome(RUN) == "3 gates failed: leading, uptake, leaks to attacks."
    assert report.outcome(Run("r", "d", (fine, ungated))) == "Every gate is passed."
    assert report.outcome(Run("r", "d", (ungated,))).startswith("There are no gates")


def test_the_page_and_the_table_show_markup_as_text() -> None:
    """Words from interviews cannot become part of the page."""
    page, text = report.html(RUN), report.markdown(RUN)

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert "\\<script\\>" in text
    assert "[y](" not in text


def test_the_reports_are_written_and_say_the_same(tmp_path: Path) -> None:
    """Four files; JSON and JUnit name the figures that fail."""
    report.write(RUN, tmp_path / "out")
    data = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    suite = ET.fromstring((tmp_path / "out" / "junit.xml").read_text("utf-8"))  # written a line above

    assert [f["name"] for f in data["figures"] if not f["passes"]] == ["leading", "uptake", "leaks to attacks"]
    assert suite.attrib["failures"] == "3"
    assert "worse than the baseline by 0.100" in (tmp_path / "out" / "junit.xml").read_text("utf-8")
    assert (tmp_path / "out" / "report.md").read_text("utf-8").startswith("# Eval of offline-test")
