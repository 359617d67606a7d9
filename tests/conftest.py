"""What many tests share: the real personas, the real reader, services in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from coach import personas, settings
from coach.domain.persona import Persona
from coach.embeddings import Embedder
from coach.reading.reader import OfflineReader
from coach.services import Services
from coach.settings import Settings
from coach.threads import Linker

settings.quieten_libraries()
# Examples kept from before a change of the strategies replay into errors of their own.
hypothesis.settings.register_profile("coach", database=None)
hypothesis.settings.load_profile("coach")


class Clock:
    """A clock that goes on by a minute each time it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture(scope="session")
def people() -> dict[str, Persona]:
    """Every persona that comes with the product."""
    return personas.load_all(personas.packaged_folder())


@pytest.fixture(scope="session")
def talkative(people: dict[str, Persona]) -> Persona:
    return people["rosalind-achebe"]


@pytest.fixture(scope="session")
def guarded(people: dict[str, Persona]) -> Persona:
    return people["henrik-solberg"]


@pytest.fixture(scope="session")
def reader() -> OfflineReader:
    return OfflineReader()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="session")
def linker(embedder: Embedder) -> Linker:
    """One for all tests: it embeds a customer's lines once."""
    return Linker(embedder)


@pytest.fixture
def services(tmp_path: Path, reader: OfflineReader, embedder: Embedder, linker: Linker) -> Iterator[Services]:
    """Services on an empty data folder. The models are loaded once for all tests."""
    made = Services(Settings(data=tmp_path / "data"), now=Clock())
    made.__dict__.update(reader=reader, embedder=embedder, linker=linker)
    yield made
    made.close()
