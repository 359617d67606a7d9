"""What the pages share: who is asking, and errors as people should see them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from coach.errors import CoachError
from coach.ui.html import render

log = logging.getLogger("coach")


def interview_id(request: gr.Request) -> str:
    """The interview that the page's address names; what it may show is checked below the interface."""
    value = dict(request.query_params).get("id", "")
    return value if isinstance(value, str) and len(value) <= 64 else ""


def message(title: str, text: str) -> str:
    return render("message.html", title=title, text=text)


@contextmanager
def shown_errors() -> Iterator[None]:
    """What goes wrong becomes one sentence on the page; a fault of ours is logged, and its text stays here."""
    try:
        yield
    except CoachError as e:
        raise gr.Error(str(e), print_exception=False, duration=8) from None
    except gr.Error:
        raise
    except Exception:
        log.exception("a page failed")
        raise gr.Error(
            "That did not work, and it is our fault. Your interview is saved; reload the page.", print_exception=False
        ) from None
