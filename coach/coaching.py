"""What the coach says after an interview: one strength, at most three points, one goal.

A finding names its turn, quotes it, and says what it cost. A rewrite is shown only when the reader itself, in the place
of the turn, finds it about one real time, neutral and without a fault: the coach never teaches what it marks down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from coach import prompts
from coach.domain.finding import Finding
from coach.domain.interview import ReleaseKind
from coach.domain.persona import Persona
from coach.domain.reading import Fault, Frame, Function, Leading, Move, QuestionReading, Tell
from coach.domain.scorecard import Grade, Scorecard, Skill
from coach.reading.reader import QuestionReader
from coach.scoring.exchange import Exchange
from coach.scoring.measures import chains, cues, opener_at, substantive, sure
from coach.transcript import context_before

MOST_POINTS = 3
LONG_CHAIN = 3

_KINDS: dict[str, tuple[Skill, float]] = {
    # How much one occurrence weighs in choosing the points [J].
    "no_opener": (Skill.STORY, 6.0),
    "strong": (Skill.NEUTRAL, 3.0),
    "pitch": (Skill.NEUTRAL, 3.0),
    "hypothetical": (Skill.STORY, 2.5),
    "cue_missed": (Skill.DEPTH, 2.2),
    "general": (Skill.STORY, 2.0),
    "mild": (Skill.NEUTRAL, 1.8),
    "opinion": (Skill.STORY, 1.8),
    "multiple": (Skill.NEUTRAL, 1.5),
    "recast": (Skill.NEUTRAL, 1.5),
    "advice": (Skill.NEUTRAL, 1.5),
    "long": (Skill.LISTENING, 1.2),
    "closed": (Skill.LISTENING, 0.8),
}
Reread = Callable[[str, int], QuestionReading]
"""Reads another question in the place of a turn."""


def findings(exchanges: Sequence[Exchange], reader: QuestionReader, persona: Persona | None = None) -> list[Finding]:
    """The strength first, then the points, the weightiest first."""
    spoken = [(e.asked, e.answer) for e in exchanges]

    def reread(text: str, index: int) -> QuestionReading:
        return reader.read(text, context_before(spoken, index))

    return [*strength(exchanges), *points(exchanges, reread, persona)]


def goal(card: Scorecard) -> str:
    """One aim for the next interview: the weakest skill's."""
    texts = prompts.load("coaching")
    graded = [s for s in card.skills if s.grade is not Grade.TOO_FEW]
    weakest = min(graded, key=lambda s: s.points or 0.0).skill if graded else Skill.STORY
    return texts[f"goal.{weakest.value}"].fill()


# -- points -------------------------------------------------------------------------------------------------------------


def faults_of(e: Exchange) -> list[str]:
    """The kinds of fault of one turn, of which the reader is sure, the weightiest first."""
    r, found = e.reading, []
    if sure(r, "tell"):
        found += [t.value for t in (Tell.PITCH, Tell.ADVICE) if t in r.tell]
    if r.is_substantive:
        if sure(r, "leading") and r.leads:
            found.append(r.leading.value)
        if sure(r, "frame") and r.frame.is_unsafe:
            found.append(r.frame.value)
        if sure(r, "faults"):
            found += [f.value for f in (Fault.MULTIPLE, Fault.RECAST, Fault.LONG) if f in r.faults]
    return sorted(found, key=lambda k: -_KINDS[k][1])


def points(exchanges: Sequence[Exchange], reread: Reread, persona: Persona | None) -> list[Finding]:
    """At most three, each of another kind: the weight of one times how often, one occurrence quoted."""
    turns: dict[str, list[Exchange]] = defaultdict(list)
    for e in exchanges:
        for kind in faults_of(e)[:1]:
            turns[kind].append(e)
    turns["cue_missed"] = cues(exchanges)[1]
    asks = substantive(exchanges)
    heard_story = any(r.kind is ReleaseKind.MOMENT for e in exchanges if e.decision for r in e.decision.releases)
    if opener_at(exchanges) is None and asks and not heard_story:
        turns["no_opener"] = asks[:1]
    else:
        closed = [e for e in asks if e.reading.frame is Frame.PAST_SPECIFIC and not e.reading.openness.is_open]
        if len(closed) > len(asks) / 2:
            turns["closed"] = closed
    ranked = sorted((k for k in turns if turns[k]), key=lambda k: (-_KINDS[k][1] * len(turns[k]) ** 0.5, k))
    return [_point(kind, turns[kind], reread, persona) for kind in ranked[:MOST_POINTS]]


