"""What a turn is about: the story, moment, aspect, fact or claim that its wording means.

Meaning is measured by sentence vectors against everything that the persona could say and every wording in which its
author expected to be asked; a slipped cue is also taken up by its own words, as people do.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from coach.disclosure.state import State
from coach.domain.interview import ReleaseKind, Turn
from coach.domain.persona import Aspect, ClaimKind, Moment, Persona
from coach.domain.reading import Frame, Function, Move, Openness, QuestionReading
from coach.domain.target import Form, Occasion, Target
from coach.embeddings import SIZE, Embedder, Vectors
from coach.forms import form_of, holds
from coach.words import COMMON, content, numbers, stem, words

# Scores (`Index.scores`) from which a thing counts as meant. Set on wordings that no persona's file holds (`evals/wordings/`) [J].
STORY_MEANT = 0.30
MOMENT_MEANT = 0.36
MOMENT_MEANT_BESIDE_ASPECT = 0.44
"""A question word for a side (why, who, how much) speaks for the moment that the talk is at."""
CUE_MEANT = 0.38
FACT_MEANT = 0.54
SURE = 0.97
"""A cosine that only a fact's own wording has; its author knows what answers it."""
FACT_BY_WHETHER = 0.08
FACT_WITHIN_STORY = 0.12
"""So much nearer must a fact be to a yes/no question, which few facts answer, and to one about what happened."""
CLAIM_MEANT = 0.44
ANSWER_WEIGHT = 0.3
WORDS_WEIGHT = 0.1
"""What a near answer and common rare words add, beside the nearness of the wordings that its author foresaw."""
DETAIL_MEANT = 0.35
DETAIL_MEANT_OPENLY = 0.55
"""An open question without a question word for a side wants the story to go on, unless it is very near a detail."""
DETAIL_MEANT_BY_WHETHER = 0.4
"""A yes/no question asks whether something is so; few details answer that."""
OTHER_KIND = 0.12
"""A claim of another kind than the question's frame must be this much nearer."""
NOT_HERE = 0.20
"""A moment of a story that is not open must be this much nearer than one of the open story."""
NOT_NEW = 0.06
"""A moment that was told, with all its details in the running, must be this much nearer than an untold one."""
NEAR = 0.45
"""A moment below this score is not what an open question with words of its own asks for: said of 104 judged replies,
36 % of those below it fitted and 78 % of those above."""
AGREES = 0.5
"""The share of a reflection's content words that must have been told for it to be right [J]."""

