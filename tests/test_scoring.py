"""Measures, points and grades, with the sums done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain.interview import Decision, Release, ReleaseKind, Stance
from coach.domain.persona import Persona
from coach.domain.reading import (
    CustomerReading,
    Fault,
    Frame,
    Function,
    Leading,
    Move,
    Openness,
    QuestionReading,
    Tell,
)
from coach.domain.scorecard import Grade, Measure, Skill
from coach.scoring.exchange import Exchange
from coach.scoring.intervals import wilson
from coach.scoring.measures import LEADING, PAST_SPECIFIC, chains, cues
from coach.scoring.scorecard import score


def ask(
    index: int,
    frame: Frame = Frame.PAST_SPECIFIC,
    openness: Openness = Openness.OPEN_WH,
    *,
    asked: str = "What happened?",
    answer: str = "Well, it broke and then we carried it down the stairs.",
    uptake: int = 2,
    moves: tuple[Move, ...] = (),
    leading: Leading = Leading.NONE,
    faults: tuple[Fault, ...] = (),
    tell: tuple[Tell, ...] = (),
    heard: CustomerReading | None = None,
    decision: Decision | None = None,
    confidence: dict[str, float] | None = None,
) -> Exchange:
    reading = QuestionReading(
        function=(Function.ASK, Function.TELL) if tell else (Function.ASK,),
        openness=openness,
        frame=frame,
        leading=leading,
        moves=moves,
        uptake=uptake,
        faults=faults,
        tell=tell,
        confidence=confidence or {},
    )
    return Exchange(index, asked, reading, answer, heard or CustomerReading(), decision)


def measure(exchanges: list[Exchange], skill: Skill, name: str, persona: Persona | None = None) -> Measure:
    card = score(exchanges, reader_version="test", persona=persona)
    return next(m for m in card.skill(skill).measures if m.name == name)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # By hand: p=.5, n=10, z²=3.8415: middle=(.5+.19207)/1.38415=.5; half=1.96·√(.025+.0096037)/1.38415=.2634.
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_is_the_published_interval(count: int, total: int, low: float, high: float) -> None:
    """The interval of a share is Wilson's, and (0, 1) for nothing."""
    assert wilson(count, total) == pytest.approx((low, high), abs=5e-4)


@given(total=st.integers(1, 400), data=st.data())
def test_an_interval_holds_its_share(total: int, data: st.DataObject) -> None:
    """Every share lies in its own interval, and the interval in 0..1."""
    count = data.draw(st.integers(0, total))
    low, high = wilson(count, total)

    assert 0 <= low <= count / total + 1e-12
    assert count / total - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("value", "points"),
    # Between the weak cut (.35 is 40) and the strong (.70 is 80) a straight line: .525 is 60.
    [(0.0, 0), (0.175, 20), (0.35, 40), (0.525, 60), (0.70, 80), (0.85, 90), (1.0, 100)],
)
def test_points_run_straight_between_the_cuts(value: float, points: float) -> None:
    """The weak cut is worth 40 points, the strong 80, with straight lines between."""
    assert PAST_SPECIFIC.points(value) == pytest.approx(points)


@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_more_leading_is_never_worth_more(a: float, b: float) -> None:
    """Points fall, or stay, as the leading rate rises."""
    assert (LEADING.points(a) >= LEADING.points(b)) or a > b


def test_under_eight_asks_nothing_is_graded() -> None:
    """Seven questions are too few to grade; the measures are shown all the same."""
    card = score([ask(i) for i in range(7)], reader_version="test")

    assert {s.grade for s in card.skills} == {Grade.TOO_FEW}
    assert card.overall is None
    assert measure([ask(i) for i in range(7)], Skill.LISTENING, "open").count == 7


def test_questions_about_the_interview_count_nowhere() -> None:
    """A question of frame meta is no ask of any share."""
    card = score([ask(i) for i in range(8)] + [ask(8, Frame.META)], reader_version="test")

    assert card.asks == 8


def test_an_early_opener_beats_a_late_one_and_a_late_one_none() -> None:
    """Within three questions an opener is worth everything, later a part, never nothing."""
    early = [ask(i, moves=(Move.OPENER,) if i == 2 else ()) for i in range(9)]
    late = [ask(i, moves=(Move.OPENER,) if i == 3 else ()) for i in range(9)]
    never = [ask(i) for i in range(9)]

    assert [measure(x, Skill.STORY, "opener").points for x in (early, late, never)] == [100, 60, 0]


def test_shares_after_the_opener_leave_out_what_came_before() -> None:
    """The share of questions about one real time is taken after the opener."""
    exchanges = [
        ask(0, Frame.GENERAL),
        ask(1, moves=(Move.OPENER,)),
        *(ask(i) for i in range(2, 6)),
        ask(6, Frame.FACT),
    ]
    found = measure(exchanges, Skill.STORY, "past_specific")

    assert (found.count, found.total, found.turns) == (4, 5, (2, 3, 4, 5))


