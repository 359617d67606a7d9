"""Where an interview stands: a fold over its turns, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coach.domain.interview import Decision, ReleaseKind, Stance, Turn
from coach.domain.persona import Difficulty, Persona, Via
from coach.domain.reading import Tell

WORDS_PER_MINUTE = 150
PAUSE_SECONDS = 4.0
PITCH_SECONDS = 60.0
"""What a pitch costs of the customer's time, besides its words."""

Key = tuple[str, str, str]


def spoken_seconds(*texts: str) -> float:
    """How long it takes to say the texts aloud, with a pause for thought.

    The clock of an interview runs on this, not on the wall: a slow typist loses nothing, a resumed interview has the
    time that it had, and the same turns end at the same moment.
    """
    return sum(len(t.split()) for t in texts) * 60 / WORDS_PER_MINUTE + PAUSE_SECONDS


@dataclass(frozen=True)
class State:
    """What was told so far and where the talk is.

    `told` counts each release by its key; `again` counts what was said in brief a second time; `used` counts the lines
    taken from each pool of the persona's stock. `fresh_cues` are the moments hinted at in the last answer.
    """

    told: Mapping[Key, int] = field(default_factory=dict)
    again: Mapping[Key, int] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    story: str | None = None
    at: str | None = None
    fresh_cues: tuple[str, ...] = ()
    closed_run: int = 0
    pitches: int = 0
    seconds: float = 0.0
    turns: int = 0

    def has(self, kind: ReleaseKind, id_: str, aspect: str = "") -> bool:
        return (kind.value, id_, aspect) in self.told

    @property
    def moments(self) -> frozenset[str]:
        """The moments told so far."""
        return frozenset(id_ for kind, id_, _ in self.told if kind == ReleaseKind.MOMENT)

    def open_cues(self) -> tuple[str, ...]:
        """Moments that were hinted at and not yet told, the latest last."""
        return tuple(
            id_ for kind, id_, _ in self.told if kind == ReleaseKind.CUE and not self.has(ReleaseKind.MOMENT, id_)
        )

    def seconds_left(self, persona: Persona) -> float:
        return max(0.0, persona.brief.minutes * 60 - self.seconds)

    def opened(self, persona: Persona) -> frozenset[str]:
        """The stories of which a moment was told."""
        return frozenset(persona.story_of[m].id for m in self.moments)


_DEGREES = tuple(Difficulty)
PATIENCE_FOR_CLOSED = 3
"""So many closed questions in a row cool the thread by one degree [J]."""
PATIENCE_FOR_PITCHES = 2
"""So many pitches make a person warier by one degree for good [J]."""


def wariness(persona: Persona, state: State) -> Difficulty:
    """How guarded the person is now: their nature, and what this interviewer has made of it."""
    degree = _DEGREES.index(persona.difficulty)
    degree += state.closed_run >= PATIENCE_FOR_CLOSED
    degree += state.pitches >= PATIENCE_FOR_PITCHES
    return _DEGREES[min(degree, len(_DEGREES) - 1)]


def fold(persona: Persona, turns: Iterable[Turn]) -> State:
    """The state after the turns. Unanswered turns have not happened yet."""
    state = State()
    for turn in turns:
        if turn.answer is not None:
            state = after(persona, state, turn)
    return state


def after(persona: Persona, state: State, turn: Turn) -> State:
    """The state after one more answered turn."""
    decision, reading = turn.decision, turn.reading
    told, again, used = Counter(state.told), Counter(state.again), Counter(state.used)
    told.update(r.key for r in decision.releases)
    if decision.again:
        again[decision.again.key] += 1
    used.update(persona.stock.pool(occasion) for occasion in pools(decision))
    pitched = Tell.PITCH in reading.tell
    in_story = decision.story is not None and reading.asks
    closed = state.closed_run if not in_story else (0 if reading.openness.is_open else state.closed_run + 1)
    return State(
        told=told,
        again=again,
        used=used,
        story=decision.story,
        at=decision.at,
        fresh_cues=tuple(r.id for r in decision.releases if r.kind is ReleaseKind.CUE),
        closed_run=closed,
        pitches=state.pitches + pitched,
        seconds=state.seconds + spoken_seconds(turn.asked, turn.answer or "") + PITCH_SECONDS * pitched,
        turns=state.turns + 1,
    )


def pools(decision: Decision) -> tuple[str, ...]:
    """The pools of the stock that the answer to this decision takes a line from, in the order of speech."""
    first = () if decision.stance is Stance.TELLS else (decision.stance.value,)
    return (*first, *decision.asides)


def next_on_main_line(persona: Persona, state: State, story: str) -> str | None:
    """The first moment of the story that comes in its turn and is untold."""
    for moment in persona.story_by_id[story].main_line:
        if not state.has(ReleaseKind.MOMENT, moment.id):
            return moment.id
    return None


def kept_for_last(persona: Persona, state: State, story: str) -> str | None:
    """An untold moment of the story that waits for "anything else?"."""
    for moment in persona.story_by_id[story].moments:
        if moment.via is Via.LAST and not state.has(ReleaseKind.MOMENT, moment.id):
            return moment.id
    return None
