"""A simulated customer, as data.

Everything that a customer can ever say about themselves is authored here: stories made of moments, stable facts,
and claims about themselves that may flatter. The disclosure policy decides what may be told; a voice words it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=900)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1)]


class Frozen(BaseModel):
    """A value: immutable, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Difficulty(StrEnum):
    """How much good asking a moment costs."""

    TALKATIVE = "talkative"
    ORDINARY = "ordinary"
    GUARDED = "guarded"


class Manner(StrEnum):
    """The six manners of speech that training research uses."""

    PLAIN = "plain"
    WORDY = "wordy"
    RESERVED = "reserved"
    TANGENTIAL = "tangential"
    EAGER = "eager"
    IRRITATED = "irritated"


class Aspect(StrEnum):
    """What may be asked of one moment."""

    HOW = "how"
    WHY = "why"
    FEELING = "feeling"
    COST = "cost"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    TOOL = "tool"


class MomentKind(StrEnum):
    EVENT = "event"
    FRICTION = "friction"
    WORKAROUND = "workaround"
    DELIGHT = "delight"
    TURNING_POINT = "turning_point"


class Via(StrEnum):
    """The way to a moment."""

    NEXT = "next"
    """Comes in its turn when somebody asks what happened."""
    CUE = "cue"
    """Comes only to somebody who follows up the cue that an earlier moment let slip."""
    LAST = "last"
    """Kept for "anything else about that?"."""


class Truth(StrEnum):
    TRUE = "true"
    FLATTERING = "flattering"
    CONTRADICTED = "contradicted"


class ClaimKind(StrEnum):
    GENERAL = "general"
    OPINION = "opinion"
    FUTURE = "future"


class Moment(Frozen):
    """One thing that happened in a story."""

    id: Slug
    kind: MomentKind
    via: Via = Via.NEXT
    says: Line = Field(description="What they say when the moment is told: 1 to 4 spoken sentences.")
    brief: Line = Field(description="The same in under 15 words, for when it is asked again.")
    cue: Line | None = Field(
        None,
        description="One spoken line that hints at this moment without telling it. A `cue` moment's line ends the"
        " telling of `cued_by`; a guarded person says it first where an open person tells.",
    )
    cued_by: Slug | None = Field(None, description="The earlier moment whose telling lets the cue slip.")
    asks: Lines = Field(description="Questions, in varied wording, that mean this moment.")
    details: dict[Aspect, Line] = Field(
        default_factory=dict, description="What they say when asked for one aspect of the moment."
    )
    shows: tuple[Slug, ...] = Field((), description="The opportunities that this moment is evidence of.")


class Story(Frozen):
    """A bounded past episode; its `next` moments are in the order in which they happened."""

    id: Slug
    title: Line = Field(description="A name for the debrief, as in “The Tuesday the oven died”.")
    asks: Lines = Field(description="Openers, in varied wording, that this story answers.")
    went: str = Field("mixed", pattern="^(well|badly|mixed)$")
    moments: Annotated[tuple[Moment, ...], Field(min_length=2)]

    @cached_property
    def main_line(self) -> tuple[Moment, ...]:
        """The moments that come in their turn, in order."""
        return tuple(m for m in self.moments if m.via is Via.NEXT)

    @model_validator(mode="after")
    def _moments_can_be_reached(self) -> Self:
        if not self.main_line:
            raise ValueError("a story needs at least one moment with `via: next`")
        seen: set[str] = set()
        for moment in self.moments:
            if moment.via is Via.CUE:
                if moment.cue is None or moment.cued_by is None:
                    raise ValueError(f"moment {moment.id!r} comes by a cue: give it `cue` and `cued_by`")
                if moment.cued_by not in seen:
                    raise ValueError(f"moment {moment.id!r}: `cued_by: {moment.cued_by}` is no earlier moment here")
            elif moment.cued_by is not None:
                raise ValueError(f"moment {moment.id!r}: `cued_by` goes only with `via: cue`")
            if moment.id in seen:
                raise ValueError(f"moment {moment.id!r} stands twice in the story")
            seen.add(moment.id)
        return self


class Fact(Frozen):
    """Something stable about them, given to a plain question."""

    id: Slug
    names: tuple[Line, ...] = Field(
        (),
        description="Names of the person, place or thing that this fact explains, as “Clive”: whoever asks who or what"
        " that is means this fact.",
    )
    asks: Lines
    says: Line
    brief: Line


