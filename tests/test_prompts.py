"""Texts with blanks: every blank is filled, and what somebody typed is never read as a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import prompts
from coach.errors import PromptError
from coach.prompts import Template

FILES = sorted(p.stem for p in prompts.folder().glob("*.yaml"))


@pytest.mark.parametrize("name", FILES)
def test_every_text_can_be_filled(name: str) -> None:
    """Each text of each file takes its declared blanks and leaves no mark of a blank behind."""
    filled = {key: t.fill(**dict.fromkeys(t.variables, "this")) for key, t in prompts.load(name).texts.items()}

    assert filled
    assert [key for key, text in filled.items() if not text or "$" in text] == []


@pytest.mark.parametrize(
    "typed", ["$cue", "${heard}", "$$", "$", "{heard}", "{{ heard }}", "%(heard)s", "\\1", "</text>"]
)
def test_typed_text_stays_as_it_is(typed: str) -> None:
    """What fills a blank is put in letter by letter."""
    template = Template(text="You heard “$heard”.", variables=("heard",))

    assert template.fill(heard=typed) == f"You heard “{typed}”."


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="missing"),
        pytest.param({"heard": "a", "cue": "b"}, id="unknown"),
        pytest.param({"herd": "a"}, id="misspelt"),
    ],
)
def test_a_blank_without_its_value_is_an_error(values: dict[str, str]) -> None:
    """A missing or unknown value is refused by the names that are wanted."""
    template = Template(text="You heard “$heard”.", variables=("heard",))

    with pytest.raises(PromptError, match="heard"):
        template.fill(**values)


def test_a_text_that_is_not_there_is_named() -> None:
    """Asking for an unknown text says which."""
    with pytest.raises(PromptError, match=r"'goal\.charm'"):
        prompts.load("coaching")["goal.charm"]


def test_a_text_that_may_be_missing_is_none() -> None:
    """A text that need not be there is asked for without an error."""
    assert prompts.load("coaching").get("goal.charm") is None


GOOD = "purpose: A test.\ntexts:\n  one:\n    text: You heard $heard.\n    variables: [heard]\n"


def test_the_version_is_of_the_content(tmp_path: Path) -> None:
    """Files of the same content have the same version, and a changed word gives another."""
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    (tmp_path / "c.yaml").write_text(GOOD.replace("heard $", "saw $"))
    a, b, c = (prompts.load(str(tmp_path / name)).version for name in "abc")

    assert a == b != c


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(GOOD.replace("[heard]", "[]"), r"texts\.one.*heard", id="undeclared blank"),
        pytest.param(GOOD.replace("[heard]", "[heard, cue]"), r"texts\.one.*cue", id="unused blank"),
        pytest.param(GOOD.replace("purpose", "porpoise"), "purpose", id="missing key"),
        pytest.param(GOOD + "extra: 1\n", "extra", id="unknown key"),
        pytest.param(GOOD + "version: mine\ntexts: [\n", "YAML", id="broken YAML"),
        pytest.param("- a list\n", "YAML", id="a list"),
        pytest.param("", "YAML", id="empty"),
        pytest.param(GOOD.replace("$heard", "$heard for $5"), r"texts\.one", id="a stray dollar"),
    ],
)
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, text: str, says: str) -> None:
    """A fault in a file of texts is told with the file and the place."""
    path = tmp_path / "texts.yaml"
    path.write_text(text)

    with pytest.raises(PromptError, match=rf"texts\.yaml: (?s:.*){says}"):
        prompts.load(str(path.with_suffix("")))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file of texts is told by its name."""
    with pytest.raises(PromptError, match=r"none\.yaml: cannot be read"):
        prompts.load(str(tmp_path / "none"))
