"""Free interviews, every reply judged: `python -m evals.conversations` prints the shares, and what is said today.

`conversations/CUSTOMER-ROUND.txt` holds interviews that were held without sight of the persona's file or the rules, and
judged without knowing how the replies were made: does a reply fit the turn, does it sound like somebody talking here?
Replayed, the same turns show how many of the replies that were judged bad are still given word for word: a first look,
for another line may be as bad, and later turns of these interviews answer replies that are no longer given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from coach import personas
from coach.domain.persona import Persona
from coach.embeddings import Embedder
from coach.reading.reader import OfflineReader, QuestionReader
from coach.rehearsal import Rehearsal
from coach.threads import Linker

FOLDER = Path(__file__).parent / "conversations"
_JUDGED = re.compile(r"= (fit|unfit) \| (natural|unnatural) \| (.*)")


class Reply(NamedTuple):
    """One exchange and its judgement."""

    asked: str
    said: str
    fit: bool
    natural: bool
    note: str


def load(path: Path) -> list[list[Reply]]:
    """The interviews of one file. ValueError names file, line and fault."""
    talks: list[list[Reply]] = []
    asked = said = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("## "):
            talks.append([])
        elif line.startswith("I: "):
            asked = line[3:]
        elif line.startswith("C: "):
            said = line[3:]
        elif (judged := _JUDGED.fullmatch(line)) and talks and said:
            talks[-1].append(Reply(asked, said, judged[1] == "fit", judged[2] == "natural", judged[3]))
            asked = said = ""
        elif line.strip():
            raise ValueError(f"{path.name}:{number}: neither `##`, `I:`, `C:` nor a judgement of an exchange")
    return talks


def replayed(
    talks: Sequence[Sequence[Reply]], persona: Persona, reader: QuestionReader, linker: Linker
) -> Iterator[tuple[Reply, str]]:
    """Each judged reply with what is said to the same turn, after the same turns, today."""
    for talk in talks:
        today = Rehearsal(reader, linker, persona)
        for reply in talk:
            yield reply, today.ask(reply.asked).answer or ""


def main() -> None:
    people = personas.load_all(personas.packaged_folder())
    reader, linker = OfflineReader(), Linker(Embedder(), FOLDER.parent / "out" / "cache")
    print(f"{'interviews':26}{'replies':>8}{'fit':>7}{'natural':>9}{'bad replies still given':>25}")
    for path in sorted(FOLDER.glob("*.txt")):
        talks = load(path)
        replies = [r for talk in talks for r in talk]
        persona = people[path.stem.rsplit("-", 1)[0]]
        bad = [(r, today) for r, today in replayed(talks, persona, reader, linker) if not r.fit]
        still = sum(r.said == today for r, today in bad)
        fit, natural = sum(r.fit for r in replies) / len(replies), sum(r.natural for r in replies) / len(replies)
        print(f"{path.stem:26}{len(replies):8}{fit:7.0%}{natural:9.0%}{still:14} of {len(bad)}")


if __name__ == "__main__":
    main()
