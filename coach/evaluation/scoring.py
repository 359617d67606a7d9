"""Do the scores behave? A ladder of scripted trainees, changes that must not pay, the same again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.domain.interview import Turn
from coach.domain.persona import Persona
from coach.domain.reading import CustomerReading, Frame, Openness, QuestionReading, Speaker, Utterance
from coach.domain.scorecard import Scorecard
from coach.errors import InputError
from coach.evaluation.figures import Family, Figure
from coach.reading.reader import BatchReader, QuestionReader
from coach.rehearsal import Rehearsal
from coach.scoring.exchange import from_practice, from_transcript
from coach.scoring.intervals import wilson
from coach.scoring.scorecard import score
from coach.threads import Linker
from coach.transcript import context_before

ECHO_WORDS = 6


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rung(_Strict):
    """One scripted trainee. Slots: {last_time}, {echo}, {echo_before}."""

    name: str
    turns: tuple[str, ...]


class Ladder(_Strict):
    """Trainees from the clumsiest to the best, and leading questions to slip into any interview."""

    rungs: tuple[Rung, ...]
    leading: tuple[str, ...]


class Pair(_Strict):
    """A question and other ways to ask just that, after `prev`."""

    prev: str = ""
    ask: str
    same: tuple[str, ...]


def load_ladder(path: Path) -> Ladder:
    """Raises InputError that names the file and the first fault."""
    try:
        return Ladder.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as e:
        raise InputError(f"{path}: {e}") from e


def load_paraphrases(path: Path) -> list[Pair]:
    """Raises InputError that names the file and the first fault."""
    try:
        return [Pair.model_validate(p) for p in yaml.safe_load(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, yaml.YAMLError, ValidationError) as e:
        raise InputError(f"{path}: {e}") from e


def climb(reader: QuestionReader, linker: Linker, persona: Persona, rung: Rung) -> tuple[Turn, ...]:
    """The interview that this trainee holds with the customer."""
    rehearsal = Rehearsal(reader, linker, persona)
    for text in rung.turns:
        said = [t.answer or "" for t in rehearsal.turns]
        slots = {"last_time": persona.brief.last_time, "echo": echo(said[-1:]), "echo_before": echo(said[-2:-1])}
        rehearsal.ask(text.format(**slots))
    return rehearsal.turns


def echo(answers: Sequence[str]) -> str:
    """The last words of an answer, as somebody would take them up."""
    last = re.split(r"(?<=[.!?])\s+", answers[-1].strip())[-1] if answers else ""
    return " ".join(last.rstrip(".!?").split()[-ECHO_WORDS:])


def card(persona: Persona, turns: Sequence[Turn], version: str) -> Scorecard:
    return score(from_practice(persona, turns), reader_version=version, persona=persona)


def measure(reader: BatchReader, linker: Linker, personas: Mapping[str, Persona], folder: Path) -> list[Figure]:
    """The ladder with every customer, leading questions that must not pay, paraphrases, and the same again."""
    ladder = load_ladder(folder / "ladder.yaml")
    climbed = {(p.id, rung.name): climb(reader, linker, p, rung) for p in personas.values() for rung in ladder.rungs}
    return [
        _ladder(reader, personas, ladder, climbed),
        _leading_never_pays(reader, personas, ladder, climbed),
        _paraphrases(reader, load_paraphrases(folder / "paraphrases.yaml")),
        _repeats(reader, linker, personas, ladder, climbed),
    ]


def _share(family: Family, name: str, good: int, tried: int, failures: Sequence[str]) -> Figure:
    low, high = wilson(good, tried)
    share = good / tried if tried else float("nan")
    return Figure(family, name, share, low, high, tried, failures=tuple(failures[:12]))


Climbed = Mapping[tuple[str, str], Sequence[Turn]]


def _ladder(reader: QuestionReader, personas: Mapping[str, Persona], ladder: Ladder, climbed: Climbed) -> Figure:
    """Of all neighbouring rungs, skill by skill and customer by customer: how many are in strict order."""
    tried, wrong = 0, []
    for persona in personas.values():
        cards = [card(persona, climbed[persona.id, r.name], reader.version) for r in ladder.rungs]
        for (lower, a), (upper, b) in pairwise(zip(ladder.rungs, cards, strict=True)):
            for x, y in zip(a.skills, b.skills, strict=True):
                tried += 1
                if x.points is None or y.points is None or not x.points < y.points:
                    wrong.append(f"{persona.id}, {x.skill}: {lower.name} {x.points} ≥ {upper.name} {y.points}")
    return _share("scoring", "trainees in strict order", tried - len(wrong), tried, wrong)


def _leading_never_pays(
    reader: BatchReader, personas: Mapping[str, Persona], ladder: Ladder, climbed: Climbed
) -> Figure:
    """A leading question and a polite yes, slipped in anywhere: no skill and no overall number rises.

    The other turns keep their readings: that the word which a later question presupposes has now been said is no gain of
    the interviewer's that is to be measured here.
    """
    tried, wrong = 0, []
    for persona in personas.values():
        for rung in ladder.rungs:
            turns = climbed[persona.id, rung.name]
            spoken = [(t.asked, t.answer or "") for t in turns]
            as_read = [(t.asked, t.reading, t.answer or "") for t in turns]
            plain = _transcript_card(reader.version, as_read)
            slipped = [(place, text) for place in (3, len(turns) // 2, len(turns)) for text in ladder.leading]
            readings = reader.read_many([(text, context_before(spoken, place)) for place, text in slipped])
            for (place, text), reading in zip(slipped, readings, strict=True):
                extra = (text, reading, "Yes, I suppose so.")
                longer = _transcript_card(reader.version, [*as_read[:place], extra, *as_read[place:]])
                tried += 1
                risen = [
                    f"{x.skill} {x.points}→{y.points}"
                    for x, y in zip(plain.skills, longer.skills, strict=True)
                    if (y.points or 0) > (x.points or 0)
                ]
                if risen or (longer.overall or 0) > (plain.overall or 0):
                    wrong.append(f"{persona.id}, {rung.name}, {text!r} at {place + 1}: {', '.join(risen)}")
    return _share("scoring", "a leading question never pays", tried - len(wrong), tried, wrong)


def _transcript_card(version: str, turns: Sequence[tuple[str, QuestionReading, str]]) -> Scorecard:
    return score(from_transcript(turns, lambda _: CustomerReading()), reader_version=version)


def _paraphrases(reader: BatchReader, pairs: Sequence[Pair]) -> Figure:
    """Of the labels that grade (open or closed, frame safe or unsafe, leading), how many a paraphrase keeps."""
    tried, wrong = 0, []
    for pair in pairs:
        before = [Utterance(speaker=Speaker.CUSTOMER, text=pair.prev)] if pair.prev else []
        first, *others = reader.read_many([(text, before) for text in (pair.ask, *pair.same)])
        for text, reading in zip(pair.same, others, strict=True):
            for name, x, y in zip(("open", "unsafe", "leading"), _graded(first), _graded(reading), strict=True):
                tried += 1
                if x != y:
                    wrong.append(f"{name}: {pair.ask!r} is {x}, {text!r} is {y}")
    return _share("scoring", "a paraphrase keeps its labels", tried - len(wrong), tried, wrong)


def _graded(r: QuestionReading) -> tuple[str, str, str]:
    room = "none" if r.openness is Openness.NONE else "open" if r.openness.is_open else "closed"
    frame = "none" if r.frame is Frame.NONE else "unsafe" if r.frame.is_unsafe else "safe"
    return room, frame, "leading" if r.leads else "neutral"


def _repeats(
    reader: BatchReader,
    linker: Linker,
    personas: Mapping[str, Persona],
    ladder: Ladder,
    climbed: Climbed,
) -> Figure:
    """Every interview of the ladder once more: the same words, readings and cards; and read in one batch, the same labels."""
    tried, wrong = 0, []
    for persona in personas.values():
        for rung in ladder.rungs:
            first, again = climbed[persona.id, rung.name], climb(reader, linker, persona, rung)
            tried += 1
            same_card = card(persona, first, reader.version) == card(persona, again, reader.version)
            if tuple(first) != tuple(again) or not same_card:
                wrong.append(f"{persona.id}, {rung.name}: another interview the second time")
            tried += 1
            spoken = [(t.asked, t.answer or "") for t in first]
            batch = reader.read_many([(asked, context_before(spoken, i)) for i, (asked, _) in enumerate(spoken)])
            if batch != [t.reading for t in first]:
                wrong.append(f"{persona.id}, {rung.name}: read otherwise in a batch")
    return _share("repeatability", "the same interview, the same score", tried - len(wrong), tried, wrong)
