"""Help for somebody who writes a customer: what is weak in one, and how an interview with them goes at best and at worst."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from coach.disclosure.state import fold
from coach.domain.interview import Stance, Turn
from coach.domain.persona import Difficulty, Persona, Truth, Via
from coach.domain.reading import Openness
from coach.embeddings import Embedder
from coach.forms import form_of
from coach.reading.reader import QuestionReader
from coach.rehearsal import Rehearsal
from coach.threads import Linker
from coach.words import content

LEAST = {"stories": 3, "moments": 24, "facts": 12, "claims": 14, "opportunities": 5}
LEAST_CONTRADICTED = 4
LEAST_ASPECTS = 4
LEAST_EVIDENCE = 2
LONGEST_TELLING = 75
"""Words of one moment; more is a speech."""
LONGEST_BRIEF = 20
ALIKE = 0.9
"""Questions of two things with a cosine above this cannot be told apart by meaning [J]."""
PATIENCE = 120
"""Turns after which the best path gives up: far more than any persona has to tell."""

WORST = (
    "Hi, thanks for having me. We are building an assistant that takes care of all of this for you.",
    "How do you usually go about it?",
    "That must be terribly frustrating, right?",
    "What is your biggest problem with it?",
    "Would you use something that did it for you?",
    "Don't you think a reminder would have saved you a lot of trouble?",
    "Would you pay ten pounds a month for it?",
    "Do you always do it like that?",
    "So money is the main thing, isn't it?",
    "Thanks, that is all.",
)


# -- weaknesses ---------------------------------------------------------------------------------------------------------


def weaknesses(persona: Persona) -> Iterator[str]:
    """What a reader of the file can see: one sentence each, with the remedy."""
    yield from _too_few(persona)
    for moment in persona.moments.values():
        if len(moment.details) < LEAST_ASPECTS:
            yield (
                f"Moment {moment.id!r} has details for {len(moment.details)} of 8 sides; write at least {LEAST_ASPECTS}."
            )
        if len(moment.says.split()) > LONGEST_TELLING:
            yield f"Moment {moment.id!r} is told in {len(moment.says.split())} words; nobody says so much at once."
        if len(moment.brief.split()) > LONGEST_BRIEF:
            yield f"Moment {moment.id!r}: its `brief` has {len(moment.brief.split())} words; said again, it must be short."
        if moment.cue and not content(moment.cue):
            yield f"Moment {moment.id!r}: its cue leads nowhere, for it holds no word that one could take up."
        if moment.cue and moment.via is Via.NEXT and persona.difficulty is not Difficulty.GUARDED:
            yield f"Moment {moment.id!r}: only a guarded person says the cue of a `next` moment; remove it."
    for story in persona.stories:
        if not any(m.via is Via.CUE for m in story.moments):
            yield f"Story {story.id!r} has nothing that only a followed-up cue brings; give its best moment a cue."
    for need, shown in persona.evidence.items():
        if len(shown) < LEAST_EVIDENCE:
            yield f"Opportunity {need!r} rests on one moment, {shown[0]!r}; let another show it, or drop it."
    for line, places in _lines(persona).items():
        if len(places) > 1:
            yield f"The line “{line[:60]}” stands at {' and '.join(places[:3])}; people do not repeat themselves to the letter."


def _too_few(persona: Persona) -> Iterator[str]:
    have = {
        "stories": len(persona.stories),
        "moments": len(persona.moments),
        "facts": len(persona.facts),
        "claims": len(persona.claims),
        "opportunities": len(persona.opportunities),
    }
    for name, least in LEAST.items():
        if have[name] < least:
            yield f"There are {have[name]} {name}; a customer who lasts an interview has {least} or more."
    against = sum(c.truth is Truth.CONTRADICTED for c in persona.claims)
    if against < LEAST_CONTRADICTED:
        yield (
            f"{against} claims are contradicted by what they did; {LEAST_CONTRADICTED} or more teach why a claim is"
            " no evidence."
        )
    if all(c.truth is Truth.TRUE for c in persona.claims) and persona.claims:
        yield "Every claim is true; nobody is so honest in general. Mark some `flattering`."


def _lines(persona: Persona) -> dict[str, list[str]]:
    """Every line that they may say, with the places where it stands."""
    found: dict[str, list[str]] = defaultdict(list)
    for m in persona.moments.values():
        for place, line in (("says", m.says), ("brief", m.brief), ("cue", m.cue), *m.details.items()):
            if line:
                found[line].append(f"{m.id}.{place}")
    for f in persona.facts:
        found[f.says].append(f"{f.id}.says")
        found[f.brief].append(f"{f.id}.brief")
    for c in persona.claims:
        for line in c.says:
            found[line].append(f"{c.id}.says")
    for pool, lines in persona.stock:
        for line in lines:
            found[line].append(f"stock.{pool}")
    return found


def confusions(persona: Persona, embedder: Embedder) -> Iterator[str]:
    """Pairs of things of one kind that are asked for in nearly the same words and the same form, so that one hides the
    other."""
    kinds = {
        "stories": {s.id: s.asks for s in persona.stories},
        "moments": {m.id: m.asks for m in persona.moments.values()},
        "facts": {f.id: f.asks for f in persona.facts},
        "claims": {c.id: c.asks for c in persona.claims},
    }
    for kind, asks in kinds.items():
        owners = [(id_, ask) for id_, lines in asks.items() for ask in lines]
        vectors = embedder.embed([ask for _, ask in owners])
        cosines = np.triu(vectors @ vectors.T, 1)
        seen = set()
        for i, j in zip(*np.where(cosines > ALIKE), strict=True):
            (one, ask), (other, again) = owners[i], owners[j]
            told_apart = form_of(ask, Openness.FOCUS_WH) is not form_of(again, Openness.FOCUS_WH)
            if one != other and not told_apart and (one, other) not in seen:
                seen.add((one, other))
                yield f"The {kind} {one!r} and {other!r} are asked for alike (“{ask}”, “{again}”); reword one."


def unreached(persona: Persona, reader: QuestionReader, linker: Linker) -> Iterator[str]:
    """Moments that an interviewer with all the time in the world does not reach by following up."""
    brief = persona.brief.model_copy(update={"minutes": 100 * persona.brief.minutes})
    patient = persona.model_copy(update={"brief": brief})
    told = fold(patient, best_path(patient, reader, linker)).moments
    for id_ in persona.moments:
        if id_ not in told:
            yield f"Moment {id_!r} is reached by nobody who follows up; see that its cue or its `asks` can be met."


# -- played -------------------------------------------------------------------------------------------------------------


def best_path(persona: Persona, reader: QuestionReader, linker: Linker) -> tuple[Turn, ...]:
    """An interview that opens every story, lets it go on, takes up every cue and asks for the rest, until it is told."""
    talk = Rehearsal(reader, linker, persona)
    for story in persona.stories:
        talk.ask(story.asks[0])
        told_out, not_taken = False, set[str]()
        while len(talk.turns) < PATIENCE:
            state = fold(persona, talk.turns)
            cues = [c for c in state.open_cues() if persona.story_of[c].id == story.id and c not in not_taken]
            if cues:
                turn = talk.ask(f"You said: “{persona.moments[cues[-1]].cue}” Tell me more about that.")
                if turn.decision.at != cues[-1]:
                    not_taken.add(cues[-1])
            elif not told_out:
                turn = talk.ask("What happened next?")
                told_out = turn.decision.stance is Stance.SPENT
            else:
                turn = talk.ask("What else happened that day that I have not asked about?")
                if turn.decision.stance is Stance.SPENT:
                    break
            if turn.decision.stance is Stance.TIME_UP:
                return talk.turns
    return talk.turns


def worst_path(persona: Persona, reader: QuestionReader, linker: Linker) -> tuple[Turn, ...]:
    """An interview of pitches, guesses and generalities."""
    talk = Rehearsal(reader, linker, persona)
    for asked in WORST:
        talk.ask(asked)
    return talk.turns
