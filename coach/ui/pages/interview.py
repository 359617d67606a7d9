"""The interview: the chat, the brief, the clock."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from coach.domain.interview import MAX_QUESTION, Interview, Stance
from coach.errors import CoachError
from coach.reports.debrief import hint
from coach.services import Services
from coach.ui.html import render
from coach.ui.pages import rubric
from coach.ui.pages.common import interview_id, message, shown_errors

NUDGE = "Mm-hm."
GO_TO_DEBRIEF = "(id) => { if (id) { window.location.assign('/debrief?id=' + encodeURIComponent(id)); } }"
Message = dict[str, Any]


def messages(interview: Interview) -> list[Message]:
    """The talk as the chat shows it, from the record alone. The chat takes text for HTML, so it is escaped here."""
    out: list[Message] = []
    for turn in interview.turns:
        out.append({"role": "user", "content": escape(turn.asked or "(silence)", quote=False)})
        if turn.answer is not None:
            out.append({"role": "assistant", "content": escape(turn.answer, quote=False)})
    return out


def clock(services: Services, interview: Interview) -> str:
    """The time left, the hint of the last turn where hints are on, and what to do when it is over."""
    persona = services.practice.persona(interview)
    seconds = services.practice.state(interview).seconds_left(persona)
    last = interview.turns[-1] if interview.turns else None
    over = seconds <= 0 or (last is not None and last.decision.stance is Stance.TIME_UP)
    minutes = round(seconds / 60)
    left = "No time left" if over else "Under a minute left" if seconds < 60 else f"{minutes} min left"
    return render(
        "clock.html",
        id=interview.id,
        turns=len(interview.turns),
        left=left,
        percent=round(100 * seconds / (persona.brief.minutes * 60)),
        hint=hint(last.reading) if interview.hints and last else "",
        over=over,
        ended=interview.ended is not None,
    )


def build(services: Services, page: gr.Blocks) -> None:
    """Lays out the page within the Blocks that is open."""
    person = services.settings.person

    def show(request: gr.Request) -> tuple[Any, ...]:
        try:
            interview, persona = services.practice.open(person, interview_id(request))
        except CoachError as e:
            gone = message("No interview here", str(e))
            return "", [], gone, "", gr.Accordion(visible=False), gr.Column(visible=False), gr.Column(visible=False)
        with shown_errors():
            if interview.ended is None:
                services.expect(persona)  # while they read the brief
            return (
                interview.id,
                messages(interview),
                clock(services, interview),
                render("brief.html", persona=persona),
                gr.Accordion(open=not interview.turns),
                gr.Column(visible=interview.ended is None),
                gr.Column(visible=True),
            )

    def ask(id_: str, text: str) -> tuple[Any, ...]:
        with shown_errors():
            if not id_:
                raise gr.Error("This page has lost its interview; reload it.", print_exception=False)
            interview = services.practice.ask(person, id_, text)
            return "", messages(interview), clock(services, interview)

    def nudge(id_: str) -> tuple[Any, ...]:
        return ask(id_, NUDGE)[1:]

    def end(id_: str) -> str:
        with shown_errors():
            services.practice.end(person, id_)
            services.debrief(person, id_)
            return id_

    # In the page, not in the server's session: a server that was restarted can go on with a page that stayed open. Whose
    # interview it names is checked below the interface, at every call.
    current = gr.Textbox(visible=False)
    finished = gr.Textbox(visible=False)
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            status = gr.HTML("", padding=False, elem_id="status")
            with gr.Column() as talk:
                chat = gr.Chatbot(
                    label="Interview",
                    show_label=False,
                    elem_id="chat",
                    height="min(56vh, 560px)",
                    buttons=[],
                    render_markdown=False,
                    sanitize_html=True,
                    allow_tags=False,
                    group_consecutive_messages=False,
                    placeholder="Say hello, or begin with your first question.",
                    feedback_options=None,
                )
            with gr.Column() as asking:
                question = gr.Textbox(
                    label="Your question",
                    placeholder="Ask, then press Enter",
                    max_length=MAX_QUESTION,
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    elem_id="question",
                )
                with gr.Row():
                    send = gr.Button("Ask", variant="primary", elem_id="ask")
                    quiet = gr.Button("Mm-hm (let them go on)", elem_id="nudge")
                    stop = gr.Button("End and see the debrief", variant="stop", elem_id="end")
        with gr.Column(scale=2, min_width=280, elem_id="side"):
            with gr.Accordion("Your brief", open=True) as folded:
                brief = gr.HTML("", padding=False)
            with gr.Accordion("What is scored", open=False):
                gr.HTML(rubric.html(page=False), padding=False)

    quick: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    page.load(show, None, [current, chat, status, brief, folded, asking, talk], **quick)
    for event in (send.click, question.submit):
        event(ask, [current, question], [question, chat, status], concurrency_limit=None, **quick)
    quiet.click(nudge, current, [chat, status], concurrency_limit=None, **quick)
    stop.click(end, current, finished, api_visibility="private", show_progress="minimal").then(
        None, finished, None, js=GO_TO_DEBRIEF
    )