_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(pattern, re.I))
    for aspect, pattern in (
        (
            Aspect.FEELING,
            r"\bfeel(?:ing|ings|s)?\b|\bfelt\b|\bemotion|what was (?:that|it) like|how was (?:that|it) for|going through your (?:head|mind)|\bmood\b"
            r"|(?:how|what) (?:did|was) (?:you|that|your) (?:react|reaction|think when)|your reaction|thinking (?:when|at that)|\b(?:get|got) to you\b"
            r"|\b(?:angry|happy|pleased|upset|worried|nervous|frustrat\w+|reliev\w+|relief|proud|embarrass\w+|scared|afraid|sad|annoy\w+|stress\w*|ashamed|surpris\w+)\b",
        ),
        (
            Aspect.COST,
            r"\bhow (?:much|long|many|late|far behind)\b|\bcost(?:s|ed)?\b|\bprice\b|\bpa(?:id|y)\b|\bspen[dt]\b|\bexpensive\b|\bbill\b|\bcharge[ds]?\b"
            r"|\bworth\b|\bamount\b|\btotal\b|\bsum\b|\blose\b|\bset you back\b",
        ),
        (
            Aspect.WHY,
            r"\bwhy\b|\bhow come\b|what (?:made|led|drove|prompted|caused|brought)|\breasons?\b|what for\b|what was (?:behind|the (?:point|idea|thinking))"
            r"|\bthinking behind\b|\bstopp(?:ed|ing) you\b|\bkept? you from\b|\bpurpose\b",
        ),
        (
            Aspect.TOOL,
            r"what (?:did|were|do) (?:you|they) us(?:e|ing)|(?:what|which) (?:kind of |sort of )?(?:tool|app|software|system|program|device|machine)"
            r"|\bwith what\b|\bon what\b|\bon paper\b|\bexcel\b|\bspreadsheet\b|\bdid you use\b|\bwritten (?:down )?(?:on|in)\b|\bby (?:phone|mail|email)\b",
        ),
        (
            Aspect.WHERE,
            r"\bwhere(?:abouts)?\b|(?:what|which) (?:place|room|shop|store|town|site|spot|part of)|\blocation\b",
        ),
        (
            Aspect.WHEN,
            r"\bwhen (?:was|did|were|exactly|is)\b|^(?:and |so )?when\W*$|(?:what|which) (?:time|day|date|month|year|week|hour)|how long ago|at what point|\bsince when\b",
        ),
        (
            Aspect.WHO,
            r"\bwho(?:m|se)?\b|\bwith you\b|\banyone\b|\banybody\b|\bsomeone else\b|\bsomebody else\b|\binvolved\b|\bwhich (?:person|people|colleague)|\balone\b|\bon your own\b",
        ),
        (
            Aspect.HOW,
            r"\bhow (?:did|do|were|was|exactly|had|could|would|on earth|you)\b|^(?:and |so )?how\W*$|\b(?:what|which) ways?\b|\bways (?:that )?you\b|what steps|\bmanage[d]? to\b|\bgo about\b|\bstep by step\b",
        ),
    )
)
_ANYTHING_ELSE = re.compile(
    r"\b(?:any ?thing|what|some ?thing|any ?one|any) (?:else|more|other)\b(?! did| was| were| do| happen)|did (?:i|we) (?:miss|forget)"
    r"|\bleft out\b|(?:haven'?t|have not) (?:asked|told|mentioned)|should i have asked|one more thing about|any other (?:part|bit)",
    re.I,
)
_ONWARD = re.compile(
    r"\bwhat happened (?:next|then|after|afterwards|from there|in the end|at the end)|\bwhat (?:came|comes|was) next\b|^\W*(?:and |so |ok(?:ay)? |then )*(?:then|next|after(?:wards| that)?)\W*$"
    r"|\b(?:what|how) did (?:you|they|he|she|it|that) (?:all )?(?:do|go|end|go on|turn out|finish|react)(?: up)? (?:then|next|after(?:wards| that)?|from there|on from there)\b"
    r"|\bhow did (?:it|that|things|the \w+) (?:all )?(?:end|go on|turn out|finish|play out|unfold)\b|\bwhat happened\W*$|\b(?:go|carry) on\b|\bwhat did (?:you|they|he|she) do (?:then|next)\b"
    r"|\band then\W*(?:what)?\W*$",
    re.I,
)
_GREETING = re.compile(r"^\W*(?:hi+(?:ya)?|hello|hey|good (?:morning|afternoon|evening)|nice to meet)\b", re.I)
_HOW_ARE_YOU = re.compile(r"\bhow (?:are|r) (?:you|u|things)\b|\bhow(?:'s| is) it going\b|\byou all ?right\b", re.I)
_PASTED = re.compile(r"^[ \t]*[\w(\[][\w .:()\[\]-]{0,24}:[ \t]", re.M)
"""A line that begins with a speaker's name: two of them in one turn are a transcript, and nobody talks like that."""
_GOODBYE = re.compile(
    r"\b(?:good ?bye|bye(?: bye)?|see you|take care|that(?:'s| is| was) (?:all|everything)(?! that)|(?:we(?:'re| are)|i(?:'m| am)) (?:all )?done"
    r"|have a (?:good|great|nice|lovely)|thanks? (?:you )?(?:so much |very much |again )?for your time|let'?s (?:stop|end|finish|leave it) (?:here|there|it there)|wrap up)\b",
    re.I,
)
_BYE = re.compile(r"\bbye+\b|goodbye|\bsee you\b|\btake care\b", re.I)
_BYE_LAST = re.compile(
    r"(?:^|[.,!?;:–-]\s*|\b(?:ok|okay|thanks|thank you|well|right|so|and|then|now|all|time)\s+)(?:good ?)?bye+\b(?:\W+\w+){0,4}\W*$",
    re.I,
)
_BESIDE_NAME = frozenset(
    "a all an and anyway by do exactly for he her here his in is it mean my no ok okay one please s she so sorry that the then"
    " there these they this those though to wait was way who whos what whats you your".split()
)
"""Words that may stand beside a name in "and who is this Clive, then?"; any other word asks for something else."""
_WHO_IS = re.compile(
    r"^(?:(?:and|so|but|then|ok(?:ay)?|well|oh|sorry|wait|no|hm+|um+|uh+)\b\W*)*"
    r"(?:who|what)(?:'s| is| was| are| were|s)\b|\btell me (?:about|more about|who)\b|\bwho (?:do|did) you mean\b|\bremind me\b",
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
ENGLISH_SHARE = 0.2
"""Of the words of English talk at least so many are its common ones; other languages share one by accident [J]."""
SHORT_GOODBYE = 4
"""In so few words a goodbye is nothing else."""
SHORT_GREETING = 8
"""“How are you” in so few words is a greeting; in more it asks something."""
_WALL = 220
"""So many words in one turn are no question that a person could follow."""
_ENGLISH = COMMON | frozenset(
    "please next did then happened because hear more describe week month year day night home".split()
)


class _Entry(NamedTuple):
    """One thing that may be meant. `answer`: its line, not a way to ask for it."""

    kind: str
    id: str
    aspect: str = ""
    answer: bool = False


class Index:
    """Everything of a persona that a question may mean, with its vectors. Built once per persona."""

    def __init__(self, persona: Persona, embedder: Embedder, cache: Path | None = None) -> None:
        self.persona = persona
        entries: list[_Entry] = []
        texts: list[str] = []
        self._words: dict[_Entry, set[str]] = defaultdict(set)

        def add(entry: _Entry, *lines: str, says: str = "") -> None:
            entries.extend([entry] * len(lines))
            texts.extend(lines)
            if says:
                entries.append(entry._replace(answer=True))
                texts.append(says)
            self._words[entry] |= {stem for line in (*lines, says) for stem in content(line)}

        for story in persona.stories:
            add(_Entry("story", story.id), story.title, *story.asks)
            for moment in story.moments:
                add(_Entry("moment", moment.id), moment.brief, *moment.asks)
                if moment.cue:
                    add(_Entry("cue", moment.id), moment.cue)
                for aspect, line in moment.details.items():
                    add(_Entry("detail", moment.id, aspect.value), line)
        for fact in persona.facts:
            add(_Entry("fact", fact.id), fact.brief, *fact.asks, says=fact.says)
        for claim in persona.claims:
            add(_Entry("claim", claim.id), *claim.asks, says=claim.says[0])
        self._entries = entries
        self._vectors = _vectors(texts, embedder, cache)

    @cached_property
    def _owners(self) -> dict[_Entry, list[int]]:
        owners: dict[_Entry, list[int]] = defaultdict(list)
        for i, entry in enumerate(self._entries):
            owners[entry].append(i)
        return dict(owners)

    @cached_property
    def _rarity(self) -> dict[str, float]:
        """For each word stem of the persona's lines, how few things it stands in."""
        held = Counter(stem for stems in self._words.values() for stem in stems)
        return {stem: math.log((len(self._words) + 1) / n) for stem, n in held.items()}

    def scores(self, query: Vectors, about: Sequence[str]) -> dict[str, dict[tuple[str, str], float]]:
        """For each kind, how near each thing (id, aspect) is to a query of shape (1, size) with the content words
        `about`: its best cosine, for things with many wordings together with the mean of its best three, which one lucky
        wording cannot lift; a little for the answer's own nearness, and for rare words in common. Of a fact, "wording" is
        the best cosine alone."""
        cosines = self._vectors @ query[0]
        unknown = math.log(len(self._words) + 1)
        asked = {stem: self._rarity.get(stem, unknown) for stem in about}
        whole = sum(asked.values()) or 1.0
        out: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for entry, rows in self._owners.items():
            if entry.answer:
                continue
            best = np.sort(cosines[rows])[::-1]
            near = best[0] if entry.kind in ("moment", "cue", "detail") else (best[0] + best[:3].mean()) / 2
            if entry.kind == "fact":
                out["wording"][entry.id, ""] = float(best[0])
            said = self._owners.get(entry._replace(answer=True))
            if said:
                near = near + ANSWER_WEIGHT * cosines[said[0]]
            if entry.kind in ("moment", "fact", "claim"):
                near = near + WORDS_WEIGHT * sum(v for k, v in asked.items() if k in self._words[entry]) / whole
            out[entry.kind][entry.id, entry.aspect] = float(near)
        return out


def _vectors(texts: list[str], embedder: Embedder, cache: Path | None) -> Vectors:
    """The texts' vectors, from the cache where they are there and fit."""
    if cache is None:
        return embedder.embed(texts)
    name = hashlib.sha256("\0".join([embedder.name, *texts]).encode()).hexdigest()[:32]
    path = cache / f"{name}.npy"
    with suppress(OSError, ValueError, EOFError):
        found = np.load(path, allow_pickle=False)
        if found.shape == (len(texts), SIZE) and found.dtype == np.float32:
            kept: Vectors = found
            return kept
    made = embedder.embed(texts)
    with suppress(OSError):  # a cache that cannot be written is only slower
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, made, allow_pickle=False)
        part.replace(path)
    return made


