"""Personas from YAML files.

An error names the file, the path within it and the remedy. YAML is read with the safe loader and a size limit; nothing
in it is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from coach.domain.persona import Persona
from coach.errors import PersonaError

MAX_BYTES = 400_000
SCHEMA_NAME = "persona.schema.json"
_PACKAGED = Path(__file__).with_name("_personas")  # where the wheel puts them
_CHECKOUT = Path(__file__).parent.parent / "personas"


def packaged_folder() -> Path:
    """The personas that come with the product, in a checkout or in an installed wheel."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def schema() -> str:
    """The JSON schema of a persona file, as text that ends with a line feed."""
    return json.dumps(Persona.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


def load(path: Path) -> Persona:
    """The persona in one YAML file. Raises PersonaError with one line per fault."""
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise PersonaError(f"{path}: cannot be read ({e.strerror}); check the name and the permissions.") from e
    if len(raw) > MAX_BYTES:
        raise PersonaError(f"{path}: {len(raw):,} bytes; a persona has at most {MAX_BYTES:,}. Shorten it.")
    try:
        data = yaml.load(raw.decode("utf-8"), Loader=_Loader)  # noqa: S506  # _Loader is yaml.SafeLoader, made stricter
    except UnicodeDecodeError as e:
        raise PersonaError(f"{path}: not UTF-8 text (byte {e.start}); save it as UTF-8.") from e
    except (yaml.YAMLError, RecursionError) as e:
        where = getattr(e, "problem_mark", None)
        line = f" line {where.line + 1}," if where else ""
        problem = getattr(e, "problem", None) or str(e) or type(e).__name__
        raise PersonaError(f"{path}:{line} not valid YAML ({problem}); mend that line.") from e
    if not isinstance(data, dict):
        raise PersonaError(f"{path}: a persona is a mapping of keys; see {SCHEMA_NAME} beside it.")
    try:
        persona = Persona.model_validate(data)
    except ValidationError as e:
        faults = "\n".join(f"{path}: {_fault(err)}" for err in e.errors())
        raise PersonaError(faults) from e
    if persona.id != path.stem:
        raise PersonaError(f"{path}: id: {persona.id!r} must be the file's name, {path.stem!r}; rename one of them.")
    return persona


def load_all(*folders: Path) -> dict[str, Persona]:
    """Every persona of the folders by id, in the order of the file names; a later folder's wins over an earlier's."""
    found: dict[str, Persona] = {}
    for path in _files(folders):
        persona = load(path)
        found[persona.id] = persona
    return found


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(folder.glob("*.yaml"))


class _Loader(yaml.SafeLoader):
    """Refuses what YAML quietly allows: a key that stands twice, and aliases (a small file that unfolds into a huge one)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave this one out
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed here", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if key.value in keys:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def _fault(err: Any) -> str:
    path = ".".join(str(p) for p in err["loc"]) or "(whole file)"
    kind, message = err["type"], str(err["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        message = "unknown key; remove it or correct its spelling"
    elif kind == "missing":
        message = "missing; add it"
    elif kind == "value_error":
        pass
    else:
        message = f"{message}; found {str(err['input'])[:60]!r}"
    return f"{path}: {message}."


def summary(persona: Persona) -> str:
    """What a persona holds, in figures, for the person who writes it."""
    moments = len(persona.moments)
    against = sum(bool(c.contradicted_by) for c in persona.claims)
    return (
        f"{len(persona.stories)} stories, {moments} moments, {len(persona.facts)} facts, {len(persona.claims)} claims"
        f" ({against} contradicted), {len(persona.opportunities)} opportunities"
    )
