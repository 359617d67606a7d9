"""The disclosure policy, row by row, over interviews of every course."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach import personas
from coach.disclosure.leak import leaks, secrets
from coach.disclosure.policy import decide
from coach.disclosure.state import State, fold, spoken_seconds
from coach.domain.interview import Decision, ReleaseKind, Stance, Turn
from coach.domain.persona import Aspect, Difficulty, Persona, Via
from coach.domain.reading import Frame, Function, Leading, Move, Openness, QuestionReading, Tell
from coach.domain.target import Form, Occasion, Target
from coach.voice.authored import speak
from tests.strategies import interviews, play, readings, targets

PEOPLE = list(personas.load_all(personas.packaged_folder()).values())
OPEN = (Openness.INVITE, Openness.OPEN_WH)
ASKED = (*OPEN, Openness.FOCUS_WH, Openness.OPTION)
OPENER = QuestionReading(
    function=(Function.ASK,), openness=Openness.INVITE, frame=Frame.PAST_SPECIFIC, moves=(Move.OPENER,)
)
NEXT = QuestionReading(
    function=(Function.ASK,), openness=Openness.INVITE, frame=Frame.PAST_SPECIFIC, moves=(Move.TIMELINE,), uptake=2
)
MORE = NEXT.model_copy(update={"moves": (Move.DEEPEN,)})

people = st.sampled_from(PEOPLE)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def told(decision: Decision) -> set[str]:
    """The moments that a decision releases."""
    return {r.id for r in decision.releases if r.kind is ReleaseKind.MOMENT}


def story_content(decision: Decision) -> set[str]:
    """Whatever of a story a decision releases."""
    return {r.id for r in decision.releases if r.kind in (ReleaseKind.MOMENT, ReleaseKind.CUE, ReleaseKind.DETAIL)}


@given(data=st.data(), persona=people)
@quick
def test_the_policy_is_total_and_repeatable(data: st.DataObject, persona: Persona) -> None:
    """Every reading, target and state has one decision, with a reason and words, the same each time."""
    state, turns = play(persona, data.draw(interviews(persona)))
    reading, target = data.draw(readings()), data.draw(targets(persona))

    first, second = (decide(persona, fold(persona, turns), reading, target) for _ in range(2))

    assert first == second
    assert first.reason
    assert speak(persona, state, first) == speak(persona, state, second) != ""


POOR = {
    "general": readings([Frame.GENERAL], ASKED),
    "opinion": readings([Frame.OPINION], ASKED),
    "hypothetical": readings([Frame.HYPOTHETICAL], ASKED),
    "leading": readings(openness=ASKED, leading=[Leading.MILD, Leading.STRONG]),
    "pitch": readings(tell=st.just((Tell.PITCH,))),
    "fact": readings([Frame.FACT], ASKED, moves=st.just(())),
    "past_any": readings([Frame.PAST_ANY], ASKED, moves=st.just(())),
    "meta": readings([Frame.META], ASKED),
    "closed": readings([Frame.PAST_SPECIFIC], [Openness.OPTION, Openness.FOCUS_WH], moves=st.just((Move.DEEPEN,))),
    "social": st.just(QuestionReading(function=(Function.SOCIAL,))),
    "admin": st.just(QuestionReading(function=(Function.ADMIN,))),
    "advice": st.just(QuestionReading(function=(Function.TELL,), tell=(Tell.ADVICE,))),
    "view": st.just(QuestionReading(function=(Function.TELL,), tell=(Tell.VIEW,))),
}


@pytest.mark.parametrize("kind", POOR)
@given(data=st.data(), persona=people)
@quick
def test_poor_turns_never_release_a_moment(kind: str, data: st.DataObject, persona: Persona) -> None:
    """However an interview went, a turn of a poor kind tells no moment of any story."""
    state, _ = play(persona, data.draw(interviews(persona)))

    decision = decide(persona, state, data.draw(POOR[kind]), data.draw(targets(persona)))

    assert told(decision) == set()


@pytest.mark.parametrize("occasion", [o for o in Occasion if o not in (Occasion.NONE, Occasion.REFERRAL)])
@given(data=st.data(), persona=people)
@quick
def test_occasions_release_nothing_of_a_story(occasion: Occasion, data: st.DataObject, persona: Persona) -> None:
    """An empty turn, a greeting without a question, a goodbye and talk to a machine open nothing."""
    state, _ = play(persona, data.draw(interviews(persona)))
    reading = data.draw(readings()) if occasion is not Occasion.GREETING else QuestionReading()

    decision = decide(persona, state, reading, Target(occasion=occasion))

    assert story_content(decision) == set()


@given(data=st.data(), persona=people, leading=st.sampled_from([Leading.MILD, Leading.STRONG]))
@quick
def test_leading_brings_agreement_and_a_false_signal(data: st.DataObject, persona: Persona, leading: Leading) -> None:
    """A leading question about them gets a yes, whatever the truth, and the record knows that it is worthless."""
    state, _ = play(persona, data.draw(interviews(persona, 4)))
    reading = data.draw(readings(list(set(Frame) - {Frame.NONE}), ASKED, [leading], tell=st.just(())))
    target = data.draw(targets(persona, [Occasion.NONE]))

    decision = decide(persona, state, reading, target)

    # A yes answers no "who" and no "this or that"; there they shrug, which nobody takes for a yes.
    agrees = target.form in (Form.YES_OR_NO, Form.OTHER)
    assert decision.releases == ()
    assert ((decision.stance is Stance.AGREE), decision.false_signal) == (agrees, agrees)


@pytest.mark.parametrize(
    ("frame", "pool", "false_signal"),
    [
        (Frame.GENERAL, Stance.GENERAL, False),
        (Frame.OPINION, Stance.OPINION, False),
        (Frame.HYPOTHETICAL, Stance.FUTURE, True),
    ],
)
@given(data=st.data(), persona=people)
@quick
def test_unsafe_frames_bring_a_claim_or_a_generality(
    frame: Frame, pool: Stance, false_signal: bool, data: st.DataObject, persona: Persona
) -> None:
    """General, opinion and what-if questions get a claim that fits, else a plain fact, else a line of no content."""
    reading = data.draw(readings([frame], ASKED, [Leading.NONE], tell=st.just(())))
    target = data.draw(targets(persona, [Occasion.NONE]).map(lambda t: t.model_copy(update={"named": False})))

    decision = decide(persona, State(), reading, target)

    assert {r.kind for r in decision.releases} <= {ReleaseKind.CLAIM, ReleaseKind.FACT}
    if target.claim:
        assert {r.id for r in decision.releases} == {target.claim}
        assert decision.false_signal is false_signal
    elif target.fact and frame is not Frame.HYPOTHETICAL:
        assert {r.id for r in decision.releases} == {target.fact}
    elif target.form in (Form.EITHER, Form.WHO, Form.WHEN, Form.WHERE, Form.COUNT):
        assert (decision.releases, decision.false_signal) == ((), False)
    else:
        assert (decision.stance, decision.false_signal) == (pool, false_signal)


@given(data=st.data(), persona=people)
@quick
def test_an_opener_on_the_topic_opens_a_story(data: st.DataObject, persona: Persona) -> None:
    """While a story has moments left on its main line, an opener that means it tells its next one."""
    state, _ = play(persona, data.draw(interviews(persona, 6)))
    story = data.draw(st.sampled_from(persona.stories))
    left = [m.id for m in story.main_line if m.id not in state.moments]

    decision = decide(persona, state, OPENER, Target(story=story.id))

    if state.seconds_left(persona) <= 0:
        assert decision.stance is Stance.TIME_UP
    elif left:
        assert left[0] in told(decision)
        assert decision.story == story.id


@pytest.mark.parametrize("difficulty", Difficulty)
@pytest.mark.parametrize("persona", PEOPLE, ids=lambda p: p.id)
def test_following_up_reaches_every_moment(persona: Persona, difficulty: Difficulty) -> None:
    """Somebody who opens each story, takes up each cue, lets it go on and asks for anything else hears everything."""
    brief = persona.brief.model_copy(update={"minutes": 60})
    persona = persona.model_copy(update={"difficulty": difficulty, "brief": brief})
    heard: set[str] = set()
    for story in persona.stories:
        asked = [(OPENER, Target(story=story.id))]
        for _ in range(4 * len(story.moments)):
            state, _turns = play(persona, asked)
            cues = [c for c in state.open_cues() if persona.moments[c].via is Via.CUE]
            line_told = all(m.id in state.moments for m in story.main_line)
            if cues:
                asked.append((MORE, Target(cue=cues[-1])))
            elif not line_told:
                asked.append((NEXT, Target()))
            else:
                asked.append((MORE, Target(anything_else=True)))
        heard |= play(persona, asked)[0].moments

    assert heard == set(persona.moments)


@given(data=st.data(), persona=people)
@quick
def test_a_guarded_person_hints_before_telling(data: st.DataObject, persona: Persona) -> None:
    """Unless it is an opener or takes up the cue, one good follow-up gets only the hint from somebody guarded."""
    guarded = PEOPLE[[p.difficulty for p in PEOPLE].index(Difficulty.GUARDED)]
    story = data.draw(st.sampled_from(guarded.stories))
    state, _ = play(guarded, [(OPENER, Target(story=story.id))])

    first = decide(guarded, state, NEXT, Target())
    after_hint, _ = play(guarded, [(OPENER, Target(story=story.id)), (NEXT, Target())])
    second = decide(guarded, after_hint, NEXT, Target())

    assert [r.kind for r in first.releases] == [ReleaseKind.CUE]
    assert told(second) == {story.main_line[1].id}


@given(data=st.data(), persona=people)
@quick
def test_a_closed_question_gets_exactly_its_detail(data: st.DataObject, persona: Persona) -> None:
    """Within a story, asked for one side of a told moment, they give that side and nothing else."""
    story = data.draw(st.sampled_from(persona.stories))
    first = story.main_line[0]
    aspect = data.draw(st.sampled_from(sorted(first.details)))
    state, _ = play(persona, [(OPENER, Target(story=story.id))])
    closed = QuestionReading(function=(Function.ASK,), openness=Openness.FOCUS_WH, frame=Frame.PAST_SPECIFIC, uptake=2)

    decision = decide(persona, state, closed, Target(aspect=Aspect(aspect)))

    assert [(r.kind, r.id, r.aspect) for r in decision.releases] == [(ReleaseKind.DETAIL, first.id, aspect)]


@pytest.mark.parametrize("persona", PEOPLE, ids=lambda p: p.id)
def test_many_closed_questions_cool_the_thread(persona: Persona) -> None:
    """After three closed questions in a row, the next open one brings no more than before, and less from the open."""
    closed = QuestionReading(function=(Function.ASK,), openness=Openness.OPTION, frame=Frame.PAST_SPECIFIC, uptake=2)
    ordinary = persona.model_copy(update={"difficulty": Difficulty.ORDINARY})
    opened = [(OPENER, Target(story=persona.stories[0].id))]
    warm, _ = play(ordinary, opened)
    cold, _ = play(ordinary, opened + [(closed, Target())] * 3)

    assert told(decide(ordinary, warm, NEXT, Target()))
    second = persona.stories[0].main_line[1]
    assert bool(told(decide(ordinary, cold, NEXT, Target()))) is (second.cue is None)


@pytest.mark.parametrize(
    ("difficulty", "right", "stance", "false_signal"),
    [
        (Difficulty.TALKATIVE, True, Stance.CONFIRM, False),
        (Difficulty.GUARDED, True, Stance.CONFIRM, False),
        (Difficulty.TALKATIVE, False, Stance.CORRECT, False),
        (Difficulty.GUARDED, False, Stance.LET_STAND, True),
    ],
)
@pytest.mark.parametrize("persona", PEOPLE, ids=lambda p: p.id)
def test_reflections_are_confirmed_or_corrected(
    persona: Persona, difficulty: Difficulty, right: bool, stance: Stance, false_signal: bool
) -> None:
    """A right reflection is confirmed with a little more; a wrong one is corrected, unless they are guarded."""
    persona = persona.model_copy(update={"difficulty": difficulty})
    state, _ = play(persona, [(OPENER, Target(story=persona.stories[0].id))])

    decision = decide(persona, state, QuestionReading(function=(Function.REFLECT,)), Target(right=right))

    assert (decision.stance, decision.false_signal) == (stance, false_signal)
    assert bool(decision.releases) is right


@given(data=st.data(), persona=people)
@quick
def test_anything_else_brings_what_was_kept(data: st.DataObject, persona: Persona) -> None:
    """Once half of the main line is told, "anything else?" brings the moment that was kept for last."""
    story = data.draw(st.sampled_from([s for s in persona.stories if any(m.via is Via.LAST for m in s.moments)]))
    asked = [(OPENER, Target(story=story.id))] + [(NEXT, Target())] * (2 * len(story.main_line))
    state, _ = play(persona, asked)
    kept = [m.id for m in story.moments if m.via is Via.LAST]

    assert told(decide(persona, state, MORE, Target(anything_else=True))) == {kept[0]}


@given(data=st.data(), persona=people)
@quick
def test_nothing_unreleased_is_said(data: st.DataObject, persona: Persona) -> None:
    """In interviews of any course, no answer holds words of a moment that was not released."""
    _, turns = play(persona, data.draw(interviews(persona)))
    said = [leaks(persona, fold(persona, turns[: t.index]), t.decision, t.answer or "") for t in turns]

    assert said == [[]] * len(turns)


@pytest.mark.parametrize("persona", PEOPLE, ids=lambda p: p.id)
def test_the_leak_check_sees_every_secret(persona: Persona) -> None:
    """Said unreleased, any moment or detail of some length is caught."""
    decision = decide(persona, State(), QuestionReading(), Target(occasion=Occasion.GREETING))
    missed = []
    for moment in persona.moments.values():
        if moment.id not in leaks(persona, State(), decision, f"Well, {moment.says}"):
            missed.append(moment.id)

    assert missed == []
    assert len(secrets(persona)) > 5 * len(persona.moments)


@given(data=st.data(), persona=people)
@quick
def test_state_is_a_fold_over_turns(data: st.DataObject, persona: Persona) -> None:
    """Folding all turns at once gives the state that grew turn by turn; an unanswered turn has not happened."""
    state, turns = play(persona, data.draw(interviews(persona)))
    waiting = Turn(index=len(turns), asked="and?", reading=OPENER, decision=Decision(stance=Stance.TELLS, reason="-"))

    assert fold(persona, turns) == state
    assert fold(persona, [*turns, waiting]) == state


@given(data=st.data(), persona=people)
@quick
def test_what_was_told_is_not_told_again(data: st.DataObject, persona: Persona) -> None:
    """No moment, cue, detail or fact is released twice; asked again, it comes in brief."""
    _, turns = play(persona, data.draw(interviews(persona, 30)))
    keys = [r.key for t in turns for r in t.decision.releases if r.kind is not ReleaseKind.CLAIM]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("persona", PEOPLE, ids=lambda p: p.id)
def test_the_time_box_ends_the_talk(persona: Persona) -> None:
    """When the minutes are spoken, they say so once before, then have to go, and tell nothing more."""
    long = " ".join(["word"] * 150)
    turns = [
        Turn(index=i, asked=long, reading=NEXT, decision=Decision(stance=Stance.SPENT, reason="-"), answer="Yes.")
        for i in range(persona.brief.minutes - 2)
    ]
    nearly = decide(persona, fold(persona, turns), NEXT, Target())
    over = decide(persona, fold(persona, turns * 2), OPENER, Target(story=persona.stories[0].id))

    assert "nearly_done" in nearly.asides
    assert (over.stance, over.releases) == (Stance.TIME_UP, ())


def test_a_pitch_costs_a_minute() -> None:
    """The clock runs on what is said aloud; a pitch costs a minute of patience besides."""
    persona = PEOPLE[0]
    pitched = QuestionReading(function=(Function.TELL,), tell=(Tell.PITCH,))
    state, turns = play(persona, [(pitched, Target())])

    assert state.seconds == pytest.approx(60 + spoken_seconds("what then", turns[0].answer or ""))
