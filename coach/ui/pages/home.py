"""The first page: choose a customer, or go on with an earlier interview."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from coach.domain.persona import Difficulty
from coach.services import Services
from coach.ui.html import render
from coach.ui.pages.common import shown_errors

GO_TO_INTERVIEW = "(id) => { if (id) { window.location.assign('/interview?id=' + encodeURIComponent(id)); } }"

EVERYONE, ANY = "Everyone", "Any"
SEGMENTS = {EVERYONE: ("consumer", "business"), "Private people": ("consumer",), "At work": ("business",)}
DIFFICULTIES = {ANY: tuple(Difficulty), **{d.value.capitalize(): (d,) for d in Difficulty}}
NOBODY = '<div class="c"><p>Nobody here is like that. Choose more widely.</p></div>'


def build(services: Services, page: gr.Blocks) -> None:
    """Lays out the page within the Blocks that is open."""
    person = services.settings.person

    def start(persona_id: str, hints: bool) -> str:
        with shown_errors():
            return services.practice.start(person, persona_id, bool(hints)).id

    def past() -> str:
        with shown_errors():
            return render("past.html", rows=services.practice.list(person))

    gr.HTML(render("home.html"), padding=False)
    hints = gr.Checkbox(
        label="Live hints",
        info="After each turn, one line on what kind of question it was. The scorecard will say that they were on.",
        value=False,
    )
    started = gr.Textbox(visible=False)
    people = sorted(services.personas.values(), key=lambda p: list(Difficulty).index(p.difficulty))
    with gr.Row():
        segment = gr.Radio(list(SEGMENTS), value=EVERYONE, label="Who they are")
        difficulty = gr.Radio(list(DIFFICULTIES), value=ANY, label="How readily they tell")
    nobody = gr.HTML(NOBODY, visible=False, padding=False)
    cards = []
    with gr.Row():
        for persona in people:
            with gr.Column(min_width=300) as card:
                gr.HTML(render("person.html", persona=persona), padding=False)
                button = gr.Button(f"Interview {persona.name}", variant="primary", elem_id=f"start-{persona.id}")
                button.click(
                    partial(start, persona.id), hints, started, api_visibility="private", show_progress="minimal"
                ).then(None, started, None, js=GO_TO_INTERVIEW)
            cards.append(card)

    def chosen(who: str, how: str) -> list[Any]:
        fits = [
            p.segment in SEGMENTS.get(who, SEGMENTS[EVERYONE])
            and p.difficulty in DIFFICULTIES.get(how, tuple(Difficulty))
            for p in people
        ]
        return [gr.update(visible=not any(fits)), *(gr.update(visible=fit) for fit in fits)]

    gr.on(
        [segment.change, difficulty.change],
        chosen,
        [segment, difficulty],
        [nobody, *cards],
        api_visibility="private",
        show_progress="hidden",
    )
    earlier = gr.HTML(render("past.html", rows=[]), padding=False)
    page.load(past, None, earlier, api_visibility="private", show_progress="hidden")