class Linker:
    """Finds what a turn means. Keeps the indexes of the personas that it has met."""

    def __init__(self, embedder: Embedder, cache: Path | None = None) -> None:
        """With a folder as `cache`, the vectors of a persona are computed once and for all."""
        self._embedder, self._cache = embedder, cache
        self._indexes: dict[str, Index] = {}
        self._lock = threading.Lock()

    def prepare(self, persona: Persona) -> Index:
        """The persona's index, built at the first call (about half a second)."""
        key = f"{persona.id}:{id(persona)}"
        with self._lock:
            if key not in self._indexes:
                self._indexes[key] = Index(persona, self._embedder, self._cache)
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
        index = self.prepare(persona)
        scores = index.scores(self._embedder.embed([ask if content(ask) else asked]), about)
        if asked != ask:
            # An opener often says which time it means in another sentence than its ask.
            scores["story"] = index.scores(self._embedder.embed([asked]), about)["story"]
        found = _Meant(persona, state, reading, ask, about, scores)
        named = found.named()
        return Target(
            occasion=occasion,
            form=found.form,
            story=found.story(),
            moment=found.moment(),
            cue=found.cue(asked),
            aspect=found.aspect(),
            fact=named or found.fact(),
            named=named is not None,
            particular=found.particular(),
            claim=found.claim(),
            onward=bool(_ONWARD.search(ask)),
            anything_else=bool(_ANYTHING_ELSE.search(ask)),
            right=_right(persona, state, asked, turns),
        )


