"""What surrounds every area: ids in and out, headers on every answer, one line in the log.

Plain ASGI around the whole of FastAPI, so that its own last-resort answer passes through as well.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from uuid import uuid4

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from functions.http import limits, sizes
from functions.http.headers import EVERY_ANSWER, EXPOSED
from shared.platform import trace
from shared.platform.actor import Actor
from shared.platform.errors import AppError
from shared.platform.safety import listed
from shared.platform.settings import settings

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Render: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]

PREFLIGHT_LASTS = 600  # seconds
REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{1,128}")

log = logging.getLogger(__name__)


def surrounded(app: App, render: Render, *, limited: bool) -> App:
    """A preflight is answered before anything is asked of its caller."""
    guarded = _Guard(app, render, limited=limited)
    allowed = CORSMiddleware(
        guarded,  # pyright: ignore[reportArgumentType] - the same, in words of its own
        allow_origins=listed(settings().cors_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=PREFLIGHT_LASTS,
    )
    return _Edge(allowed)  # pyright: ignore[reportArgumentType]


class _Edge:
    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        given = {name: value.decode("latin-1") for name, value in scope["headers"]}
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = _request_id(given, state)
        ours = trace.accept(given.get(b"traceparent", ""), given.get(b"tracestate", ""))
        status = 500
        token = trace.current.set(ours)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_ours(message["headers"], state, ours)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            log.info("%s", _line(scope, status, ours, (time.perf_counter() - began) * 1000))
            trace.current.reset(token)


class _Guard:
    """Refuses what no route should see; what it raises is answered as the routes' errors are."""

    def __init__(self, app: App, render: Render, *, limited: bool) -> None:
        self._app = app
        self._render = render
        self._limited = limited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            sizes.require_bounded(scope)
            if self._limited:
                await limits.charge_caller(scope)
            receive = await sizes.bounded_body(scope, receive)
        except AppError as error:
            response = await self._render(Request(scope), error)
            await response(scope, receive, send)  # pyright: ignore[reportArgumentType]
        else:
            await self._app(scope, receive, send)


def _request_id(given: dict[bytes, str], state: dict[str, Any]) -> str:
    """The caller's own when it cannot do harm in a log, else the host's."""
    asked = given.get(b"x-request-id", "")
    return asked if REQUEST_ID.fullmatch(asked) else state.get("request_id") or str(uuid4())


def _with_ours(
    headers: list[tuple[bytes, bytes]], state: dict[str, Any], ours: trace.Trace
) -> list[tuple[bytes, bytes]]:
    """What the route has set itself stays."""
    every = {
        **EVERY_ANSWER,
        **limits.headers(state),
        "x-request-id": state["request_id"],
        "traceresponse": ours.parent,
    }
    theirs = {name for name, _ in headers}
    added = ((name.encode(), value.encode()) for name, value in every.items())
    return [*headers, *(header for header in added if header[0] not in theirs)]


def _line(scope: Scope, status: int, ours: trace.Trace, milliseconds: float) -> str:
    """The route, never the path or the query: what is in them may be somebody's."""
    actor: Actor | None = scope["state"].get("actor")
    words = {
        "ms": f"{milliseconds:.1f}",
        "request": scope["state"]["request_id"],
        "trace": ours.trace_id,
        "organization": str(actor.organization_id) if actor else "-",
        "user": str(actor.user_id) if actor and actor.user_id else "-",
    }
    route = getattr(scope.get("route"), "path", "-")
    told = " ".join(f"{name}={value}" for name, value in words.items())
    return f"{scope['method']} {route} {status} {told}"
