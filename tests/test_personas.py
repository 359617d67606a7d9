"""Persona files: what loads, and how an error leads to its remedy."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from coach import personas
from coach.domain.persona import Persona
from coach.errors import PersonaError

ID = "henrik-solberg"


@pytest.fixture(scope="session")
def good() -> str:
    """The text of a persona file that loads."""
    return (personas.packaged_folder() / f"{ID}.yaml").read_text("utf-8")


def test_the_committed_schema_is_the_schema_of_the_code() -> None:
    """The schema beside the personas, by which editors check them, is the one that the code has."""
    committed = (personas.packaged_folder() / personas.SCHEMA_NAME).read_text("utf-8")

    assert committed == personas.schema()


@pytest.mark.parametrize("path", sorted(personas.packaged_folder().glob("*.yaml")), ids=lambda p: p.stem)
def test_every_file_names_its_schema_on_line_one(path: Path) -> None:
    """An editor that opens a persona finds the schema beside it."""
    first = path.read_text("utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema={personas.SCHEMA_NAME}"


def test_there_is_an_open_and_a_guarded_customer(people: dict[str, Persona]) -> None:
    """The product comes with customers of more than one difficulty, each under its own id."""
    assert {p.difficulty.value for p in people.values()} >= {"talkative", "guarded"}
    assert list(people) == [p.id for p in people.values()]


def _replace(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is not in the persona any more"
        return text.replace(old, new, 1)

    return change


def _sub(pattern: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        changed, times = re.subn(pattern, new, text, count=1, flags=re.M)
        assert times == 1, f"{pattern!r} is not in the persona any more"
        return changed

    return change


def _append(more: str) -> Callable[[str], str]:
    return lambda text: text + more


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(_append("nickname: Henke\n"), r"nickname: unknown key; remove it", id="unknown key"),
        pytest.param(
            _sub(r"^    truth: ", "    certain: true\n    truth: "), r"claims\.0\.certain: unknown key", id="a deep one"
        ),
        pytest.param(_sub(r"^age: .*\n", ""), r"age: missing; add it", id="missing key"),
        pytest.param(_sub(r"^    says: .*\n", ""), r"facts\.0\.says: missing; add it", id="a deep missing key"),
        pytest.param(
            _sub(r"^age: (.*)\n", r"age: \1\nage: 45\n"),
            r"line 7, not valid YAML \(key 'age' stands twice\)",
            id="twice",
        ),
        pytest.param(_append(BOMB), r"line \d+, not valid YAML \(aliases are not allowed here\)", id="alias bomb"),
        pytest.param(
            _sub(r"^id: .*", "id: henrik"), r"id: 'henrik' must be the file's name, 'henrik-sol", id="wrong id"
        ),
        pytest.param(_sub(r"^id: .*", "id: Henrik S"), r"id: .*pattern.*; found 'Henrik S'", id="an id that is none"),
        pytest.param(_sub(r"^age: .*", "age: 144"), r"age: .*99; found '144'", id="number out of range"),
        pytest.param(_sub(r"^age: .*", "age: old"), r"age: .*integer.*; found 'old'", id="text for a number"),
        pytest.param(_sub(r"^difficulty: .*", "difficulty: rude"), r"difficulty: .*'guarded'", id="unknown choice"),
        pytest.param(
            _sub(r"^ +cued_by: .*\n", ""), r"stories\.\d: moment '[\w-]+' comes by a cue: give", id="no cued_by"
        ),
        pytest.param(
            _sub(r"cued_by: .*", "cued_by: nowhere"),
            r"stories\.\d: .*`cued_by: nowhere` is no earlier",
            id="cued by none",
        ),
        pytest.param(
            _sub(r"shows: \[.*\]", "shows: [no-such-need]"), r"shows 'no-such-need', which is no opp", id="unknown need"
        ),
        pytest.param(
            _replace("opportunities:\n", "opportunities:\n  - id: need-alone\n    need: Nobody has it.\n"),
            r"opportunity 'need-alone' is shown by no moment",
            id="a need that nothing shows",
        ),
        pytest.param(
            _sub(r"^    contradicted_by: .*\n", ""), r"claims\.\d+: claim '[\w-]+': `truth: contr", id="no evidence"
        ),
        pytest.param(
            _sub(r"contradicted_by: .*", "contradicted_by: [no-such-moment]"),
            r"contradicted_by 'no-such-moment' is no moment here",
            id="evidence that is none",
        ),
        pytest.param(_replace("- id: fact-tenure", "- id: fact-role"), r"ids must be unique: fact-role", id="id twice"),
        pytest.param(_sub(r"^name: .*", "name: [Henrik"), r"line \d+, not valid YAML", id="broken YAML"),
        pytest.param(_sub(r"^name: .*", "name: !!python/name:os.system"), r"line 3, not valid YAML", id="code"),
        pytest.param(_sub(r"^age: .*", "age: 2024-02-30"), r"not valid YAML", id="a day that never was"),
        pytest.param(_sub(r"^age: .*", "age: !!int old"), r"not valid YAML", id="a number that is none"),
        pytest.param(_sub(r"^age: .*", "age: " + "4" * 5000), r"age|not valid YAML", id="a number too long"),
        pytest.param(_append("? [a, b]\n: c\n"), r"not valid YAML", id="a key of a list"),
        pytest.param(_append("? {a: b}\n: c\n"), r"not valid YAML", id="a key of a mapping"),
        pytest.param(_append("---\nid: another\n"), r"line \d+, not valid YAML", id="two documents"),
        pytest.param(_sub(r"^age: .*", "age: !!bool old"), r"not valid YAML", id="a truth that is none"),
        pytest.param(_sub(r"^age: .*", "age: !!timestamp old"), r"not valid YAML", id="a time that is none"),
        pytest.param(_append("deep: " + "[" * 500 + "]" * 500), r"deep: unknown key|not valid YAML", id="nested deep"),
        pytest.param(lambda _: "name: \x07", r"not valid YAML", id="a bell"),
        pytest.param(lambda _: "- a\n- b\n", r"a persona is a mapping of keys; see persona\.schema\.json", id="a list"),
        pytest.param(lambda _: "", r"a persona is a mapping of keys", id="empty"),
        pytest.param(lambda _: "# " + "a" * personas.MAX_BYTES, r"400,00\d bytes; .* Shorten it", id="too large"),
    ],
)
def test_an_error_leads_to_its_remedy(tmp_path: Path, good: str, change: Callable[[str], str], says: str) -> None:
    """Each fault is told with the file, the place in it, and what to do."""
    path = tmp_path / f"{ID}.yaml"
    path.write_text(change(good), "utf-8")

    with pytest.raises(PersonaError, match=rf"(?m)^{re.escape(str(path))}: ?.*(?:{says})"):
        personas.load(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- " * 150_000 + "a", id="lists"),
        pytest.param("[" * 150_000 + "]" * 150_000, id="brackets"),
        pytest.param("{a: " * 90_000 + "}" * 20_000, id="braces"),
    ],
)
def test_depth_brings_nobody_down(tmp_path: Path, text: str) -> None:
    """A file that is nested as deep as its size allows is told like any other, by a process that lives and is quick."""
    path = tmp_path / f"{ID}.yaml"
    path.write_text(text)
    checked = [sys.executable, "-m", "coach", "personas", "check", str(path)]
    done = subprocess.run(checked, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{path}: ")
    assert "not valid YAML" in done.stderr


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path, good: str) -> None:
    """A file in another encoding is told with the byte, and to be saved as UTF-8."""
    path = tmp_path / f"{ID}.yaml"
    path.write_bytes(b"name: Zo\xeb\n")

    with pytest.raises(PersonaError, match=rf"^{re.escape(str(path))}: not UTF-8 text \(byte 8\); save it as UTF-8"):
        personas.load(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is told by its name."""
    with pytest.raises(PersonaError, match=r"nobody\.yaml: cannot be read .*; check the name"):
        personas.load(tmp_path / "nobody.yaml")