def _bare(name: str) -> list[str]:
    """A name without the small words that may stand beside any."""
    return [w for w in words(name) if w not in _BESIDE_NAME] or [name]


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
        self.form = form_of(ask, reading.openness)

    @cached_property
    def _asked_aspect(self) -> Aspect | None:
        """The side that a question word names."""
        return next((aspect for aspect, pattern in _ASPECTS if pattern.search(self.ask)), None)

    @property
    def _is_bare(self) -> bool:
        """A question within a story that names nothing: it means whatever the talk is at."""
        return not self.about and self.reading.frame is Frame.PAST_SPECIFIC

    def _best(self, kind: str, least: float) -> tuple[str, str] | None:
        table = self.scores.get(kind, {})
        if not table or self._is_bare:
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
        best, top = None, MOMENT_MEANT_BESIDE_ASPECT if self._asked_aspect else MOMENT_MEANT
        for moment in self.persona.moments.values():
            score = max(
                self.scores["moment"][moment.id, ""],
                self.scores.get("cue", {}).get((moment.id, ""), 0.0),
                *(self._detail_score(moment) if self.state.has(ReleaseKind.MOMENT, moment.id) else (0.0,)),
            )
            if self.persona.story_of[moment.id].id != self.state.story:
                score -= NOT_HERE
            elif moment.id in self.state.moments:
                score -= NOT_NEW
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
        asked = self._asked_aspect
        near = self.moment() or self.state.at
        if near is None or not self.about:
            return asked
        details = {a: self.scores["detail"][near, a.value] for a in self.persona.moments[near].details}
        if asked or not details:
            return asked
        best = max(details, key=lambda a: details[a])
        if self.form in (Form.YES_OR_NO, Form.EITHER):
            least = DETAIL_MEANT_BY_WHETHER
        else:
            least = DETAIL_MEANT_OPENLY if self.reading.openness.is_open else DETAIL_MEANT
        return best if details[best] >= least else None

    def fact(self) -> str | None:
        """The nearest fact that holds what a question of this form asks for."""
        if self._is_bare:
            return None
        least = FACT_MEANT
        if self.form in (Form.YES_OR_NO, Form.EITHER):
            least += FACT_BY_WHETHER
        if self.state.story and self.reading.frame is Frame.PAST_SPECIFIC:
            least += FACT_WITHIN_STORY
        near = [(score, id_) for (id_, _), score in self.scores.get("fact", {}).items() if score >= least]
        wordings = self.scores["wording"]
        return next(
            (id_ for _, id_ in sorted(near, reverse=True) if wordings[id_, ""] >= SURE or self._answers(id_)), None
        )

    def _answers(self, id_: str) -> bool:
        fact = self.persona.fact_by_id[id_]
        return holds(self.form, fact.says) and (not fact.names or self.form in (Form.WHO, Form.OTHER))

    def named(self) -> str | None:
        """The fact that explains a name, when the turn asks who or what that is."""
        asked = _WHO_IS.search(self.ask)
        rest = [w for w in words(self.ask[asked.end() :] if asked else self.ask) if w not in _BESIDE_NAME]
        found = [
            (-len(name), fact.id) for fact in self.persona.facts for name in map(_bare, fact.names) if name == rest
        ]
        return min(found)[1] if found else None

    def particular(self) -> bool:
        """Whether the question asks for one thing, by words of its own, that no moment is near to."""
        if not self.about or (self.form is Form.OTHER and self.reading.openness is not Openness.OPEN_WH):
            return False
        return max(self.scores["moment"].values(), default=0.0) < NEAR

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
        if not table or self._is_bare:
            return None
        best = max(table, key=lambda k: table[k])
        return best if table[best] >= CLAIM_MEANT else None


