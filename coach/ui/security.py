"""What stands between a browser and the app: who may talk to it, how much, and what the pages may load."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes of one request."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Gradio's own pages need inline and evaluated scripts; nothing may come from, or go to, another host."""
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


NOT_SERVED = ("/openapi.json", "/gradio_api/openapi.json")
"""Descriptions of the interface; nobody here needs them."""


class Guard:
    """Refuses other hosts (a page elsewhere that resolves to this machine), other origins and large bodies; adds the
    headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = 0
        started = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return {"type": "http.disconnect"} if seen > MAX_BODY else message

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Frame-Options"] = "DENY"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        async def unless_too_large(message: Message) -> None:
            if seen <= MAX_BODY or started:
                await with_headers(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        try:
            await self._app(scope, counted, unless_too_large)
        except Exception:
            if seen <= MAX_BODY:
                raise
        if seen > MAX_BODY and not started:
            await _too_large()(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if _name(headers.get("host", "")) not in LOCAL_HOSTS:
            return PlainTextResponse("This app answers on this machine only.", 400)
        if scope["path"].rstrip("/") in NOT_SERVED:
            return PlainTextResponse("Not found.", 404)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return PlainTextResponse("Another site may not use this app.", 403)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return _too_large()
        return None


def _too_large() -> PlainTextResponse:
    return PlainTextResponse("That is too large.", 413)


def _name(host: str) -> str:
    """The host without its port."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host
