"""The measures of the codebook, section 4, and the points that each is worth.

Points: the weak cut is worth 40, the strong cut 80, the worst possible 0, the best 100, straight lines between. The
cuts marked [J] are the codebook's judgement. Turns about the interview itself count nowhere, and a mark of which the
reader is unsure grades nothing. A leading question counts against you and never for you: it is no story question, no
open one, no follow-up, and it does not thin out the share of any other fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coach.domain.interview import ReleaseKind
from coach.domain.persona import Aspect, Persona
from coach.domain.reading import UNSURE_BELOW, Frame, Function, Leading, Move, QuestionReading, Tell
from coach.domain.scorecard import Measure
from coach.scoring.exchange import Exchange
from coach.scoring.intervals import wilson

EARLY_OPENER = 3
"""An opener within so many substantive turns is early [J]."""
CLOSE_TURNS = 2
"""A pitch in the last so many turns is at the close, and no fault [J]."""
CUE_TURNS = 2
"""In a transcript, a cue that is not taken up within so many turns was missed [J]."""


@dataclass(frozen=True)
class Cuts:
    """Values and their points, in rising order of value."""

    worst: float
    weak: float
    strong: float
    best: float

    def points(self, value: float) -> float:
        anchors = sorted([(self.worst, 0.0), (self.weak, 40.0), (self.strong, 80.0), (self.best, 100.0)])
        if value <= anchors[0][0]:
            return anchors[0][1]
        for (x0, y0), (x1, y1) in pairwise(anchors):
            if value <= x1:
                return y1 if x1 == x0 else y0 + (y1 - y0) * (value - x0) / (x1 - x0)
        return anchors[-1][1]


PAST_SPECIFIC = Cuts(worst=0.0, weak=0.35, strong=0.70, best=1.0)  # [J]
UNSAFE = Cuts(worst=1.0, weak=0.35, strong=0.10, best=0.0)  # [J]
REDIRECTED = Cuts(worst=0.0, weak=0.34, strong=0.67, best=1.0)  # [J]
LEADING = Cuts(worst=0.6, weak=0.20, strong=0.05, best=0.0)  # [J]
MANY_STRONG = 3
TELLING = Cuts(worst=0.8, weak=0.30, strong=0.05, best=0.0)  # AnnoMI: .16 in good, .54 in poor sessions; cuts [J]
FORM = Cuts(worst=0.7, weak=0.25, strong=0.05, best=0.0)  # [J]
CHAIN = Cuts(worst=0, weak=3, strong=5, best=8)  # [J]
MEAN_CHAIN = 3.0
CUES_MISSED = Cuts(worst=1.0, weak=0.60, strong=0.25, best=0.0)  # [J]
SCENE = Cuts(worst=0, weak=2, strong=5, best=6)  # [J]
TIMELINE = Cuts(worst=0, weak=3, strong=6, best=8)  # [J]
TALK = Cuts(worst=0.8, weak=0.45, strong=0.25, best=0.05)  # field mean .36, 80/20 rule; cuts [J]
OPEN = Cuts(worst=0.0, weak=0.30, strong=0.70, best=1.0)  # [J]
MONOLOGUE = Cuts(worst=240, weak=120, strong=45, best=20)  # words [J]
CHECKS = Cuts(worst=0.0, weak=0.34, strong=1.0, best=1.0)  # summaries per story [J]


def sure(reading: QuestionReading, label: str) -> bool:
    """Whether the reader is sure enough of this label field to grade by it."""
    return reading.confidence.get(label, 1.0) >= UNSURE_BELOW


def substantive(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The turns with an ask that is about the customer."""
    return [e for e in exchanges if e.reading.is_substantive]


def faulty_or_neutral(exchanges: Iterable[Exchange], fault: Callable[[Exchange], bool]) -> list[Exchange]:
    """What the share of a fault is taken of: a leading question is in it only with that fault."""
    return [e for e in exchanges if not e.reading.leads or fault(e)]


