"""The debrief of one interview."""

from __future__ import annotations

import gradio as gr

from coach.errors import CoachError
from coach.services import Services
from coach.ui.html import render
from coach.ui.pages.common import interview_id, message, shown_errors

# The page arrives after the address was followed: go to the turn that it names, then.
GO_TO_TURN = "() => { const t = window.location.hash && document.getElementById(window.location.hash.slice(1)); if (t) t.scrollIntoView(); }"


def build(services: Services, page: gr.Blocks) -> None:
    """Lays out the page within the Blocks that is open."""
    person = services.settings.person

    def show(request: gr.Request) -> str:
        with shown_errors():
            try:
                view = services.debrief(person, interview_id(request))
            except CoachError as e:
                return message("No debrief here", str(e))
            return render("debrief.html", d=view, met=services.met_before(person, view))

    body = gr.HTML(message("One moment", "Your debrief is being put together."), padding=False, elem_id="debrief")
    page.load(show, None, body, api_visibility="private", show_progress="minimal").then(None, None, None, js=GO_TO_TURN)
