"""Plain transcripts: who said what, and what came before a turn."""

from __future__ import annotations

import pytest

from coach.domain.reading import Speaker, Utterance
from coach.errors import InputError
from coach.transcript import CONTEXT_TURNS, MAX_CHARACTERS, context_before, pairs, parse

YOU, THEM = Speaker.INTERVIEWER, Speaker.CUSTOMER


def said(*turns: tuple[Speaker, str]) -> list[Utterance]:
    return [Utterance(speaker=speaker, text=text) for speaker, text in turns]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        pytest.param("Interviewer: Why?\nCustomer: Well.", [(YOU, "Why?"), (THEM, "Well.")], id="turn by turn"),
        pytest.param("INTERVIEWER: Why?\ncustomer : Well.", [(YOU, "Why?"), (THEM, "Well.")], id="any case"),
        pytest.param("  Interviewer:Why?\n\n\n Customer:\tWell.", [(YOU, "Why?"), (THEM, "Well.")], id="any space"),
        pytest.param("Interviewer: Why?\r\nCustomer: Well.\r\n", [(YOU, "Why?"), (THEM, "Well.")], id="Windows lines"),
        pytest.param("\ufeffInterviewer: Why?", [(YOU, "Why?")], id="byte order mark"),
        pytest.param("Interviewer: Why\n  did you go?", [(YOU, "Why did you go?")], id="a turn of two lines"),
        pytest.param("Interviewer:\nWhy?", [(YOU, "Why?")], id="name on a line of its own"),
        pytest.param("Interviewer: So.\nInterviewer: Why?", [(YOU, "So. Why?")], id="one speaker twice"),
        pytest.param(
            "Interviewer: Who?\nCustomer: She: me.", [(YOU, "Who?"), (THEM, "She: me.")], id="colon in a turn"
        ),
        pytest.param(
            "Interviewer: Why?\nBob: me.", [(YOU, "Why? Bob: me.")], id="another name goes on the turn before"
        ),
        pytest.param("Customer: Hi.\nInterviewer: Why?", [(THEM, "Hi."), (YOU, "Why?")], id="customer first"),
        pytest.param("Interviewer:\nCustomer: Well.", [(YOU, ""), (THEM, "Well.")], id="an empty turn"),
    ],
)
def test_turns_are_found(text: str, turns: list[tuple[Speaker, str]]) -> None:
    """Each line that names a speaker begins a turn; other lines go on the turn before."""
    assert parse(text) == said(*turns)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Interviewer:", id="empty"),
        pytest.param(" \n\n", "Interviewer:", id="blank"),
        pytest.param("Customer: Well.", "no “Interviewer:” line", id="no interviewer"),
        pytest.param("\nQ: Why?\nA: Well.", "line 2", id="other speakers"),
        pytest.param("What happened then?", "line 1", id="no speakers"),
        pytest.param("Interviewer: " + "a" * MAX_CHARACTERS, "1,000,000", id="too long"),
    ],
)
def test_a_text_without_speakers_is_refused(text: str, says: str) -> None:
    """One sentence names the file and says how it should look."""
    with pytest.raises(InputError, match=rf"^talk\.txt[^\n]*{says}[^\n]*\.$"):
        parse(text, "talk.txt")


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([(YOU, "Why?"), (THEM, "Well.")], [("Why?", "Well.")], id="asked and answered"),
        pytest.param([(YOU, "Why?")], [("Why?", "")], id="never answered"),
        pytest.param([(THEM, "Hi."), (YOU, "Why?"), (THEM, "Well.")], [("Why?", "Well.")], id="customer first"),
        pytest.param([(YOU, "So"), (YOU, "why?"), (THEM, "Well.")], [("So", ""), ("why?", "Well.")], id="asked twice"),
        pytest.param([], [], id="nothing said"),
    ],
)
def test_each_question_has_its_answer(turns: list[tuple[Speaker, str]], expected: list[tuple[str, str]]) -> None:
    """An answer goes with the question before it; what comes before the first question goes with none."""
    assert pairs(said(*turns)) == expected


SPOKEN = [("one?", "1."), ("two?", ""), ("three?", "3."), ("four?", "4.")]


@pytest.mark.parametrize(
    ("index", "before"),
    [
        (0, []),
        (1, [(YOU, "one?"), (THEM, "1.")]),
        (2, [(YOU, "one?"), (THEM, "1."), (YOU, "two?")]),
        (3, [(YOU, "two?"), (YOU, "three?"), (THEM, "3.")]),
        (4, [(THEM, "3."), (YOU, "four?"), (THEM, "4.")]),
    ],
)
def test_the_context_is_what_was_said_last(index: int, before: list[tuple[Speaker, str]]) -> None:
    """At most three utterances before the turn, oldest first, none of them empty."""
    found = context_before(SPOKEN, index)

    assert found == said(*before)
    assert len(found) <= CONTEXT_TURNS
