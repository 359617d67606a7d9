"""Does a question find what it means, in wordings that no author foresaw? `python -m evals.wordings` prints the misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from coach import personas
from coach.disclosure.state import State, fold
from coach.domain.interview import Decision, Release, ReleaseKind, Stance, Turn
from coach.domain.persona import Aspect, Persona
from coach.domain.reading import QuestionReading, Speaker, Utterance
from coach.domain.target import Target
from coach.embeddings import Embedder
from coach.reading.reader import OfflineReader
from coach.threads import Linker

FOLDER = Path(__file__).parent / "wordings"
Kind = Literal["story", "moment", "detail", "fact", "claim", "none"]


class Item(BaseModel):
    """A question and what it means, asked when `after` (ids of moments of one story) has been told. `also`: facts that
    answer it just as well."""

    model_config = ConfigDict(extra="forbid")
    ask: str
    kind: Kind
    id: str | None = None
    also: tuple[str, ...] = ()
    aspect: Aspect | None = None
    after: tuple[str, ...] = ()
    style: str


class Outcome(NamedTuple):
    """One item as it went."""

    persona: str
    item: Item
    hit: bool
    reading: QuestionReading
    target: Target


def load(path: Path) -> tuple[str, list[Item]]:
    """The persona's id and the items of one file."""
    data = yaml.safe_load(path.read_text("utf-8"))
    return data["persona"], [Item.model_validate(i) for i in data["items"]]


def told(persona: Persona, moments: tuple[str, ...]) -> tuple[State, list[Turn]]:
    """The interview in which just these moments were told, each letting its cues slip."""
    turns = []
    for index, id_ in enumerate(moments):
        slips = [m for m in persona.story_of[id_].moments if m.cued_by == id_]
        releases = (
            Release(kind=ReleaseKind.MOMENT, id=id_),
            *(Release(kind=ReleaseKind.CUE, id=m.id, donated=True) for m in slips),
        )
        decision = Decision(
            stance=Stance.TELLS, releases=releases, story=persona.story_of[id_].id, at=id_, reason="told"
        )
        answer = " ".join([persona.moments[id_].says, *(m.cue or "" for m in slips)])
        turns.append(
            Turn(index=index, asked="What happened?", reading=QuestionReading(), decision=decision, answer=answer)
        )
    return fold(persona, turns), turns


def run() -> Iterator[Outcome]:
    """Every item of every file, read and linked as in an interview."""
    people = personas.load_all(personas.packaged_folder())
    reader, linker = OfflineReader(), Linker(Embedder(), FOLDER.parent / "out" / "cache")
    for path in sorted(FOLDER.glob("*.yaml")):
        id_, items = load(path)
        persona = people[id_]
        for item in items:
            state, turns = told(persona, item.after)
            context = [Utterance(speaker=Speaker.CUSTOMER, text=turns[-1].answer or "")] if turns else []
            reading = reader.read(item.ask, context)
            target = linker.target(persona, state, reading, item.ask, turns)
            yield Outcome(id_, item, found(item, state, target), reading, target)


def found(item: Item, state: State, target: Target) -> bool:
    """Whether the target names what the item means."""
    if item.kind == "story":
        return target.story == item.id
    if item.kind == "moment":
        return item.id in (target.moment, target.cue)
    if item.kind == "detail":
        return (target.moment or state.at) == item.id and target.aspect == item.aspect
    if item.kind == "fact":
        return target.fact in (item.id, *item.also)
    if item.kind == "claim":
        return target.claim == item.id
    return target.fact is None and target.claim is None and target.cue is None


def main() -> None:
    outcomes = list(run())
    for o in outcomes:
        if not o.hit:
            got = o.target.model_dump(exclude_defaults=True, mode="json")
            print(f"{o.persona}: {o.item.ask!r}\n    means {o.item.kind} {o.item.id} {o.item.aspect or ''}; got {got}")
    for kind in ("story", "moment", "detail", "fact", "claim", "none"):
        of = [o for o in outcomes if o.item.kind == kind]
        print(f"{kind:8}{sum(o.hit for o in of):4} of {len(of)}")


if __name__ == "__main__":
    main()
