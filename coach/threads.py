"""What a turn is about: the story, moment, aspect, fact or claim that its wording means.

Meaning is measured by sentence vectors against everything that the persona could say and every wording in which its
author expected to be asked; a slipped cue is also taken up by its own words, as people do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coach.disclosure.state import State
from coach.domain.interview import ReleaseKind, Turn
from coach.domain.persona import Aspect, ClaimKind, Moment, Persona
from coach.domain.reading import Frame, Function, Move, QuestionReading
from coach.domain.target import Occasion, Target
from coach.embeddings import Embedder, Vectors
from coach.words import COMMON, content, numbers, stem, words

# Cosines from which a thing counts as meant. Set on wordings that no persona's file holds (`evals/wordings.yaml`) [J].
STORY_MEANT = 0.42
MOMENT_MEANT = 0.50
CUE_MEANT = 0.48
FACT_MEANT = 0.50
CLAIM_MEANT = 0.42
DETAIL_MEANT = 0.50
OTHER_KIND = 0.12
"""A claim of another kind than the question's frame must be this much nearer."""
NOT_HERE = 0.08
"""A moment of a story that is not open must be this much nearer than one of the open story."""
AGREES = 0.5
"""The share of a reflection's content words that must have been told for it to be right [J]."""

_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(pattern, re.I))
    for aspect, pattern in (
        (
            Aspect.FEELING,
            r"\bfeel(?:ing|ings|s)?\b|\bfelt\b|\bemotion|what was (?:that|it) like|how was that for|going through your"
            r" (?:head|mind)|\bmood\b|(?:how|what) did (?:you|that) (?:react|reaction|think when)|your reaction|thinking (?:when|at that)",
        ),
        (
            Aspect.COST,
            r"\bhow (?:much|long|many (?:hours|days|minutes|weeks))\b|\bcosts?\b|\bprice\b|\bpaid\b|\bpay\b|\bspen[dt]\b|\bexpensive\b"
            r"|what did (?:that|it) (?:set|lose)|how (?:late|far behind)|\blose\b",
        ),
        (Aspect.WHY, r"\bwhy\b|\bhow come\b|what (?:made|led|drove|prompted|caused)|\breasons?\b|what for\b|what was behind"),
        (
            Aspect.TOOL,
            r"what (?:did|were|do) (?:you|they) us(?:e|ing)|what (?:tool|app|software|system|program|device)|which (?:tool|app|software|system|program|device)"
            r"|with what\b|what .{0,20}\b(?:written|writing) (?:on|in)|on paper|did you use",
        ),
        (Aspect.WHO, r"\bwho(?:m|se)?\b|\bwith you\b|\banyone\b|\banybody\b|\bsomeone else\b|\bsomebody else\b|\binvolved\b|\bwhich (?:person|colleague)"),
        (Aspect.WHERE, r"\bwhere\b|what place|which (?:place|room|shop|store|town|site)|in what room"),
        (Aspect.WHEN, r"\bwhen (?:was|did|were|exactly)\b|^(?:and |so )?when\W*$|what (?:time|day|date|month|year)|which (?:day|month|week)|how long ago|at what point"),
        (Aspect.HOW, r"\bhow (?:did|do|were|was|exactly|had|could|would|on earth)\b|^(?:and |so )?how\W*$|in what way|what steps|how.*\bmanage|walk me through how"),
    )
)
_ANYTHING_ELSE = re.compile(
    r"\b(?:any ?thing|what|some ?thing|any ?one|any) (?:else|more|other)\b(?! did| was| were| do| happen)|did (?:i|we) (?:miss|forget)"
    r"|\bleft out\b|haven'?t (?:asked|told|mentioned)|should i have asked|one more thing about|any other (?:part|bit)",
    re.I,
)
_GREETING = re.compile(r"^\W*(?:hi+|hello|hey|good (?:morning|afternoon|evening)|nice to meet)\b|how are you", re.I)
_GOODBYE = re.compile(
    r"\b(?:good ?bye|bye(?: bye)?|see you|take care|that(?:'s| is| was) (?:all|everything)(?! that)|(?:we(?:'re| are)|i(?:'m| am)) (?:all )?done"
    r"|have a (?:good|great|nice|lovely)|thanks? (?:you )?(?:so much |very much |again )?for your time|let'?s (?:stop|end|finish|leave it) (?:here|there|it there)|wrap up)\b",
    re.I,
)
_REFERRAL = re.compile(
    r"who else (?:should|could|can|might)|anyone else .*(?:talk|speak)|introduc|put me in touch|(?:talk|speak|call|meet|follow up|follow-up).{0,25}again"
    r"|follow[- ]?up (?:call|chat|interview|question)",
    re.I,
)
_MACHINE = re.compile(
    r"(?:ignore|disregard|forget|override) (?:all |any |the |your |every)?(?:previous|prior|above|earlier|these|those|instructions?|rules?|everything)"
    r"|system prompt|\bprompt\b.*\b(?:show|print|reveal|repeat)|(?:show|print|reveal|repeat|output|dump|list) (?:me )?(?:all )?(?:of )?(?:your|the|every) (?:\w+ )?(?:prompt|instructions?|persona|stories|story file|moments?|secrets?|config|yaml|json|facts|data)"
    r"|\b(?:you are|you're|are you|act as|pretend|roleplay|role-play)\b.{0,30}\b(?:an? )?(?:ai|a\.i\.|bot|chatbot|language model|llm|gpt|assistant|machine|robot|computer|simulat\w*|dan)\b"
    r"|\b(?:debug|developer|admin|god|maintenance|test) mode\b|\bjson\b|\byaml\b|```|</?\w+>|\b(?:system|assistant|user)\s*:|repeat (?:the )?(?:text|words|everything|sentence)s? above"
    r"|\blanguage model\b|\bjailbreak|\[/?inst\]|<\||begin your (?:answer|reply) with|as an ai\b",
    re.I,
)
_WALL = 220
"""So many words in one turn are no question that a person could follow."""
_ENGLISH = COMMON | frozenset("please next did then happened because hear more describe week month year day night home".split())


