"""The form of a question, and what a line must hold to answer it."""

from __future__ import annotations

import pytest

from coach.domain.reading import Openness
from coach.domain.target import Form
from coach.forms import form_of, holds

OPTION, WH, INVITE = Openness.OPTION, Openness.FOCUS_WH, Openness.INVITE


@pytest.mark.parametrize(
    ("ask", "openness", "form"),
    [
        ("How old is the youngest of them?", WH, Form.COUNT),
        ("and what does that cost you", WH, Form.COUNT),
        ("Which day was it, then?", WH, Form.WHEN),
        ("so where do you leave the keys", WH, Form.WHERE),
        ("Who was on the phone when it rang?", WH, Form.WHO),
        ("But why did nobody say so?", Openness.OPEN_WH, Form.WHY),
        ("How did you get it off?", Openness.OPEN_WH, Form.HOW),
        ("Is it on paper or in the computer?", OPTION, Form.EITHER),
        ("Ok so do you have a car?", OPTION, Form.YES_OR_NO),
        ("Did you, or are you going to?", OPTION, Form.YES_OR_NO),
        ("Tell me more.", INVITE, Form.OTHER),
        ("When you got home, what did you do?", Openness.OPEN_WH, Form.OTHER),
        ("When the bill came, how did you feel?", Openness.OPEN_WH, Form.HOW),
        ("So when you saw that you were worried, right?", OPTION, Form.YES_OR_NO),
        ("Did you wait a week or two before you changed it?", OPTION, Form.YES_OR_NO),
        ("The man who rang, what did he say?", Openness.OPEN_WH, Form.OTHER),
        ("How long ago was that?", WH, Form.WHEN),
        ("What is his name?", WH, Form.WHO),
    ],
)
def test_the_first_question_word_gives_the_form(ask: str, openness: Openness, form: Form) -> None:
    """What an answer must hold is told by the question word, or by its lack."""
    assert form_of(ask, openness) is form


@pytest.mark.parametrize(
    ("form", "line", "good"),
    [
        (Form.COUNT, "Fourteen, and two on loan.", True),
        (Form.COUNT, "My wife, and the big ones.", False),
        (Form.WHO, "It was Teresa who rang.", True),
        (Form.WHO, "A quarter of an hour.", False),
        (Form.WHEN, "Since the spring.", True),
        (Form.WHEN, "With a pencil and a ruler.", False),
        (Form.WHERE, "Behind the boiler room.", True),
        (Form.WHY, "It is what it is.", True),
        (Form.WHO, "Nobody.", True),
        (Form.WHO, "It was on Tuesday.", False),
        (Form.WHEN, "On Fridays.", True),
        (Form.WHEN, "You may find it there.", False),
        (Form.COUNT, "Lots.", True),
        (Form.COUNT, "Only the one I had.", False),
    ],
)
def test_a_line_of_another_form_is_no_answer(form: Form, line: str, good: bool) -> None:
    """A count holds a number, a person somebody, a time a time; nothing is asked of a reason."""
    assert holds(form, line) is good
