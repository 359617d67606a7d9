"""What the reader is measured on: turns with what people said of them.

Two forms: JSON lines with two coders (`{"id", "interview", "prev", "text", "coder_a", "coder_b"}`), and the project's own
gold interviews (`evals/gold/`): plain text, two coders' lines beside it, and a ruling with its reason wherever they differed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coach.domain.reading import (
    CustomerReading,
    Fault,
    Frame,
    Function,
    Leading,
    LeadingKind,
    Move,
    Openness,
    QuestionReading,
    Speaker,
    Tell,
    Utterance,
)
from coach.errors import InputError
from coach.transcript import CONTEXT_TURNS

FLAGS = {"g": "generalisation", "c": "cue", "o": "off_topic"}


class Split(StrEnum):
    """Which interviews: `train` may fit thresholds, `dev` gates each change, `test` is looked at once a release."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True)
class Case:
    """An interviewer's turn, the labels that count (one adjudicated reading, or one of each coder), and the coders'."""

    id: str
    interview: str
    context: tuple[Utterance, ...]
    text: str
    gold: tuple[QuestionReading, ...]
    coders: tuple[QuestionReading, ...] = ()


@dataclass(frozen=True)
class CustomerCase:
    """A customer's turn and its flags."""

    id: str
    interview: str
    text: str
    gold: CustomerReading
    coders: tuple[CustomerReading, ...] = ()


def from_jsonl(path: Path) -> list[Case]:
    """The cases of a file of JSON lines. Raises InputError that names the line and what is wrong with it."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path} cannot be read as text ({e}).") from e
    cases = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            coders = tuple(_reading(row[name]) for name in ("coder_a", "coder_b") if name in row)
            if not coders:
                raise KeyError("coder_a")
            before = tuple(Utterance(**u) for u in row.get("context", ()))
            if row.get("prev"):
                before = (*before, Utterance(speaker=Speaker.CUSTOMER, text=row["prev"]))
            cases.append(
                Case(str(row["id"]), str(row.get("interview", row["id"])), before, row["text"], coders, coders)
            )
        except KeyError as e:
            raise InputError(f"{path}, line {number}: {e.args[0]!r} is missing; every line needs it.") from e
        except (ValueError, TypeError, AttributeError, ValidationError) as e:
            raise InputError(f"{path}, line {number}: not a coded turn ({e}).") from e
    if not cases:
        raise InputError(f"{path} holds no coded turn.")
    return cases


def _reading(labels: Mapping[str, Any]) -> QuestionReading:
    known = {k: labels[k] for k in QuestionReading.model_fields if k in labels and k not in ("confidence", "evidence")}
    return QuestionReading.model_validate(known)


# -- the project's own gold interviews ------------------------------------------------------------------------------------


def labels(line: str) -> QuestionReading:
    """The reading of one line of labels: `function | openness | frame | leading:kind | moves | uptake | faults | tell`,
    and whatever comes after. Raises ValueError for a label that the codebook does not have."""
    function, openness, frame, leading, moves, uptake, faults, tell, *_ = (f.strip() for f in line.split("|"))
    degree, _, kind = leading.partition(":")
    return QuestionReading(
        function=tuple(Function(x) for x in _set(function)),
        openness=Openness(openness),
        frame=Frame(frame),
        leading=Leading(degree),
        leading_kind=LeadingKind(kind or "none"),
        moves=tuple(Move(x) for x in _set(moves)),
        uptake=int(uptake),
        faults=tuple(Fault(x) for x in _set(faults)),
        tell=tuple(Tell(x) for x in _set(tell)),
    )


def flags(line: str) -> CustomerReading:
    """The flags of a customer's turn: of `g`, `c`, `o`, apart by commas or not; `-` for none."""
    held = {FLAGS[c] for c in line.split("|")[0] if c not in "-, "}
    return CustomerReading(**dict.fromkeys(held, True))


def _set(text: str) -> list[str]:
    return [] if text == "-" else [t.strip() for t in text.split(",")]