def test_unsafe_frames_are_counted_of_all_asks() -> None:
    """General, opinion and hypothetical questions are counted together, with their turns."""
    frames = [Frame.GENERAL, Frame.OPINION, Frame.HYPOTHETICAL, Frame.FACT, *[Frame.PAST_SPECIFIC] * 6]
    found = measure([ask(i, f) for i, f in enumerate(frames)], Skill.STORY, "unsafe_frames")

    assert (found.count, found.total, found.turns) == (3, 10, (0, 1, 2))
    # .3 lies 4/5 of the way from the strong cut (.10 is 80) to the weak (.35 is 40): 80 - 0.8·40 = 48.
    assert found.points == pytest.approx(48)


def test_a_generality_brought_back_counts_as_redirected() -> None:
    """Of the answers that generalised, those followed by a redirect are counted."""
    general = CustomerReading(generalisation=True)
    exchanges = [
        ask(0, Frame.GENERAL, heard=general),
        ask(1, moves=(Move.REDIRECT,), heard=general),
        ask(2, Frame.GENERAL),
        *(ask(i) for i in range(3, 9)),
    ]
    found = measure(exchanges, Skill.STORY, "redirected")

    assert (found.count, found.total, found.turns) == (1, 2, (1,))


def test_three_strong_leading_questions_cap_the_measure() -> None:
    """However many other questions there are, three that supply the answer are worth 40 points at most."""
    few = [ask(i, leading=Leading.STRONG if i < 2 else Leading.NONE) for i in range(60)]
    many = [ask(i, leading=Leading.STRONG if i < 3 else Leading.NONE) for i in range(90)]

    assert measure(few, Skill.NEUTRAL, "leading").points == 79
    assert measure(many, Skill.NEUTRAL, "leading").points == 40


def test_a_pitch_before_the_close_caps_the_telling() -> None:
    """A pitch in the last two turns is no fault of the kind; before them it is worth 40 points at most."""
    early = [ask(i, tell=(Tell.PITCH,) if i == 1 else ()) for i in range(40)]
    close = [ask(i, tell=(Tell.PITCH,) if i == 39 else ()) for i in range(40)]

    assert measure(early, Skill.NEUTRAL, "telling").points == 40
    assert (measure(close, Skill.NEUTRAL, "telling").points or 0) > 80


def test_information_that_was_asked_for_is_no_telling() -> None:
    """Answering the customer's own question is no fault."""
    found = measure([ask(i, tell=(Tell.INFO,)) for i in range(8)], Skill.NEUTRAL, "telling")

    assert found.count == 0


def test_marks_of_which_the_reader_is_unsure_grade_nothing() -> None:
    """An unsure leading mark is left out of the rate, of both its parts."""
    exchanges = [ask(0, leading=Leading.STRONG, confidence={"leading": 0.4}), *(ask(i) for i in range(1, 10))]
    found = measure(exchanges, Skill.NEUTRAL, "leading")

    assert (found.count, found.total) == (0, 9)


def test_a_nudge_neither_counts_nor_breaks_a_chain() -> None:
    """Chains are runs of follow-ups; mm-hm is skipped, a new topic ends the run."""
    nudge = Exchange(2, "Mm-hm.", QuestionReading(function=(Function.BACKCHANNEL,), uptake=2), "…", CustomerReading())
    exchanges = [ask(0, uptake=0), ask(1), nudge, ask(3), ask(4, uptake=1), ask(5), ask(6, uptake=0)]

    assert [[e.index for e in run] for run in chains(exchanges)] == [[1, 3], [5]]


def test_a_cue_is_missed_when_nobody_takes_it_up() -> None:
    """In a transcript, a cue is taken by a follow-up within two turns; the last answer is held against nobody."""
    cue = CustomerReading(cue=True)
    exchanges = [
        ask(0, heard=cue),
        ask(1, uptake=0),
        ask(2, uptake=2, heard=cue),
        ask(3, uptake=0),
        ask(4, uptake=1, heard=CustomerReading()),
        ask(5, uptake=0, heard=cue),
    ]
    slipped, missed = cues(exchanges)

    assert [e.index for e in slipped] == [0, 2]
    assert [e.index for e in missed] == [2]


def test_in_practice_a_cue_is_taken_when_its_moment_comes(talkative: Persona) -> None:
    """What the customer hinted at counts as taken up once its moment was told, however late."""
    moment = next(m for m in talkative.moments.values() if m.cued_by)
    hint = Decision(stance=Stance.TELLS, releases=(Release(kind=ReleaseKind.CUE, id=moment.id),), reason="-")
    tell = Decision(stance=Stance.TELLS, releases=(Release(kind=ReleaseKind.MOMENT, id=moment.id),), reason="-")
    cue = CustomerReading(cue=True)
    later = [ask(i, uptake=0) for i in range(1, 6)]

    assert cues([ask(0, heard=cue, decision=hint), *later])[1] != []
    assert cues([ask(0, heard=cue, decision=hint), *later, ask(6, decision=tell)])[1] == []


