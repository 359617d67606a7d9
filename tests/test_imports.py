"""The architecture, kept: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COACH = ROOT / "coach"

# What each part may import of the project, beside itself. Everybody may use errors and words.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "words": set(),
    "settings": set(),
    "domain": set(),
    "forms": {"domain"},
    "prompts": set(),
    "embeddings": set(),
    "personas": {"domain"},
    "transcript": {"domain"},
    "disclosure": {"domain"},
    "scoring": {"domain"},
    "reports": {"domain"},
    "voice": {"domain", "disclosure"},
    "reading": {"domain", "embeddings"},
    "threads": {"domain", "disclosure", "embeddings", "forms"},
    "record": {"domain"},
    "memory": {"domain", "embeddings", "record", "settings"},
    "coaching": {"domain", "prompts", "reading", "scoring", "transcript"},
    "draft": {"domain"},
    "rehearsal": {"domain", "practice", "reading", "threads"},
    "authoring": {"disclosure", "domain", "embeddings", "forms", "reading", "rehearsal", "threads"},
    "practice": {"domain", "disclosure", "reading", "record", "threads", "transcript", "voice"},
    "evaluation": {"disclosure", "domain", "embeddings", "reading", "rehearsal", "scoring", "threads", "transcript"},
    "services": {
        "coaching", "domain", "embeddings", "memory", "personas", "practice", "reading", "record", "reports", "scoring",
        "settings", "threads", "transcript",
    },
    "ui": {"domain", "reading", "reports", "scoring", "services"},
    "cli": {"authoring", "disclosure", "domain", "draft", "evaluation", "personas", "reading", "reports", "services", "settings", "ui"},
    "__main__": {"cli"},
    "__init__": set(),
}  # fmt: skip
# Libraries that one part alone may import.
ALONE = {
    "sqlalchemy": {"record"},
    "alembic": {"record"},
    "chromadb": {"memory"},
    "gradio": {"ui"},
    "fastapi": {"ui"},
    "starlette": {"ui"},
    "uvicorn": {"ui"},
    "jinja2": {"ui"},
    "onnxruntime": {"embeddings"},
    "typer": {"cli"},
    "rich": {"cli"},
    "yaml": {"evaluation", "personas", "prompts"},
}
PURE = {"domain", "disclosure", "scoring", "reports", "words"}
IMPURE_MODULES = {"os", "pathlib", "io", "socket", "subprocess", "time", "random", "datetime", "threading", "urllib"}
FILES = sorted(COACH.rglob("*.py"))


def part(path: Path) -> str:
    """The first name below `coach/`."""
    return path.relative_to(COACH).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at any depth of it, with full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            found |= {f"{module}.{a.name}" for a in node.names} if module == "coach" else {module}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(COACH)))
def test_imports_point_one_way(path: Path) -> None:
    """A module imports only the parts to its right in the design's chain."""
    mine = part(path)
    used = {name.split(".")[1] for name in imported(path) if name.startswith("coach.")}

    assert used - {mine, "errors", "words"} <= ALLOWED[mine]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(COACH)))
def test_each_big_library_has_one_home(path: Path) -> None:
    """A library that has a home is imported nowhere else."""
    for name in imported(path):
        home = ALONE.get(name.split(".")[0])

        assert home is None or part(path) in home, f"{name} belongs to {home}"


@pytest.mark.parametrize("path", [p for p in FILES if part(p) in PURE], ids=lambda p: str(p.relative_to(COACH)))
def test_the_pure_parts_do_no_io(path: Path) -> None:
    """Domain, disclosure, scoring and reports import nothing that reads a clock, chance, a file or the network."""
    used = {name.split(".")[0] for name in imported(path)}

    # `datetime` as a type in a value is no clock.
    allowed = {"datetime"} if path.name == "interview.py" else set()
    assert not (used & IMPURE_MODULES) - allowed


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=lambda p: p.name)
def test_settings_alone_reads_the_environment(path: Path) -> None:
    """No other module names os.environ or os.getenv."""
    if path == COACH / "settings.py":
        return
    reads = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    ]

    assert not reads


def test_the_project_never_imports_its_tests_or_evals() -> None:
    """What ships stands alone."""
    for path in FILES:
        assert not {n for n in imported(path) if n.split(".")[0] in ("tests", "evals")}
