"""The guided form for a new customer."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach import cli, personas
from coach.domain.persona import Persona
from coach.draft import Draft, slug
from coach.errors import CoachError

ANSWERS = {
    "Their name": "Ann Lee",
    "Trade and": "Keeps bees on a roof",
    "A consumer": "consumer",
    "Their age": "41",
    "How readily": "ordinary",
    "Their manner": "plain",
    "How do they talk": "Short sentences.",
    "The brief": "You are the product manager of a hive scale.",
    "Which outcome": "More keepers who weigh twice a month.",
    "What is there": "How hives are looked after.",
    "Complete": "opened a hive",
    "Minutes": "20",
    "The first story": "The swarm on the tram stop",
}
STORY = [
    "Tell me about the last swarm.; When did bees last leave?",
    "They went on the Tuesday, over the wall and onto the tram stop.",
    "they went to the tram stop",
    "Where did they go?",
    *["It was warm."] * 6,
    "I fetched them down with a soup bowl.",
    "a soup bowl",
    "How did you get them down?",
    "And the bowl has a history.",
    *[""] * 6,
    "",
]
SECOND = [
    "The second summer",
    "How did the next summer go?",
    "It rained until July.",
    "rain until July",
    "What was the weather like?",
    *[""] * 6,
    "Then the lime trees came out.",
    "the limes",
    "What came out?",
    *[""] * 7,
    "",
]
REST = [
    "",
    "Eleven hives.",
    "How many hives have you?",
    "the roof",
    "eleven",
    "",
    "I check them every week.",
    "general",
    "How often do you check?",
    "1",
    "",
    "Knowing of a swarm before it leaves",
    "1 2",
    "",
]


def answering(*more: str) -> Callable[[str], str]:
    """What an author types: by the question's first words, else the next of what they have ready."""
    ready: Iterator[str] = iter(more)

    def ask(question: str) -> str:
        for start, answer in ANSWERS.items():
            if question.startswith(start):
                return answer
        try:
            return next(ready)
        except StopIteration:
            raise EOFError from None

    return ask


def test_a_filled_form_is_a_customer() -> None:
    """What was asked for and the neutral lines make a persona that loads, its references resolved."""
    data = Draft("ann-lee", personas.starter_stock(), answering(*STORY, *SECOND, *REST)).fill()

    persona = Persona.model_validate(data)

    assert [m.via for m in persona.moments.values()] == ["next", "cue", "next", "next"]
    assert [s.title for s in persona.stories] == [ANSWERS["The first story"], "The second summer"]
    assert persona.stories[1].moments[0].says == "It rained until July."
    assert persona.claims[0].contradicted_by == (next(iter(persona.moments)),)
    assert len(persona.evidence[persona.opportunities[0].id]) == 2
    assert persona.facts[0].names == ("the roof",)


def test_ids_are_made_of_words_and_never_twice() -> None:
    """An id is short and plain whatever the text; a second one is numbered."""
    assert slug("Ça brûle: again & again, daily!") == "ca-brule-again-again"
    assert slug("!!!") == "part"
    assert slug("the bowl", ["the-bowl", "the-bowl-2"]) == "the-bowl-3"


def test_a_form_broken_off_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever stops in the middle finds what they said, and no half customer is loaded."""
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.setattr(builtins, "input", answering(*STORY[:4]))

    cli.new("ann-lee")

    part = tmp_path / "personas" / "ann-lee.yaml.part"
    assert str(part) in capsys.readouterr().out
    assert "over the wall and onto the tram stop" in part.read_text("utf-8")
    assert personas.load_all(tmp_path / "personas") == {}


def test_a_finished_form_is_found_beside_the_packaged_customers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file lies in the data folder, where upgrades do not reach it, and is loaded from there; no half one is left."""
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.setattr(builtins, "input", answering(*STORY, *REST))

    cli.new("ann-lee")

    assert "Ann Lee is in" in capsys.readouterr().out
    assert personas.load_all(personas.packaged_folder(), tmp_path / "personas")["ann-lee"].name == "Ann Lee"
    assert not (tmp_path / "personas" / "ann-lee.yaml.part").exists()


def test_a_form_that_makes_no_customer_is_kept_out_of_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is too long is named; the file waits aside to be mended, and the other customers still load."""
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    long = [s.replace("I fetched them", "I fetched " + "and fetched " * 90) for s in STORY]
    monkeypatch.setattr(builtins, "input", answering(*long, *REST))

    with pytest.raises(CoachError, match=r"900 characters(.|\n)*rename it to ann-lee.yaml"):
        cli.new("ann-lee")

    assert personas.load_all(tmp_path / "personas") == {}
    with pytest.raises(CoachError, match="holds an earlier start"):
        cli.new("ann-lee")