def test_talk_share_counts_words() -> None:
    """Ten words asked and thirty answered are a quarter."""
    exchanges = [ask(i, asked="one two three four five", answer=" ".join(["w"] * 15)) for i in range(8)]
    found = measure(exchanges, Skill.LISTENING, "talk_share")

    assert found.count == 0.25
    assert found.points == pytest.approx(80)


def test_the_outcome_names_the_turn_that_brought_each_moment(talkative: Persona) -> None:
    """A moment is found at the first turn that told it; an opportunity at the first of its moments."""
    first = next(m for m in talkative.moments.values() if m.shows)
    tell = Decision(stance=Stance.TELLS, releases=(Release(kind=ReleaseKind.MOMENT, id=first.id),), reason="-")
    card = score([ask(0), ask(1, decision=tell), ask(2)], reader_version="test", persona=talkative)

    assert card.outcome is not None
    assert {f.id: f.turn for f in card.outcome.moments if f.turn is not None} == {first.id: 1}
    assert {f.id for f in card.outcome.opportunities if f.turn == 1} == set(first.shows)


def test_the_outcome_is_no_part_of_the_score(talkative: Persona) -> None:
    """The same questions score the same, whatever the customer happened to tell."""
    plain = [ask(i) for i in range(9)]
    skills = [score(plain, reader_version="t").skills[i] for i in (0, 1, 3)]
    with_persona = score(plain, reader_version="t", persona=talkative)

    assert [with_persona.skills[i] for i in (0, 1, 3)] == skills


asks = st.builds(
    ask,
    st.just(0),
    st.sampled_from([f for f in Frame if f is not Frame.NONE]),
    st.sampled_from([o for o in Openness if o is not Openness.NONE]),
    uptake=st.integers(0, 2),
    moves=st.lists(st.sampled_from(list(Move)), max_size=2, unique=True).map(tuple),
    leading=st.sampled_from(list(Leading)),
)


@given(exchanges=st.lists(asks, max_size=30))
@settings(max_examples=60, deadline=None)
def test_every_card_is_whole_and_repeatable(exchanges: list[Exchange]) -> None:
    """Points lie in 0..100 within their interval, shares never exceed their total, and scoring twice agrees."""
    numbered = [Exchange(i, e.asked, e.reading, e.answer, e.heard, None) for i, e in enumerate(exchanges)]
    card = score(numbered, reader_version="t")

    assert card == score(numbered, reader_version="t")
    for skill in card.skills:
        if skill.points is not None and skill.low is not None and skill.high is not None:
            assert 0 <= skill.low <= skill.points + 0.1
            assert skill.points - 0.1 <= skill.high <= 100
        for m in skill.measures:
            assert m.total is None or 0 <= m.count <= m.total


@given(exchanges=st.lists(asks, min_size=8, max_size=24))
@settings(max_examples=60, deadline=None)
def test_one_more_leading_question_never_raises_neutrality(exchanges: list[Exchange]) -> None:
    """Making a neutral question leading cannot raise the neutral skill."""
    before = [Exchange(i, e.asked, e.reading, e.answer, e.heard, None) for i, e in enumerate(exchanges)]
    worse_reading = before[0].reading.model_copy(update={"leading": Leading.STRONG})
    after = [Exchange(0, before[0].asked, worse_reading, before[0].answer, before[0].heard, None), *before[1:]]

    cards = [score(x, reader_version="t").skill(Skill.NEUTRAL).points for x in (before, after)]

    assert cards[0] is None or cards[1] is None or cards[1] <= cards[0]


led = st.builds(
    ask,
    st.just(0),
    st.sampled_from([f for f in Frame if f is not Frame.NONE]),
    st.sampled_from([o for o in Openness if o is not Openness.NONE]),
    asked=st.just("So that was really annoying for you, wasn't it?"),
    answer=st.just("Yes, I suppose so."),
    uptake=st.integers(0, 2),
    moves=st.lists(st.sampled_from(list(Move)), max_size=2, unique=True).map(tuple),
    leading=st.sampled_from([Leading.MILD, Leading.STRONG]),
    faults=st.lists(st.sampled_from(list(Fault)), max_size=1).map(tuple),
)


@given(exchanges=st.lists(asks, min_size=8, max_size=20), slipped=led, data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_leading_question_slipped_in_raises_no_skill(
    exchanges: list[Exchange], slipped: Exchange, data: st.DataObject
) -> None:
    """Wherever it is put and whatever else it is, a leading question with a polite yes pays in no skill."""
    place = data.draw(st.integers(0, len(exchanges)))
    both = exchanges, [*exchanges[:place], slipped, *exchanges[place:]]
    plain, longer = (
        score([Exchange(i, e.asked, e.reading, e.answer, e.heard, None) for i, e in enumerate(x)], reader_version="t")
        for x in both
    )

    for before, after in zip(plain.skills, longer.skills, strict=True):
        if before.points is not None and after.points is not None:
            assert after.points <= before.points, before.skill
