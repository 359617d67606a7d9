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
MAX_DEPTH = 30
"""Levels of a persona file; it needs seven."""
SCHEMA_NAME = "persona.schema.json"
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
        data = _read_yaml(raw.decode("utf-8"))
    except UnicodeDecodeError as e:
        raise PersonaError(f"{path}: not UTF-8 text (byte {e.start}); save it as UTF-8.") from e
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError, KeyError, AttributeError) as e:
        where = getattr(e, "problem_mark", None)
        line = f" line {where.line + 1}," if where else ""
        problem = getattr(e, "problem", None) or str(e) or type(e).__name__
        raise PersonaError(f"{path}:{line} not valid YAML ({problem}); mend that line.") from e
    if not isinstance(data, dict):
        raise PersonaError(f"{path}: a persona is a mapping of keys; see {SCHEMA_NAME} beside it.")
    persona = validated(data, path)
    if persona.id != path.stem:
        raise PersonaError(f"{path}: id: {persona.id!r} must be the file's name, {path.stem!r}; rename one of them.")
    return persona


def validated(data: dict[str, Any], path: Path) -> Persona:
    """The persona that a file's data makes. Raises PersonaError with one line per fault."""
    try:
        return Persona.model_validate(data)
    except ValidationError as e:
        raise PersonaError("\n".join(f"{path}: {_fault(err)}" for err in e.errors())) from e


def starter_stock() -> dict[str, list[str]]:
    """Neutral lines for every occasion, for a customer who is only being written."""
    stock: dict[str, list[str]] = _read_yaml((packaged_folder() / "starter" / "stock.yaml").read_text("utf-8"))
    return stock


def save(path: Path, data: dict[str, Any]) -> None:
    """Writes a persona's data as a file that people can go on with. Raises PersonaError where that cannot be."""
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# yaml-language-server: $schema={SCHEMA_NAME}\n{text}", "utf-8")
        path.with_name(SCHEMA_NAME).write_text(schema(), "utf-8")
    except OSError as e:
        raise PersonaError(f"{path}: cannot be written ({e.strerror}); check the folder.") from e


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


def _read_yaml(text: str) -> Any:
    """The values of a YAML text, by the safe constructor. Refuses what YAML quietly allows: a key that stands twice, and
    aliases (a small file that unfolds into a huge one)."""
    depth = 0
    for event in yaml.parse(text, Loader=_Safe):
        depth += isinstance(event, yaml.events.CollectionStartEvent) - isinstance(event, yaml.events.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, "nested too deep", _mark(event))
        if isinstance(event, yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed here", _mark(event))
    root = yaml.compose(text, Loader=_Safe)
    _refuse_double_keys(root)
    return yaml.load(text, Loader=_Safe)  # noqa: S506  # a safe loader, in C where there is one


def _mark(event: Any) -> Any:
    """Where an event stands; the C parser has marks of its own kind."""
    return event.start_mark


def _refuse_double_keys(node: Any) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_double_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {name!r} stands twice", key.start_mark)
            seen.add(name)
            _refuse_double_keys(value)


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
