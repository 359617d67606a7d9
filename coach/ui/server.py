"""The server. It opens the door at once and asks for a moment's patience while Gradio and the models are loaded."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from coach.errors import SettingsError
from coach.services import Services
from coach.ui.security import Guard

HOST = "127.0.0.1"
WARM_UP_AFTER = 2.0
"""Seconds that the first page has to itself before findings are moved into the memory."""
_WAITING = HTMLResponse(
    (Path(__file__).parent / "templates" / "waiting.html").read_text("utf-8"), 503, {"Retry-After": "1"}
)


class Opening:
    """An app that answers with a waiting page until the real one is made, and with that ever after.

    `make` is called in a thread, then `ready`; when it fails, `failure` holds why and `give_up` is called. `ended` is called
    before the process may go.
    """

    def __init__(
        self,
        make: Callable[[], FastAPI],
        ready: Callable[[], None],
        give_up: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._make, self._ready, self._give_up, self._ended = make, ready, give_up, ended
        self._app: ASGIApp = Guard(_WAITING)
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        closing = asyncio.Event()
        inside = asyncio.create_task(self._run(closing))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        closing.set()
        await inside
        self._ended()
        await send({"type": "lifespan.shutdown.complete"})

    async def _run(self, closing: asyncio.Event) -> None:
        try:
            app = await asyncio.to_thread(self._make)
            if closing.is_set():
                return
            async with app.router.lifespan_context(app):
                self._app = app
                self._ready()
                await closing.wait()
        except Exception as e:
            self.failure = e
            self._give_up()


def serve(services: Services) -> None:
    """Serves the app on this machine until it is stopped. Raises SettingsError when the port is taken."""
    port = services.settings.port

    def give_up() -> None:
        server.should_exit = True

    later = threading.Timer(WARM_UP_AFTER, services.remember)
    later.daemon = True

    def ended() -> None:
        later.cancel()
        services.close()

    opening = Opening(lambda: _load(services), later.start, give_up, ended)
    server = uvicorn.Server(uvicorn.Config(opening, log_level="warning", timeout_graceful_shutdown=3, lifespan="on"))
    with _door(port) as door:
        print(f"Interview practice coach: http://{HOST}:{port}", flush=True)
        with suppress(KeyboardInterrupt):  # raised again once the server has shut down: Ctrl-C is how people stop it
            server.run([door])
    if opening.failure:
        raise opening.failure


def _load(services: Services) -> FastAPI:
    from coach.ui.app import build_app

    services.prepare()
    return build_app(services)


def _door(port: int) -> socket.socket:
    door = socket.socket()
    if os.name == "posix":  # elsewhere this would let a second app take the port unseen
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen()
    except OSError as e:
        door.close()
        raise SettingsError(
            f"Port {port} cannot be used ({e.strerror}). If the coach is open already, use that one; else set"
            " COACH_PORT to another number."
        ) from e
    return door
