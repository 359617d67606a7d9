"""The web app: four pages in one Gradio app, mounted where only this machine can reach it."""

from __future__ import annotations

import warnings

import gradio as gr
from fastapi import FastAPI
from gradio.components import Navbar
from starlette.middleware.cors import CORSMiddleware

from coach.services import Services
from coach.ui.html import CSS
from coach.ui.pages import debrief, home, interview, rubric
from coach.ui.security import Guard

TITLE = "Interview practice coach"
_THREADS = 64


def theme() -> gr.themes.Base:
    """Local fonts, and colours of enough contrast (WCAG AA) in light and dark."""
    soft = gr.themes.Soft(
        primary_hue="sky",
        neutral_hue="stone",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
    return soft.set(
        button_primary_background_fill="#1f5f8b",
        button_primary_background_fill_hover="#184a6d",
        button_primary_background_fill_dark="#2d76a8",
        button_primary_background_fill_hover_dark="#3a86ba",
        button_primary_text_color="#ffffff",
        button_cancel_background_fill="#8f2a20",
        button_cancel_background_fill_hover="#742018",
        button_cancel_background_fill_dark="#8f2a20",
        button_cancel_text_color="#ffffff",
        block_title_text_color="#184a6d",
        block_title_text_color_dark="#ffffff",
        block_title_background_fill="#e3f0f8",
        block_title_background_fill_dark="#1f4a68",
        block_label_text_color="#184a6d",
        block_label_text_color_dark="#ffffff",
        block_label_background_fill="#e3f0f8",
        block_label_background_fill_dark="#1f4a68",
        block_info_text_color="#565d6b",
        block_info_text_color_dark="#b5bcc9",
        checkbox_label_background_fill_selected="#1f5f8b",
        checkbox_label_background_fill_selected_dark="#2d76a8",
        checkbox_label_text_color_selected="#ffffff",
        checkbox_label_text_color_selected_dark="#ffffff",
        checkbox_border_color="#565d6b",
        checkbox_border_color_dark="#b5bcc9",
        input_placeholder_color="#565d6b",
        input_placeholder_color_dark="#b5bcc9",
    )


def build_blocks(services: Services) -> gr.Blocks:
    """The pages. State lives in the record alone; a page is filled from it whenever it is loaded."""
    with gr.Blocks(title=TITLE, analytics_enabled=False) as demo:
        Navbar(visible=True, main_page_name="Customers")
        home.build(services, demo)
    with demo.route("Interview", "interview", show_in_navbar=False) as page:
        Navbar(visible=True, main_page_name="Customers")
        interview.build(services, page)
    with demo.route("Debrief", "debrief", show_in_navbar=False) as page:
        Navbar(visible=True, main_page_name="Customers")
        debrief.build(services, page)
    with demo.route("What is scored", "rubric"):
        Navbar(visible=True, main_page_name="Customers")
        rubric.build()
    demo.max_threads = _THREADS
    blocks: gr.Blocks = demo
    blocks.queue(default_concurrency_limit=None, max_size=200)
    return blocks


def build_app(services: Services) -> FastAPI:
    """The app to serve. It trusts nothing that a browser sends and loads nothing from elsewhere."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    demo = build_blocks(services)
    with warnings.catch_warnings():
        # Gradio warns that it leaves out server-side rendering for several pages, though we ask for none.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            demo,
            path="/",
            run_history=False,
            footer_links=[],
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            max_file_size="1mb",
            theme=theme(),
            css=CSS,
        )
    # Without this a mounted app hands out any file that a chat message names: the check of paths hangs on it.
    demo.has_launched = True
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)
    return app
