"""Help for authors: what is weak in a persona is named, and both ways through an interview are played."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.authoring import best_path, confusions, unreached, weaknesses, worst_path
from coach.disclosure.state import fold
from coach.domain.persona import Persona, Truth, Via
from coach.embeddings import Embedder
from coach.reading.reader import OfflineReader
from coach.threads import Linker


def test_the_packaged_customers_are_without_weakness(people: dict[str, Persona]) -> None:
    """What the check tells others to mend is mended in what comes with the product."""
    assert {id_: list(weaknesses(p)) for id_, p in people.items()} == {id_: [] for id_ in people}


def few_details(p: Persona) -> Persona:
    story = p.stories[0]
    bare = story.moments[0].model_copy(update={"details": {}})
    return p.model_copy(update={"stories": (story.model_copy(update={"moments": (bare, *story.moments[1:])}),)})


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (few_details, "has details for 0 of 8 sides"),
        (lambda p: p.model_copy(update={"facts": p.facts[:3]}), "There are 3 facts"),
        (
            lambda p: p.model_copy(
                update={"claims": tuple(c.model_copy(update={"truth": Truth.TRUE}) for c in p.claims)}
            ),
            "Every claim is true",
        ),
        (lambda p: p.model_copy(update={"facts": (*p.facts, p.facts[0])}), "stands at"),
    ],
)
def test_a_weakness_is_named(talkative: Persona, spoil: Callable[[Persona], Persona], named: str) -> None:
    """Each fault that an author may leave brings a sentence that says where it is."""
    spoilt = Persona.model_construct(**dict(spoil(talkative)))

    assert any(named in w for w in weaknesses(spoilt))


def test_questions_that_cannot_be_told_apart_are_named(talkative: Persona, embedder: Embedder) -> None:
    """Two facts that are asked for in the same words hide one another."""
    first, second = talkative.facts[:2]
    twin = talkative.model_copy(update={"facts": (first, second.model_copy(update={"asks": first.asks}))})

    assert any(first.id in c and second.id in c for c in confusions(twin, embedder))


@pytest.mark.slow
def test_a_moment_that_nobody_can_reach_is_named(talkative: Persona, reader: OfflineReader, linker: Linker) -> None:
    """Played through the reader and the linker, following up comes to all of a sound customer's moments; where a cue is
    never slipped, to all but its own. (The installed check plays every packaged customer.)"""
    story = next(s for s in talkative.stories if any(m.via is Via.CUE for m in s.moments))
    lost = next(m for m in story.moments if m.via is Via.CUE)
    moments = tuple(m.model_copy(update={"cued_by": None}) if m is lost else m for m in story.moments)
    stories = tuple(s.model_copy(update={"moments": moments}) if s is story else s for s in talkative.stories)
    mute = Persona.model_construct(**{**dict(talkative), "stories": stories})

    assert list(unreached(talkative, reader, linker)) == []
    assert any(repr(lost.id) in line for line in unreached(mute, reader, linker))


@pytest.mark.slow
def test_asking_well_brings_the_stories_and_asking_badly_none(
    talkative: Persona, guarded: Persona, reader: OfflineReader, linker: Linker
) -> None:
    """In the time of one interview the best path tells most of a customer's moments, the worst not one."""
    for persona in (talkative, guarded):
        well, badly = (fold(persona, path(persona, reader, linker)).moments for path in (best_path, worst_path))

        assert len(well) > 0.5 * len(persona.moments)
        assert badly == frozenset()