class Claim(Frozen):
    """What they say about themselves when asked in general, for an opinion, or about the future."""

    id: Slug
    kind: ClaimKind
    asks: Lines
    says: Lines = Field(description="The first wording, then others for when it is asked again.")
    truth: Truth
    contradicted_by: tuple[Slug, ...] = Field((), description="Moments in which they did otherwise.")

    @model_validator(mode="after")
    def _contradiction_has_evidence(self) -> Self:
        if (self.truth is Truth.CONTRADICTED) != bool(self.contradicted_by):
            raise ValueError(f"claim {self.id!r}: `truth: contradicted` and `contradicted_by` go together")
        return self


class Opportunity(Frozen):
    """An unmet need, in the words of the product team. Its evidence is the moments that name it in `shows`."""

    id: Slug
    need: Line


def _pool(least: int, description: str) -> tuple[str, ...]:
    return Field(min_length=least, description=description)  # type: ignore[no-any-return]  # Field() poses as its value


def _wider(description: str) -> tuple[str, ...]:
    """A pool that a persona may lack: a wider one serves for it then."""
    return Field((), description=description)


class Stock(Frozen):
    """Lines of no content, by occasion. Each pool is walked through in order before any line comes again."""

    greeting: tuple[Line, ...] = _pool(3, "Said to a hello.")
    small_talk: tuple[Line, ...] = _pool(5, "Said to thanks, sympathy, praise, small talk.")
    admin: tuple[Line, ...] = _pool(4, "Said to consent, recording, time, housekeeping: always agreeing.")
    referral: tuple[Line, ...] = _pool(2, "Said to “who else should I talk to?”, “could we talk again?”")
    told_about: tuple[Line, ...] = _pool(4, "Said when merely informed of something or given a view.")
    agree: tuple[Line, ...] = _pool(10, "The polite, worthless yes to a leading question. Fits any leading question.")
    pitched: tuple[Line, ...] = _pool(6, "Polite interest in a product that is being pitched. Promises nothing.")
    advised: tuple[Line, ...] = _pool(3, "Said to advice.")
    general: tuple[Line, ...] = _pool(6, "Glib generality where no claim fits: “depends, really…”")
    opinion: tuple[Line, ...] = _pool(6, "Glib opinion where no claim fits.")
    future: tuple[Line, ...] = _pool(6, "Agreeable, unreliable: asked about a hypothetical where no claim fits.")
    such_time: tuple[Line, ...] = _pool(3, "Asked “have you ever…” for something that did happen: yes, and no more.")
    no_such_time: tuple[Line, ...] = _pool(4, "Asked “have you ever…” for something they have no story of.")
    either: tuple[Line, ...] = _wider("Asked “this or that?” where nothing written settles it: no commitment.")
    yes_or_no: tuple[Line, ...] = _wider("Asked a plain yes/no question that nothing written settles: a vague leaning.")
    who_unknown: tuple[Line, ...] = _wider("Asked who, and they cannot or will not say.")
    when_unknown: tuple[Line, ...] = _wider("Asked when, and they cannot say.")
    where_unknown: tuple[Line, ...] = _wider("Asked where, and they cannot say.")
    count_unknown: tuple[Line, ...] = _wider("Asked how many, how much, how long, how old, and they cannot say.")
    why_unknown: tuple[Line, ...] = _wider("Asked why, and they have no reason to give.")
    how_unknown: tuple[Line, ...] = _wider("Asked how something is or was done, and they cannot put it in words.")
    unknown_fact: tuple[Line, ...] = _pool(5, "Asked for a number, name or date that they do not know.")
    unknown_detail: tuple[Line, ...] = _pool(8, "Asked for a detail of the story that they do not remember.")
    puzzled: tuple[Line, ...] = _pool(5, "They did not understand the question.")
    confirm: tuple[Line, ...] = _pool(6, "Yes to a fair reflection or summary.")
    let_stand: tuple[Line, ...] = _pool(4, "Too polite or too guarded to correct a wrong reflection.")
    correct: tuple[Line, ...] = _pool(4, "“No, not quite.” Said before what was really told.")
    again: tuple[Line, ...] = _pool(6, "A lead-in, as “Like I said,” — the brief line follows it.")
    spent: tuple[Line, ...] = _pool(8, "There is no more to tell of this.")
    unopened: tuple[Line, ...] = _pool(4, "Asked “what happened next?” before any story was asked for.")
    tangent: tuple[Line, ...] = _pool(4, "One or two sentences off the subject.")
    machine: tuple[Line, ...] = _pool(4, "Spoken to as if a computer, in another language, or with pasted gibberish.")
    nearly_done: tuple[Line, ...] = _pool(2, "A few minutes are left.")
    time_up: tuple[Line, ...] = _pool(3, "The time is over; they have to go.")
    goodbye: tuple[Line, ...] = _pool(3, "Said to a goodbye.")

    def pool(self, occasion: str) -> str:
        """The name of the pool that serves for an occasion: its own, or the wider one where that is empty."""
        return occasion if getattr(self, occasion) else _WIDER[occasion]