def share(
    name: str, title: str, cuts: Cuts, hits: Iterable[Exchange], of: Sequence[Exchange], note: str = ""
) -> Measure:
    """A share of turns, with its Wilson interval and points; no points where there is nothing to share."""
    found, total = tuple(hits), len(of)
    if not total:
        return Measure(name=name, title=title, count=0, total=0, note=note or "nothing to count")
    low, high = wilson(len(found), total)
    ends = sorted((cuts.points(low), cuts.points(high)))
    return Measure(
        name=name,
        title=title,
        count=len(found),
        total=total,
        low=low,
        high=high,
        points=cuts.points(len(found) / total),
        points_low=ends[0],
        points_high=ends[1],
        turns=tuple(e.index for e in found),
        note=note,
    )


def tally(name: str, title: str, cuts: Cuts, value: float, turns: Iterable[int] = (), note: str = "") -> Measure:
    """A count that is what it is, without an interval."""
    points = cuts.points(value)
    return Measure(
        name=name,
        title=title,
        count=value,
        points=points,
        points_low=points,
        points_high=points,
        turns=tuple(turns),
        note=note,
    )


def capped(measure: Measure, most: float, when: bool, note: str) -> Measure:
    """The measure, its points at most `most` when the codebook's second condition fails."""
    if not when or measure.points is None:
        return measure
    ends = {k: min(most, getattr(measure, k) or 0.0) for k in ("points", "points_low", "points_high")}
    return measure.model_copy(update={**ends, "note": note})


# -- story-based questions ----------------------------------------------------------------------------------------------


def opener_at(exchanges: Sequence[Exchange]) -> int | None:
    """The place among the substantive turns (from 0) of the first opener."""
    for place, e in enumerate(substantive(exchanges)):
        if Move.OPENER in e.reading.moves and not e.reading.leads:
            return place
    return None


def story_measures(exchanges: Sequence[Exchange]) -> list[Measure]:
    asks = substantive(exchanges)
    place = opener_at(exchanges)
    after = asks[place + 1 :] if place is not None else asks
    graded = [e for e in after if sure(e.reading, "frame")]
    framed = faulty_or_neutral((e for e in asks if sure(e.reading, "frame")), lambda e: e.reading.frame.is_unsafe)
    points = 0.0 if place is None else 100.0 if place < EARLY_OPENER else 60.0
    when = "no opener" if place is None else f"at your question {place + 1}"
    opener = Measure(
        name="opener",
        title="Opened with one real time",
        count=0 if place is None else 1,
        points=points,
        points_low=points,
        points_high=points,
        turns=() if place is None else (asks[place].index,),
        note=when,
    )
    general, redirected = redirections(exchanges)
    return [
        opener,
        share(
            "past_specific",
            "Questions about one real time",
            PAST_SPECIFIC,
            (e for e in graded if e.reading.frame is Frame.PAST_SPECIFIC and not e.reading.leads),
            graded,
            "after the opener" if place is not None else "of all, for there was no opener",
        ),
        share(
            "unsafe_frames",
            "General, opinion or what-if questions",
            UNSAFE,
            (e for e in framed if e.reading.frame.is_unsafe),
            framed,
        ),
        share("redirected", "Generalities brought back to a real time", REDIRECTED, redirected, general),
    ]


def redirections(exchanges: Sequence[Exchange]) -> tuple[list[Exchange], list[Exchange]]:
    """The answers that generalised and were followed by an ask, and those asks that redirected."""
    general, redirected = [], []
    for before, e in pairwise(exchanges):
        if before.heard.generalisation:
            general.append(e)
            if {Move.REDIRECT, Move.OPENER} & set(e.reading.moves) and not e.reading.leads:
                redirected.append(e)
    return general, redirected


# -- neutral questions --------------------------------------------------------------------------------------------------


