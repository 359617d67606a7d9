"""Texts with blanks, as data: `prompts/*.yaml`.

A text's version is the hash of its content. What a user typed is substituted, never read as a template.
"""

from __future__ import annotations

import hashlib
import string
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from coach.errors import PromptError

_PACKAGED = Path(__file__).with_name("_prompts")  # where the wheel puts them
_CHECKOUT = Path(__file__).parent.parent / "prompts"


class Template(BaseModel):
    """One text. `variables` declares its blanks, written `$name`; a test and the loader compare the two."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str
    variables: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _variables_are_declared(self) -> Self:
        template = string.Template(self.text)
        if not template.is_valid():
            raise ValueError("a stray `$`: write `$$` for the sign itself, `$name` for a blank")
        used = set(template.get_identifiers())
        if used != set(self.variables):
            raise ValueError(f"uses {sorted(used)}, declares {sorted(self.variables)}")
        return self

    def fill(self, **values: str) -> str:
        """The text with its blanks filled. Raises PromptError for a missing or an unknown one."""
        if set(values) != set(self.variables):
            raise PromptError(f"A text wants {sorted(self.variables)} and was given {sorted(values)}.")
        return string.Template(self.text).substitute(values).strip()


class PromptFile(BaseModel):
    """A file of texts by name, with what they are for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    purpose: str
    texts: dict[str, Template]
    version: str

    def __getitem__(self, name: str) -> Template:
        try:
            return self.texts[name]
        except KeyError:
            raise PromptError(f"There is no text {name!r} here.") from None

    def get(self, name: str) -> Template | None:
        return self.texts.get(name)


def folder() -> Path:
    """Where the texts are, in a checkout or in an installed wheel."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


@cache
def load(name: str) -> PromptFile:
    """The file `prompts/NAME.yaml`. Raises PromptError that names the file and the fault."""
    path = folder() / f"{name}.yaml"
    try:
        raw = path.read_bytes()
        data = yaml.safe_load(raw)
        return PromptFile.model_validate({**data, "version": hashlib.sha256(raw).hexdigest()[:12]})
    except OSError as e:
        raise PromptError(f"{path}: cannot be read ({e.strerror}).") from e
    except (yaml.YAMLError, TypeError) as e:
        raise PromptError(f"{path}: not valid YAML ({e}).") from e
    except ValidationError as e:
        first = e.errors()[0]
        raise PromptError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from e
