"""Settings: the one place that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import SettingsError


class Settings(BaseSettings):
    """Every setting has a default that works with no key and no network. Names in the environment begin with COACH_."""

    model_config = SettingsConfigDict(env_prefix="COACH_", frozen=True, extra="ignore")

    data: Path = Field(
        default_factory=lambda: user_data_path("interview-coach"),
        description="The folder of the record, the memory and personas of one's own.",
    )
    database_url: str | None = Field(None, description="A SQLAlchemy URL; without one, a SQLite file in `data`.")
    chroma_url: str | None = Field(
        None, description="A Chroma server, as http://host:8000; without one, a folder in `data`."
    )
    person: str = Field("you", max_length=60, pattern=r"^[\w .@-]+$", description="Whose interviews these are.")
    port: int = Field(7860, ge=1, le=65535)

    @property
    def record_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'record.db'}"

    @property
    def memory_folder(self) -> Path:
        return self.data / "memory"

    @property
    def own_personas(self) -> Path:
        return self.data / "personas"


def load() -> Settings:
    """The settings of this process. Raises SettingsError that names the variable."""
    try:
        return Settings()
    except ValidationError as e:
        faults = "; ".join(f"COACH_{str(x['loc'][0]).upper()}: {x['msg']}" for x in e.errors() if x["loc"])
        raise SettingsError(f"The environment does not fit: {faults}. Correct or unset it.") from e


def quieten_libraries() -> None:
    """Nothing phones home: set before Gradio, Chroma or any hub client is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["LANGSMITH_TRACING"] = "false"


def child_environment() -> dict[str, str]:
    """The environment for a child process that must find this package, wherever it was started."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
