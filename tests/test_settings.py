"""Settings: what the environment says, and what holds when it says nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coach import settings
from coach.errors import SettingsError
from coach.settings import Settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No COACH_ variable of the machine reaches a test."""
    for name in [n for n in os.environ if n.upper().startswith("COACH_")]:
        monkeypatch.delenv(name)


def test_everything_has_a_default() -> None:
    """With nothing set there is a data folder, a SQLite file in it, and no server."""
    found = settings.load()

    assert found.record_url == f"sqlite:///{found.data / 'record.db'}"
    assert found.memory_folder == found.data / "memory"
    assert (found.database_url, found.chroma_url, found.person, found.port) == (None, None, "you", 7860)


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("COACH_DATA", "/somewhere/else", "data", Path("/somewhere/else")),
        ("COACH_DATABASE_URL", "postgresql://db/coach", "record_url", "postgresql://db/coach"),
        ("COACH_CHROMA_URL", "http://chroma:8000", "chroma_url", "http://chroma:8000"),
        ("COACH_PERSON", "ann.b@example.org", "person", "ann.b@example.org"),
        ("COACH_PERSON", "Zoë Þórsdóttir", "person", "Zoë Þórsdóttir"),
        ("COACH_PORT", "8080", "port", 8080),
        ("coach_port", "8081", "port", 8081),
    ],
)
def test_the_environment_sets_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, field: str, value: object
) -> None:
    """Each variable sets the setting of its name."""
    monkeypatch.setenv(variable, text)

    assert getattr(settings.load(), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("COACH_PORT", "web"),
        ("COACH_PORT", "0"),
        ("COACH_PORT", "65536"),
        ("COACH_PERSON", ""),
        ("COACH_PERSON", "a" * 61),
        ("COACH_PERSON", "ann/../bob"),
        ("COACH_PERSON", "ann\n"),
        ("COACH_PERSON", "<b>ann</b>"),
    ],
)
def test_what_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    """A value that does not fit is one sentence that names its variable."""
    monkeypatch.setenv(variable, text)

    with pytest.raises(SettingsError, match=rf"^[^\n]*{variable}: [^\n]+\.$"):
        settings.load()


def test_every_variable_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrong values are told at once."""
    monkeypatch.setenv("COACH_PORT", "web")
    monkeypatch.setenv("COACH_PERSON", "")

    with pytest.raises(SettingsError, match=r"COACH_PERSON.*COACH_PORT"):
        settings.load()


def test_other_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is no setting of ours is no error."""
    monkeypatch.setenv("COACH_COLOUR", "red")

    assert settings.load() == Settings()


def test_a_setting_cannot_be_changed() -> None:
    """Settings are a value; nobody changes them under another's feet."""
    found = settings.load()

    with pytest.raises(ValueError, match="frozen"):
        found.port = 1  # type: ignore[misc]  # what the type checker forbids is tried here


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GRADIO_ANALYTICS_ENABLED", "False"),
        ("HF_HUB_OFFLINE", "1"),
        ("ANONYMIZED_TELEMETRY", "False"),
        ("LANGSMITH_TRACING", "false"),
    ],
)
def test_libraries_are_told_to_keep_quiet(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """Whatever the machine says, no library of ours phones home."""
    monkeypatch.setenv(variable, "on")
    settings.quieten_libraries()

    assert os.environ[variable] == value


def test_a_child_process_finds_this_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child's environment is this one's, and leads to the package that runs here."""
    monkeypatch.setenv("COACH_PERSON", "ann")
    found = settings.child_environment()

    assert found["COACH_PERSON"] == "ann"
    assert (Path(found["PYTHONPATH"]) / "coach" / "settings.py").samefile(settings.__file__)