@dataclass(frozen=True)
class _Entry:
    kind: str
    id: str
    aspect: str = ""


class Index:
    """Everything of a persona that a question may mean, with its vectors. Built once per persona."""

    def __init__(self, persona: Persona, embedder: Embedder) -> None:
        self.persona = persona
        entries: list[_Entry] = []
        texts: list[str] = []

        def add(entry: _Entry, *lines: str) -> None:
            entries.extend([entry] * len(lines))
            texts.extend(lines)

        for story in persona.stories:
            add(_Entry("story", story.id), story.title, *story.asks)
            for moment in story.moments:
                add(_Entry("moment", moment.id), moment.brief, *moment.asks)
                if moment.cue:
                    add(_Entry("cue", moment.id), moment.cue)
                for aspect, line in moment.details.items():
                    add(_Entry("detail", moment.id, aspect.value), line)
        for fact in persona.facts:
            add(_Entry("fact", fact.id), fact.brief, *fact.asks)
        for claim in persona.claims:
            add(_Entry("claim", claim.id), *claim.asks)
        self._entries = entries
        self._vectors = embedder.embed(texts)

    @cached_property
    def _owners(self) -> dict[_Entry, list[int]]:
        owners: dict[_Entry, list[int]] = defaultdict(list)
        for i, entry in enumerate(self._entries):
            owners[entry].append(i)
        return dict(owners)

    def scores(self, query: Vectors) -> dict[str, dict[tuple[str, str], float]]:
        """For each kind, the best cosine of each thing (id, aspect) with a query of shape (1, size)."""
        cosines = self._vectors @ query[0]
        out: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for entry, rows in self._owners.items():
            out[entry.kind][entry.id, entry.aspect] = float(np.max(cosines[rows]))
        return out


class Linker:
    """Finds what a turn means. Keeps the indexes of the personas that it has met."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._indexes: dict[str, Index] = {}

    def prepare(self, persona: Persona) -> Index:
        """The persona's index, built at the first call (about half a second)."""
        key = f"{persona.id}:{id(persona)}"
        if key not in self._indexes:
            self._indexes[key] = Index(persona, self._embedder)
        return self._indexes[key]

    def target(
        self, persona: Persona, state: State, reading: QuestionReading, asked: str, turns: Sequence[Turn] = ()
    ) -> Target:
        """What the turn means, in an interview that stands at `state` after `turns`."""
        occasion = occasion_of(asked, reading)
        if occasion not in (Occasion.NONE, Occasion.REFERRAL):
            return Target(occasion=occasion)
        ask = reading.effective_ask or asked
        about = content(ask) or content(asked)
        scores = self.prepare(persona).scores(self._embedder.embed([ask if content(ask) else asked]))
        found = _Meant(persona, state, reading, ask, about, scores)
        return Target(
            occasion=occasion,
            story=found.story(),
            moment=found.moment(),
            cue=found.cue(asked),
            aspect=found.aspect(),
            fact=found.fact(),
            claim=found.claim(),
            anything_else=bool(_ANYTHING_ELSE.search(ask)),
            right=_right(persona, state, asked, turns),
        )