def occasion_of(asked: str, reading: QuestionReading) -> Occasion:
    """Whether the turn is of a kind that wants no story, by its words."""
    said = words(asked)
    if not any(c.isalnum() for c in asked):
        return Occasion.EMPTY
    pasted = len(_PASTED.findall(asked)) > 1
    if reading.to_machine or pasted or _MACHINE.search(asked) or len(said) > _WALL:
        return Occasion.MACHINE
    if not _reads_as_english(asked, said):
        return Occasion.MACHINE
    substantive = reading.asks and reading.frame not in (Frame.META, Frame.NONE)
    greets = bool(_GREETING.match(asked))
    if _BYE_LAST.search(asked) or (len(said) <= SHORT_GOODBYE and _BYE.search(asked)):
        return Occasion.GOODBYE
    if _GOODBYE.search(asked) and not substantive and not (greets and not re.search(r"bye", asked, re.I)):
        return Occasion.GOODBYE
    if reading.frame is Frame.META and _REFERRAL.search(asked):
        return Occasion.REFERRAL
    courtesy = _HOW_ARE_YOU.search(asked) and len(said) <= SHORT_GREETING
    if courtesy or (greets and not reading.asks and Function.TELL not in reading.function):
        return Occasion.GREETING
    return Occasion.NONE


def _reads_as_english(asked: str, said: list[str]) -> bool:
    letters = [c for c in asked if c.isalpha()]
    if letters and sum(c.isascii() for c in letters) < 0.7 * len(letters):
        return False
    return len(said) < 4 or sum(w in _ENGLISH for w in said) >= ENGLISH_SHARE * len(said)


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


_TALK = frozenset(
    stem(w) for w in "sound sounds understand understood correct check summary sum recap basically essentially".split()
)
