"""What the coach found in one turn: a fault or a strength, with the words it rests on."""

from __future__ import annotations

from coach.domain.persona import Frozen
from coach.domain.scorecard import Skill


class Finding(Frozen):
    """`kind` is a label of the codebook, or `cue_missed`, `cue_taken`, `chain`. `quote` is the turn; `heard` is the
    answer that it brought; `words` are the words of the turn that the finding rests on. `rewrite` is a better question
    that the reader has passed."""

    turn: int
    kind: str
    skill: Skill
    strength: bool = False
    times: int = 1
    quote: str
    words: str = ""
    heard: str = ""
    title: str
    rule: str
    cost: str = ""
    rewrite: str | None = None

    @property
    def document(self) -> str:
        """The text that the memory embeds."""
        return f"{self.title}: “{self.quote}” {self.rule}"