def neutral_measures(exchanges: Sequence[Exchange]) -> list[Measure]:
    asks = substantive(exchanges)
    graded = [e for e in asks if sure(e.reading, "leading")]
    leading = share("leading", "Leading questions", LEADING, (e for e in graded if e.reading.leads), graded)
    strong = sum(e.reading.leading is Leading.STRONG for e in graded)
    leading = capped(leading, 40.0, strong >= MANY_STRONG, f"{strong} of them strongly leading")
    leading = capped(leading, 79.0, 0 < strong < MANY_STRONG, f"{strong} of them strongly leading")
    told = [e for e in exchanges if set(e.reading.tell) - {Tell.INFO} and sure(e.reading, "tell")]
    of = faulty_or_neutral(exchanges, lambda e: e in told)
    telling = share("telling", "Turns in which you told instead of asked", TELLING, told, of)
    early = [e for e in told if Tell.PITCH in e.reading.tell and e in exchanges[: max(0, len(exchanges) - CLOSE_TURNS)]]
    telling = capped(telling, 40.0, bool(early), "you pitched before the close")
    formed = faulty_or_neutral((e for e in asks if sure(e.reading, "faults")), lambda e: bool(e.reading.faults))
    return [
        leading,
        telling,
        share("form", "Questions with a fault of form", FORM, (e for e in formed if e.reading.faults), formed),
    ]


# -- follow-up depth ----------------------------------------------------------------------------------------------------


def chains(exchanges: Sequence[Exchange]) -> list[list[Exchange]]:
    """Runs of turns that each take up what was just said. A nudge or a leading question neither counts nor breaks; a new
    topic breaks."""
    out: list[list[Exchange]] = []
    current: list[Exchange] = []
    for e in exchanges:
        if e.reading.function in ((Function.BACKCHANNEL,), ()) or e.reading.leads:
            continue
        if e.reading.uptake == 2 and (e.reading.asks or Function.REFLECT in e.reading.function):
            current.append(e)
        else:
            if current:
                out.append(current)
            current = []
    return [*out, current] if current else out


def depth_measures(exchanges: Sequence[Exchange], persona: Persona | None) -> list[Measure]:
    runs = chains(exchanges)
    longest = max(runs, key=len, default=[])
    mean = sum(map(len, runs)) / len(runs) if runs else 0.0
    chain = tally(
        "chain",
        "Longest run of follow-ups on one thread",
        CHAIN,
        len(longest),
        (e.index for e in longest),
        f"{mean:.1f} on average",
    )
    chain = capped(chain, 79.0, mean < MEAN_CHAIN, f"only {mean:.1f} on average")
    slipped, missed = cues(exchanges)
    known = scene(exchanges)
    events, where = timeline(exchanges, persona)
    return [
        chain,
        share("cues_missed", "Hints that you let pass", CUES_MISSED, missed, slipped),
        tally("scene", "Sides of the scene that you know", SCENE, len(known), note=", ".join(known)),
        tally("timeline", "Events in order, in your best story", TIMELINE, events, where),
    ]


def cues(exchanges: Sequence[Exchange]) -> tuple[list[Exchange], list[Exchange]]:
    """The exchanges whose answer let a cue slip, and those of them that nobody took up. The last answer is not held
    against anybody."""
    slipped, missed = [], []
    for at, e in enumerate(exchanges[:-1]):
        if not e.heard.cue:
            continue
        slipped.append(e)
        if e.decision is not None:
            hinted = {r.id for r in e.decision.releases if r.kind is ReleaseKind.CUE}
            later = {
                r.id
                for f in exchanges[at + 1 :]
                if f.decision
                for r in f.decision.releases
                if r.kind in (ReleaseKind.MOMENT, ReleaseKind.DETAIL)
            }
            taken = bool(hinted & later)
        else:
            following = exchanges[at + 1 : at + 1 + CUE_TURNS]
            taken = any(f.reading.uptake == 2 and f.reading.asks and not f.reading.leads for f in following)
        if not taken:
            missed.append(e)
    return slipped, missed


