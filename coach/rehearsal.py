"""An interview in memory, as the product holds it: read, linked, decided, voiced."""

from __future__ import annotations

from collections.abc import Sequence

from coach.domain.interview import Turn
from coach.domain.persona import Persona
from coach.practice import answer_of, next_turn
from coach.reading.reader import QuestionReader
from coach.threads import Linker


class Rehearsal:
    """Asks a customer, and keeps the turns. `branch` goes on from where this one stands and leaves it as it is."""

    def __init__(self, reader: QuestionReader, linker: Linker, persona: Persona, turns: Sequence[Turn] = ()) -> None:
        self._reader, self._linker, self.persona, self.turns = reader, linker, persona, tuple(turns)

    def ask(self, text: str) -> Turn:
        """The answered turn that the question makes."""
        turn = next_turn(self._reader, self._linker, self.persona, self.turns, text)
        turn = turn.model_copy(update={"answer": answer_of(self.persona, (*self.turns, turn))})
        self.turns = (*self.turns, turn)
        return turn

    def branch(self) -> Rehearsal:
        return Rehearsal(self._reader, self._linker, self.persona, self.turns)
