"""Templates, escaped by default: what anybody typed is text, never markup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coach.domain.scorecard import Grade
from coach.reading.marks import REASONS
from coach.ui.avatar import draw
from coach.ui.chart import question_map

_FOLDER = Path(__file__).parent / "templates"
_GRADE_CLASS = {
    Grade.TOO_FEW: "few",
    Grade.KEEP_PRACTISING: "low",
    Grade.GETTING_THERE: "mid",
    Grade.STRONG: "high",
}
CSS = (_FOLDER / "style.css").read_text("utf-8")

_environment = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.filters["percent"] = lambda share: f"{round(100 * share)} %"
_environment.filters["day"] = lambda when: _day(when)
_environment.filters["label"] = lambda name: str(name).replace("_", " ")
_environment.filters["figure"] = lambda value: f"{value:g}"
_environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
_environment.globals["avatar"] = lambda avatar: Markup(draw(avatar))  # noqa: S704  # colours and words are validated
_environment.globals["question_map"] = lambda turns: Markup(question_map(turns))  # noqa: S704  # numbers only
_environment.globals["grade_class"] = lambda grade: _GRADE_CLASS[grade]
_environment.globals["reason"] = lambda label: REASONS.get(str(label), "")


def render(template: str, **values: object) -> str:
    """One template filled. A missing value is an error, not a blank."""
    return _environment.get_template(template).render(**values)


def _day(when: datetime) -> str:
    local = when.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M}"