_SCENE: dict[str, re.Pattern[str]] = {
    "when": re.compile(r"\bwhen\b|what (?:time|day|date|month)|how long ago", re.I),
    "where": re.compile(r"\bwhere\b|what place", re.I),
    "who": re.compile(r"\bwho\b|\bwith you\b|any(?:one|body) else", re.I),
    "trigger": re.compile(
        r"what (?:made|led|started|prompted|triggered)|how did (?:it|that|this) (?:start|begin|come)|why did you", re.I
    ),
    "goal": re.compile(
        r"\b(?:trying|hoping|wanted|want|aim|goal|plan(?:ned|ning)?) to\b|what were you (?:after|hoping)|goal", re.I
    ),
    "tools": re.compile(
        r"\bwhat (?:did|were) you us|which (?:tool|app|system)|what (?:tool|app|software|system)|\bwith what\b", re.I
    ),
}
_SIDE = {Aspect.WHEN: "when", Aspect.WHERE: "where", Aspect.WHO: "who", Aspect.WHY: "trigger", Aspect.TOOL: "tools"}


def scene(exchanges: Sequence[Exchange]) -> list[str]:
    """Which of when, where, who, trigger, goal, tools were asked of the episode or told."""
    known: set[str] = set()
    for e in exchanges:
        if e.reading.asks and e.reading.frame is Frame.PAST_SPECIFIC and not e.reading.leads:
            known |= {side for side, pattern in _SCENE.items() if pattern.search(e.asked)}
        for release in e.decision.releases if e.decision else ():
            if release.aspect in _SIDE:
                known.add(_SIDE[release.aspect])
    return [side for side in _SCENE if side in known]


def timeline(exchanges: Sequence[Exchange], persona: Persona | None) -> tuple[int, tuple[int, ...]]:
    """How many events of one story were told in order, at best, and in which turns. A story told without its end counts
    one less than the strong cut at most."""
    if persona is None:
        moved = [
            e.index for e in exchanges if {Move.OPENER, Move.TIMELINE} & set(e.reading.moves) and not e.reading.leads
        ]
        return len(moved), tuple(moved)
    best: tuple[int, tuple[int, ...]] = (0, ())
    for story in persona.stories:
        line = [m.id for m in story.moments]
        told = {
            r.id: e.index
            for e in exchanges
            if e.decision
            for r in e.decision.releases
            if r.kind is ReleaseKind.MOMENT and r.id in line
        }
        events = len(told)
        if story.main_line[0].id not in told or story.main_line[-1].id not in told:
            events = min(events, int(TIMELINE.strong) - 1)
        if events > best[0]:
            best = (events, tuple(sorted(told.values())))
    return best


# -- listening ----------------------------------------------------------------------------------------------------------


def word_count(text: str) -> int:
    return len(text.split())


def listening_measures(exchanges: Sequence[Exchange]) -> list[Measure]:
    asks = [e for e in substantive(exchanges) if sure(e.reading, "openness")]
    mine = sum(word_count(e.asked) for e in exchanges)
    # A polite yes to a leading question is one's own words said again.
    theirs = sum(word_count(e.answer) for e in exchanges if not e.reading.leads)
    longest = max(exchanges, key=lambda e: word_count(e.asked), default=None)
    told = {e.decision.story for e in exchanges if e.decision and e.decision.story}
    opened = sum(Move.OPENER in e.reading.moves for e in exchanges if e.decision is None)
    stories = max(1, len(told), opened)
    checks = [
        e.index
        for e in exchanges
        if (Move.CHECK in e.reading.moves or Function.REFLECT in e.reading.function) and not e.reading.leads
    ]
    talk = mine / (mine + theirs) if mine + theirs else 0.0
    return [
        tally("talk_share", "Your share of the words", TALK, round(talk, 3), note=f"{mine} of {mine + theirs} words"),
        share(
            "open",
            "Open questions",
            OPEN,
            (e for e in asks if e.reading.openness.is_open and not e.reading.leads),
            asks,
        ),
        tally(
            "monologue",
            "Your longest turn, in words",
            MONOLOGUE,
            word_count(longest.asked) if longest else 0,
            (longest.index,) if longest else (),
        ),
        tally(
            "checks",
            "Said back or summed up, per story",
            CHECKS,
            round(min(1.0, len(checks) / stories), 2),
            checks,
            f"{len(checks)} in {stories} {'story' if stories == 1 else 'stories'}",
        ),
    ]
