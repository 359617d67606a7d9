"""Coded interviews: plain text that people can write, review and correct.

    ## c01 | trade=wedding florist | voice=terse | register=typed | skill=mixed
    C[c]: We had the big wedding and the cold room failed.
    I: what did you do first
    = ask | open_wh | past_specific | none | deepen,timeline | 2 | - | -

`C[…]` carries the customer's flags (g generalisation, c cue, o off topic, - none). The line after an interviewer's turn
carries its labels: function | openness | frame | leading:kind | moves | uptake | faults | tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coach.domain.reading import QuestionReading, Speaker, Utterance
from coach.evaluation.cases import FLAGS, labels

_CUSTOMER = re.compile(r"C\[([gco-]+)\]: ?(.*)")


@dataclass(frozen=True)
class CodedTurn:
    """An utterance with what the coder said of it: a reading for the interviewer, flags for the customer."""

    utterance: Utterance
    reading: QuestionReading | None = None
    flags: frozenset[str] = frozenset()


@dataclass
class CodedInterview:
    id: str
    about: dict[str, str]
    turns: list[CodedTurn] = field(default_factory=list)


def load(folder: Path) -> list[CodedInterview]:
    """Every coded interview of the folder's `.txt` files, in order. ValueError names file, line and fault."""
    return [i for path in sorted(folder.glob("*.txt")) for i in parse(path)]


def parse(path: Path) -> Iterator[CodedInterview]:
    current: CodedInterview | None = None
    waiting: str | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            if not line.strip():
                continue
            if line.startswith("## "):
                if current:
                    yield current
                current = _head(line[3:])
            elif current is None:
                raise ValueError("text before the first `##` line")
            elif match := _CUSTOMER.fullmatch(line):
                flags = frozenset(FLAGS[f] for f in match[1] if f != "-")
                current.turns.append(CodedTurn(Utterance(speaker=Speaker.CUSTOMER, text=match[2]), flags=flags))
            elif line.startswith("I: "):
                waiting = line[3:]
            elif line.startswith("=") and waiting is not None:
                said = Utterance(speaker=Speaker.INTERVIEWER, text=waiting)
                current.turns.append(CodedTurn(said, reading=labels(line[1:])))
                waiting = None
            else:
                raise ValueError("neither `##`, `C[…]:`, `I:` nor the `=` line of an `I:`")
        except ValueError as e:
            raise ValueError(f"{path.name}:{number}: {e}") from e
    if current:
        yield current


def _head(line: str) -> CodedInterview:
    id_, *pairs = (part.strip() for part in line.split("|"))
    return CodedInterview(id_, dict(p.split("=", 1) for p in pairs if "=" in p))
