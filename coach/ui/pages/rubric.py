"""The open rubric, from the constants that the scoring itself uses."""

from __future__ import annotations

import gradio as gr

from coach.domain.scorecard import RUBRIC_VERSION, Skill
from coach.scoring import measures as m
from coach.scoring.scorecard import ENOUGH_ASKS, GETTING_THERE_FROM, STRONG_FROM, WEIGHTS
from coach.ui.html import render


def _share(cuts: m.Cuts) -> tuple[str, str]:
    rising = cuts.best > cuts.worst
    weak, strong = f"{100 * cuts.weak:.0f} %", f"{100 * cuts.strong:.0f} %"
    return (f"under {weak}", f"{strong} or more") if rising else (f"over {weak}", f"{strong} or less")


def _count(cuts: m.Cuts) -> tuple[str, str]:
    rising = cuts.best > cuts.worst
    return (
        (f"under {cuts.weak:g}", f"{cuts.strong:g} or more")
        if rising
        else (f"over {cuts.weak:g}", f"{cuts.strong:g} or less")
    )


def rows() -> dict[Skill, list[tuple[str, str, str]]]:
    """For each skill its measures with their weak and strong cuts, in words."""
    leading = _share(m.LEADING)
    return {
        Skill.STORY: [
            ("You invite one real, bounded time", "never", f"within your first {m.EARLY_OPENER} questions"),
            ("Questions about one real time, after that", *_share(m.PAST_SPECIFIC)),
            ("General, opinion or what-if questions", *_share(m.UNSAFE)),
            ("Generalities brought back to a real time", *_share(m.REDIRECTED)),
        ],
        Skill.NEUTRAL: [
            ("Leading questions", f"{leading[0]}, or {m.MANY_STRONG} strong ones", f"{leading[1]}, none strong"),
            ("Turns in which you tell instead of ask", *_share(m.TELLING)),
            ("Faults of form (two questions at once, narrowed at once, long…)", *_share(m.FORM)),
        ],
        Skill.DEPTH: [
            ("Longest run of follow-ups on one thread", _count(m.CHAIN)[0], f"{_count(m.CHAIN)[1]}, mean 3"),
            ("Hints that you let pass", *_share(m.CUES_MISSED)),
            ("Sides of the scene that you know (when, where, who, trigger, goal, tools)", *_count(m.SCENE)),
            ("Events of one story, in order", _count(m.TIMELINE)[0], f"{_count(m.TIMELINE)[1]}, with both ends"),
        ],
        Skill.LISTENING: [
            ("Your share of the words", *_share(m.TALK)),
            ("Open questions", *_share(m.OPEN)),
            ("Your longest turn, in words", *_count(m.MONOLOGUE)),
            ("Said back or summed up, per story", "never", "once a story"),
        ],
    }


def html(page: bool) -> str:
    """The rubric as HTML; with its own heading when it is a page."""
    skills = [{"title": skill.heading, "rows": lines} for skill, lines in rows().items()]
    weights = ", ".join(f"{s.heading.lower()} {100 * w:.0f} %" for s, w in WEIGHTS.items())
    return render(
        "rubric.html",
        page=page,
        skills=skills,
        enough=ENOUGH_ASKS,
        strong=f"{STRONG_FROM:g}",
        getting=f"{GETTING_THERE_FROM:g}",
        weights=weights,
        version=RUBRIC_VERSION,
    )


def build() -> None:
    """Lays out the page within the Blocks that is open."""
    gr.HTML(html(page=True), padding=False)