_WIDER = {
    "either": "general",
    "yes_or_no": "general",
    "who_unknown": "unknown_detail",
    "when_unknown": "unknown_detail",
    "where_unknown": "unknown_detail",
    "count_unknown": "unknown_fact",
    "why_unknown": "unknown_detail",
    "how_unknown": "unknown_detail",
}


class Avatar(Frozen):
    """A drawn face, from parts."""

    skin: str = Field(pattern="^#[0-9a-f]{6}$")
    hair: str = Field(pattern="^#[0-9a-f]{6}$")
    hair_style: str = Field(pattern="^(short|long|bun|curly|bald|headscarf|bob|cap)$")
    top: str = Field(pattern="^#[0-9a-f]{6}$")
    ground: str = Field(pattern="^#[0-9a-f]{6}$")
    extra: str = Field("none", pattern="^(none|glasses|beard|glasses-beard|earrings)$")


class Brief(Frozen):
    """What the trainee knows before the interview. Never the customer's needs."""

    team: Line = Field(description="Who the trainee is today, in the second person: the company, the product.")
    outcome: Line = Field(description="The outcome that the team is asked to move.")
    topic: Line = Field(description="What to learn about, neutral.")
    last_time: Line = Field(description="Completes “Tell me about the last time you …”, as “planned a week of meals”.")
    minutes: int = Field(ge=5, le=60, description="The time box, in minutes of conversation.")


class Persona(Frozen):
    """A simulated customer. Ids are unique across all stories, facts, claims and opportunities."""

    id: Slug
    name: Line
    headline: Line = Field(description="Trade and circumstances in under 15 words.")
    segment: str = Field(pattern="^(consumer|business)$")
    age: int = Field(ge=16, le=99)
    difficulty: Difficulty
    manner: Manner
    speech: Line = Field(description="How they talk: rhythm, favourite words, what they avoid.")
    avatar: Avatar
    brief: Brief
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...]
    stories: Annotated[tuple[Story, ...], Field(min_length=1)]
    opportunities: tuple[Opportunity, ...]
    stock: Stock

    @cached_property
    def moments(self) -> dict[str, Moment]:
        """Every moment by its id, in the order of the stories."""
        return {m.id: m for s in self.stories for m in s.moments}

    @cached_property
    def story_of(self) -> dict[str, Story]:
        """The story that holds each moment, by the moment's id."""
        return {m.id: s for s in self.stories for m in s.moments}

    @cached_property
    def fact_by_id(self) -> dict[str, Fact]:
        return {f.id: f for f in self.facts}

    @cached_property
    def claim_by_id(self) -> dict[str, Claim]:
        return {c.id: c for c in self.claims}

    @cached_property
    def story_by_id(self) -> dict[str, Story]:
        return {s.id: s for s in self.stories}

    @cached_property
    def evidence(self) -> dict[str, tuple[str, ...]]:
        """For each opportunity, the ids of the moments that show it."""
        return {o.id: tuple(m.id for m in self.moments.values() if o.id in m.shows) for o in self.opportunities}

    @model_validator(mode="after")
    def _references_resolve(self) -> Self:
        every = [
            *(m.id for s in self.stories for m in s.moments),
            *(s.id for s in self.stories),
            *(f.id for f in self.facts),
            *(c.id for c in self.claims),
            *(o.id for o in self.opportunities),
        ]
        twice = sorted({i for i in every if every.count(i) > 1})
        if twice:
            raise ValueError(f"ids must be unique: {', '.join(twice)}")
        needs = {o.id for o in self.opportunities}
        for moment in self.moments.values():
            for need in moment.shows:
                if need not in needs:
                    raise ValueError(f"moment {moment.id!r} shows {need!r}, which is no opportunity here")
            if self.difficulty is Difficulty.GUARDED and moment.via is Via.NEXT and moment.cue is None:
                raise ValueError(f"moment {moment.id!r}: a guarded person needs a `cue` for every `next` moment")
        for claim in self.claims:
            for deed in claim.contradicted_by:
                if deed not in self.moments:
                    raise ValueError(f"claim {claim.id!r}: contradicted_by {deed!r} is no moment here")
        for need, shown in self.evidence.items():
            if not shown:
                raise ValueError(f"opportunity {need!r} is shown by no moment")
        return self