def _point(kind: str, turns: list[Exchange], reread: Reread, persona: Persona | None) -> Finding:
    texts = prompts.load("coaching")
    e = max(turns, key=lambda t: (bool(t.decision and t.decision.false_signal), t.reading.confidence.get("frame", 0)))
    values = {
        "heard": _shortened(e.answer),
        "cue": e.heard.evidence.get("cue", e.answer),
        "last_time": persona.brief.last_time if persona else "did this",
    }
    cost = texts[f"{kind}.cost"]
    words = cost.fill(**{v: values[v] for v in cost.variables})
    if persona and (deed := _deed(e, persona)):
        words = f"{words} {texts['contradicted'].fill(deed=deed)}"
    rewrite = None
    for name in (f"{kind}.rewrite", f"{kind}.rewrite.2"):
        template = texts.get(name)
        if template is None or rewrite:
            continue
        text = template.fill(**{v: values[v] for v in template.variables})
        place = e.index + 1 if kind == "cue_missed" else e.index
        rewrite = text if is_safe(reread(text, place)) else None
    return Finding(
        turn=e.index,
        kind=kind,
        skill=_KINDS[kind][0],
        times=len(turns),
        quote=e.asked,
        words=e.reading.evidence.get(kind, ""),
        heard=e.answer,
        title=texts[f"{kind}.title"].fill(),
        rule=texts[f"{kind}.rule"].fill(),
        cost=words,
        rewrite=rewrite,
    )


def is_safe(reading: QuestionReading) -> bool:
    """Whether a rewrite may be shown: it asks, about one real time, with no answer in it and no fault of form."""
    return (
        reading.asks
        and reading.frame is Frame.PAST_SPECIFIC
        and reading.leading is Leading.NONE
        and not reading.faults
        and not set(reading.tell) - {Tell.INFO}
    )


def _deed(e: Exchange, persona: Persona) -> str | None:
    """What they did, where the answer was a claim that a deed contradicts."""
    for release in e.decision.releases if e.decision else ():
        if release.kind is ReleaseKind.CLAIM:
            for moment in persona.claim_by_id[release.id].contradicted_by:
                return f"“{persona.moments[moment].brief}”"
    return None


def _shortened(text: str, most: int = 28) -> str:
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]) + " …"


# -- strengths ----------------------------------------------------------------------------------------------------------


def strength(exchanges: Sequence[Exchange]) -> list[Finding]:
    """The best thing that was done, one; empty for an interview without any."""
    texts = prompts.load("coaching")

    def found(kind: str, skill: Skill, e: Exchange, times: int = 1) -> list[Finding]:
        rule = texts[f"{kind}.rule"]
        return [
            Finding(
                turn=e.index,
                kind=kind,
                skill=skill,
                strength=True,
                times=times,
                quote=e.asked,
                words=e.reading.evidence.get(kind, ""),
                heard=e.answer,
                title=texts[f"{kind}.title"].fill(),
                rule=rule.fill(**({"times": str(times)} if rule.variables else {})),
            )
        ]

    run = max(chains(exchanges), key=len, default=[])
    if len(run) >= LONG_CHAIN:
        return found("chain", Skill.DEPTH, run[-1], len(run))
    slipped, missed = cues(exchanges)
    for before, e in pairwise(exchanges):
        if before in slipped and before not in missed and e.reading.asks:
            return found("cue_taken", Skill.DEPTH, e)
    for move, skill in ((Move.OPENER, Skill.STORY), (Move.REDIRECT, Skill.STORY), (Move.CHECK, Skill.LISTENING)):
        for e in exchanges:
            if move in e.reading.moves and not e.reading.leads:
                return found(move.value, skill, e)
    asks = [e for e in exchanges if Function.ASK in e.reading.function]
    neutral = [e for e in asks if not e.reading.leads]
    if len(asks) >= LONG_CHAIN and len(neutral) == len(asks):
        return found("neutral", Skill.NEUTRAL, neutral[0])
    mine = sum(len(e.asked.split()) for e in exchanges)
    theirs = sum(len(e.answer.split()) for e in exchanges)
    if asks and mine <= 0.35 * (mine + theirs):
        return found("brief", Skill.LISTENING, min(asks, key=lambda e: len(e.asked)))
    return []