class _Meant:
    """The best match of each kind for one question."""

    def __init__(
        self,
        persona: Persona,
        state: State,
        reading: QuestionReading,
        ask: str,
        about: list[str],
        scores: dict[str, dict[tuple[str, str], float]],
    ) -> None:
        self.persona, self.state, self.reading = persona, state, reading
        self.ask, self.about, self.scores = ask, about, scores

    def _best(self, kind: str, least: float) -> tuple[str, str] | None:
        table = self.scores.get(kind, {})
        if not table or not self.about:
            return None
        best = max(table, key=lambda k: table[k])
        return best if table[best] >= least else None

    def story(self) -> str | None:
        wants_story = Move.OPENER in self.reading.moves or Move.REDIRECT in self.reading.moves
        found = self._best("story", 0.0 if wants_story else STORY_MEANT)
        return found[0] if found else None

    def moment(self) -> str | None:
        """The moment meant, the open story's own before another's. Told ones count: people come back to things."""
        if not self.about:
            return None
        best, top = None, MOMENT_MEANT
        for moment in self.persona.moments.values():
            score = max(
                self.scores["moment"][moment.id, ""],
                self.scores.get("cue", {}).get((moment.id, ""), 0.0),
                *(self._detail_score(moment) if self.state.has(ReleaseKind.MOMENT, moment.id) else (0.0,)),
            )
            if self.persona.story_of[moment.id].id != self.state.story:
                score -= NOT_HERE
            if score >= top:
                best, top = moment.id, score
        return best

    def _detail_score(self, moment: Moment) -> tuple[float, ...]:
        return tuple(self.scores["detail"][moment.id, a.value] for a in moment.details) or (0.0,)

    def cue(self, asked: str) -> str | None:
        """The slipped cue that the turn takes up by a word of its own or by meaning; the latest first."""
        said = set(content(asked))
        for id_ in reversed(self.state.open_cues()):
            cue = self.persona.moments[id_].cue or ""
            if said & set(content(cue)):
                return id_
        for id_ in reversed(self.state.open_cues()):
            score = max(self.scores["cue"].get((id_, ""), 0.0), self.scores["moment"][id_, ""])
            if self.about and score >= CUE_MEANT:
                return id_
        return None

    def aspect(self) -> Aspect | None:
        """The side of a moment that is asked for: by the question word, else by the detail that is nearest."""
        for aspect, pattern in _ASPECTS:
            if pattern.search(self.ask):
                return aspect
        near = self.moment() or self.state.at
        if near is None or not self.about:
            return None
        details = {a: self.scores["detail"][near, a.value] for a in self.persona.moments[near].details}
        if not details:
            return None
        best = max(details, key=lambda a: details[a])
        return best if details[best] >= DETAIL_MEANT else None

    def fact(self) -> str | None:
        found = self._best("fact", FACT_MEANT)
        return found[0] if found else None

    def claim(self) -> str | None:
        kinds = {
            Frame.HYPOTHETICAL: ClaimKind.FUTURE,
            Frame.OPINION: ClaimKind.OPINION,
            Frame.GENERAL: ClaimKind.GENERAL,
        }
        wanted = kinds.get(self.reading.frame)
        table = {
            id_: score - (0.0 if wanted in (None, self.persona.claim_by_id[id_].kind) else OTHER_KIND)
            for (id_, _), score in self.scores.get("claim", {}).items()
        }
        if not table or not self.about:
            return None
        best = max(table, key=lambda k: table[k])
        return best if table[best] >= CLAIM_MEANT else None


def occasion_of(asked: str, reading: QuestionReading) -> Occasion:
    """Whether the turn is of a kind that wants no story, by its words."""
    said = words(asked)
    if not any(c.isalnum() for c in asked):
        return Occasion.EMPTY
    if _MACHINE.search(asked) or len(said) > _WALL or not _reads_as_english(asked, said):
        return Occasion.MACHINE
    substantive = reading.asks and reading.frame not in (Frame.META, Frame.NONE)
    if _GOODBYE.search(asked) and not substantive:
        return Occasion.GOODBYE
    if reading.frame is Frame.META and _REFERRAL.search(asked):
        return Occasion.REFERRAL
    if _GREETING.search(asked) and (not reading.asks or len(said) <= 6) and Function.TELL not in reading.function:
        return Occasion.GREETING
    return Occasion.NONE


def _reads_as_english(asked: str, said: list[str]) -> bool:
    letters = [c for c in asked if c.isalpha()]
    if letters and sum(c.isascii() for c in letters) < 0.7 * len(letters):
        return False
    return len(said) < 4 or any(w in _ENGLISH for w in said)


def _right(persona: Persona, state: State, asked: str, turns: Sequence[Turn]) -> bool | None:
    """Whether what a reflection says was told. None while nothing was told."""
    told = [t.answer or "" for t in turns if t.decision.releases]
    if not told or not state.moments:
        return None
    said = {s for s in content(asked) if s not in _TALK}
    if not said:
        return True
    heard = {s for text in told for s in content(text)}
    figures = numbers(asked)
    if figures - {n for text in told for n in numbers(text)} and not figures & heard:
        return False
    return len(said & heard) >= AGREES * len(said)


_TALK = frozenset(stem(w) for w in "sound sounds understand understood correct check summary sum recap basically essentially".split())