def test_every_fault_of_a_file_is_told(tmp_path: Path, good: str) -> None:
    """Three faults are three lines, so that all are mended at once."""
    path = tmp_path / f"{ID}.yaml"
    text = _sub(r"^age: .*\n", "")(_append("nickname: Henke\n")(_sub(r"^segment: .*", "segment: zoo")(good)))
    path.write_text(text, "utf-8")

    with pytest.raises(PersonaError) as raised:
        personas.load(path)
    assert [line.split(": ")[1] for line in str(raised.value).splitlines()] == ["segment", "age", "nickname"]


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    """A tag that would call a function is refused, and nothing is called."""
    path = tmp_path / f"{ID}.yaml"
    path.write_text(f'name: !!python/object/apply:os.mkdir ["{tmp_path / "made"}"]\n')

    with pytest.raises(PersonaError, match="not valid YAML"):
        personas.load(path)
    assert not (tmp_path / "made").exists()


def test_ones_own_persona_wins(tmp_path: Path, good: str, people: dict[str, Persona]) -> None:
    """A file of one's own replaces the packaged customer of the same id and leaves the others."""
    data = yaml.safe_load(good)
    (tmp_path / f"{ID}.yaml").write_text(yaml.safe_dump({**data, "name": "Henrik the Second"}, allow_unicode=True))
    found = personas.load_all(personas.packaged_folder(), tmp_path, tmp_path / "not-there")

    assert found[ID].name == "Henrik the Second"
    assert {k: v for k, v in found.items() if k != ID} == {k: v for k, v in people.items() if k != ID}


def test_the_summary_counts(guarded: Persona) -> None:
    """The author is told how many stories, moments, facts, claims and opportunities there are."""
    words = personas.summary(guarded)

    assert words.startswith(
        f"{len(guarded.stories)} stories, {len(guarded.moments)} moments, {len(guarded.facts)} facts"
    )