@dataclass(frozen=True)
class GoldInterview:
    """One interview of the gold set as it was written."""

    id: str
    about: str
    turns: tuple[Utterance, ...]

    def numbered(self) -> Iterator[tuple[str, int, Utterance]]:
        """Each turn with the id that coders gave it (`p01.3` the third question, `p01.c3` the third answer) and its place."""
        count = {Speaker.INTERVIEWER: 0, Speaker.CUSTOMER: 0}
        for place, turn in enumerate(self.turns):
            count[turn.speaker] += 1
            letter = "c" if turn.speaker is Speaker.CUSTOMER else ""
            yield f"{self.id}.{letter}{count[turn.speaker]}", place, turn


def gold_interviews(folder: Path) -> list[GoldInterview]:
    """Every interview under `interviews/` of the gold folder. Raises InputError."""
    out: list[GoldInterview] = []
    for path in sorted((folder / "interviews").glob("*.txt")):
        head, turns = "", list[Utterance]()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("## "):
                out += [_interview(head, turns)] if head else []
                head, turns = line[3:], []
            elif match := re.fullmatch(r"([CI]): (.+)", line):
                speaker = Speaker.CUSTOMER if match[1] == "C" else Speaker.INTERVIEWER
                turns.append(Utterance(speaker=speaker, text=match[2]))
            elif line.strip():
                raise InputError(f"{path.name}, line {number}: a line begins with “## ”, “C: ” or “I: ”.")
        out += [_interview(head, turns)] if head else []
    if not out:
        raise InputError(f"There are no gold interviews under {folder}; name the folder that holds `interviews/`.")
    return out


def _interview(head: str, turns: list[Utterance]) -> GoldInterview:
    id_, _, about = head.partition("|")
    return GoldInterview(id_.strip(), about.strip(), tuple(turns))


def coded(path: Path) -> dict[str, str]:
    """The lines `ID = labels` of one coder's file. Raises InputError for an id that stands twice."""
    out: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        id_, equals, rest = line.partition(" = ")
        if not equals or id_ in out:
            raise InputError(f"{path.name}, line {number}: one line `ID = labels` for each turn.")
        out[id_] = rest
    return out


def splits(folder: Path) -> dict[str, Split]:
    """Interview to split, from `splits.txt`: a line `dev: p01 p07 …` for each."""
    out: dict[str, Split] = {}
    for line in (folder / "splits.txt").read_text("utf-8").splitlines():
        name, _, ids = line.partition(":")
        out |= dict.fromkeys(ids.split(), Split(name.strip())) if ids else {}
    return out


def gold(folder: Path, split: Split | None = None) -> tuple[list[Case], list[CustomerCase]]:
    """The coded turns of the gold set, of one split or all: interviewers', then customers'. Raises InputError."""
    a, b, rulings = (coded(folder / name) for name in ("coder_a.txt", "coder_b.txt", "rulings.txt"))
    where = splits(folder)
    asked: list[Case] = []
    answered: list[CustomerCase] = []
    for interview in gold_interviews(folder):
        if split is not None and where.get(interview.id) is not split:
            continue
        for id_, place, turn in interview.numbered():
            try:
                lines = a[id_], b[id_], rulings.get(id_, a[id_])
                if turn.speaker is Speaker.CUSTOMER:
                    said = [flags(line) for line in lines]
                    answered.append(CustomerCase(id_, interview.id, turn.text, said[2], (said[0], said[1])))
                else:
                    read = [labels(line) for line in lines]
                    before = interview.turns[max(0, place - CONTEXT_TURNS) : place]
                    asked.append(Case(id_, interview.id, before, turn.text, (read[2],), (read[0], read[1])))
            except KeyError as e:
                raise InputError(f"{id_}: no label or coder's line {e.args[0]!r}; see evals/README.md.") from e
            except ValueError as e:
                raise InputError(f"{id_}: {e}.") from e
    return asked, answered
