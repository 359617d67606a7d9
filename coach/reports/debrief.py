"""The debrief of one interview as a view: everything the page, the terminal and an export show, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from coach.domain.finding import Finding
from coach.domain.interview import Interview
from coach.domain.persona import Persona
from coach.domain.reading import Frame, QuestionReading
from coach.domain.scorecard import Scorecard


class QuestionType(StrEnum):
    """The rows of the question map, from what brings stories to what brings none."""

    STORY = "story"
    DETAIL = "detail"
    FACT = "fact"
    GENERAL = "general"
    OPINION = "opinion"
    WHAT_IF = "what_if"
    NO_QUESTION = "no_question"

    @property
    def heading(self) -> str:
        return _TYPE_HEADINGS[self]


_TYPE_HEADINGS = {
    QuestionType.STORY: "Story, open",
    QuestionType.DETAIL: "Story, closed",
    QuestionType.FACT: "Fact, ever",
    QuestionType.GENERAL: "In general",
    QuestionType.OPINION: "Opinion",
    QuestionType.WHAT_IF: "What if",
    QuestionType.NO_QUESTION: "No question",
}
_GRADING = ("openness", "frame", "leading")
"""The labels whose doubt is worth showing on every turn: grades hang on them."""
_BY_FRAME = {
    Frame.HYPOTHETICAL: QuestionType.WHAT_IF,
    Frame.OPINION: QuestionType.OPINION,
    Frame.GENERAL: QuestionType.GENERAL,
    Frame.FACT: QuestionType.FACT,
    Frame.PAST_ANY: QuestionType.FACT,
}


def question_type(reading: QuestionReading) -> QuestionType:
    """The one row of the map that a turn stands in."""
    if not reading.is_substantive:
        return QuestionType.NO_QUESTION
    if reading.frame is Frame.PAST_SPECIFIC:
        return QuestionType.STORY if reading.openness.is_open else QuestionType.DETAIL
    return _BY_FRAME.get(reading.frame, QuestionType.NO_QUESTION)


_HINTS = {
    QuestionType.STORY: "An open question about one real time. That is the kind that brings stories.",
    QuestionType.DETAIL: "A closed question inside the story: it gets one detail, and the thread cools a little.",
    QuestionType.FACT: "A question of fact. Fine now and then; a story needs “tell me about the last time…”.",
    QuestionType.GENERAL: "In general: that brings the tidy version. Ask for one real time instead.",
    QuestionType.OPINION: "An opinion: fluent and cheap. Ask what they did, not what they think.",
    QuestionType.WHAT_IF: "A what-if: nobody knows what they would do. Ask what they did last time.",
    QuestionType.NO_QUESTION: "No question in that; the customer had nothing to tell.",
}


def hint(reading: QuestionReading) -> str:
    """One plain line on what kind of question it was, for live hints."""
    if "pitch" in reading.tell:
        return "That was a pitch. Once they know what you hope for, they will say it."
    if reading.leads:
        how = "It handed them the answer" if reading.leading == "strong" else "It put in something they had not said"
        return f"Leading. {how}; ask it empty."
    if not reading.asks and "reflect" in reading.function:
        return "You said it back. Good listening; now a question."
    if not reading.asks and "backchannel" in reading.function:
        return "You let them go on. Silence is a question, too."
    return _HINTS[question_type(reading)]


@dataclass(frozen=True)
class TurnView:
    """One exchange in the annotated transcript."""

    number: int
    asked: str
    answer: str
    type: QuestionType
    reading: QuestionReading
    why_answer: str
    false_signal: bool
    unsure: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Debrief:
    """All that a debrief shows."""

    interview: Interview
    persona: Persona
    card: Scorecard
    strengths: tuple[Finding, ...]
    points: tuple[Finding, ...]
    goal: str
    turns: tuple[TurnView, ...]
    stories: tuple[StoryView, ...]


@dataclass(frozen=True)
class StoryView:
    """A story with its moments: what was told and in which turn (from 1), and what stayed hidden."""

    title: str
    moments: tuple[tuple[str, int | None], ...]

    @property
    def told(self) -> int:
        return sum(turn is not None for _, turn in self.moments)


def build(
    interview: Interview,
    persona: Persona,
    card: Scorecard,
    found: Sequence[Finding],
    goal: str,
    unsure_below: float,
) -> Debrief:
    """The view of an ended interview."""
    brought = {f.id: f.turn for f in card.outcome.moments} if card.outcome else {}
    turns = tuple(
        TurnView(
            number=t.index + 1,
            asked=t.asked,
            answer=t.answer or "",
            type=question_type(t.reading),
            reading=t.reading,
            why_answer=t.decision.reason,
            false_signal=t.decision.false_signal,
            unsure=tuple(k for k in _GRADING if t.reading.confidence.get(k, 1.0) < unsure_below),
            findings=tuple(f for f in found if f.turn == t.index),
        )
        for t in interview.turns
    )
    stories = tuple(
        StoryView(s.title, tuple((m.brief, _number(brought.get(m.id))) for m in s.moments)) for s in persona.stories
    )
    return Debrief(
        interview=interview,
        persona=persona,
        card=card,
        strengths=tuple(f for f in found if f.strength),
        points=tuple(f for f in found if not f.strength),
        goal=goal,
        turns=turns,
        stories=stories,
    )


def _number(turn: int | None) -> int | None:
    return None if turn is None else turn + 1
