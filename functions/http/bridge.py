"""One HTTP function for each area, and the way from its request to ASGI and back.

The area's FastAPI router is imported at the area's first request, so the host
indexes us without FastAPI. Areas have no lifespan: what they need opens itself.
"""

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import azure.functions as func
from azure.durable_functions import Blueprint

from functions.http.caller import address
from functions.http.headers import EVERY_ANSWER
from shared.platform.redaction import redact
from shared.platform.settings import settings

Json: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[[Json, Any, Any], Awaitable[None]]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
PROBLEM = {
    "title": "Internal Server Error",
    "status": 500,
    "code": "internal_error",
    "detail": "Something went wrong on our side. Tell us the request_id.",
}
NO_HOST = {
    "title": "Bad Request",
    "status": 400,
    "code": "bad_request",
    "detail": "The Host header is not a host, with or without a port",
}


def area(bp: Blueprint, name: str, route: str, *, function: str | None = None) -> None:
    """Add the function ``<name>_api`` on its route; ``things/{*path}`` matches ``things`` too."""
    loaded: list[App] = []

    @bp.function_name(function or f"{name}_api")
    @bp.route(route, methods=METHODS, auth_level=func.AuthLevel.ANONYMOUS)
    @bp.durable_client_input(client_name="client")
    async def handle(
        req: func.HttpRequest, context: func.Context, client: Any
    ) -> func.HttpResponse:
        if not loaded:
            from functions.http.api import create_area

            loaded.append(create_area(name))
        state = {"request_id": context.invocation_id, "durable": client}
        return await answer(loaded[0], req, state)


async def answer(app: App, req: func.HttpRequest, state: dict[str, Any]) -> func.HttpResponse:
    """Run one request through the app; an error it lets escape is a problem document too."""
    start: Json = {}
    chunks: list[bytes] = []
    unread = [{"type": "http.request", "body": req.get_body(), "more_body": False}]

    async def receive() -> Json:
        return unread.pop() if unread else await asyncio.Future()  # nobody hangs up on us

    async def send(message: Json) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    try:
        scope = _scope(req, state)
    except ValueError:  # the URL is made of what the caller sent as Host
        return _problem(NO_HOST, state)
    try:
        await app(scope, receive, send)
    except Exception:  # noqa: BLE001 - the area answers for its bugs
        told = redact(traceback.format_exc())  # an error may quote what it choked on
        logging.getLogger(__name__).error(  # noqa: TRY400 - the traceback is in it, redacted
            "unhandled error in an area\n%s", told
        )
        if start.get("status") != PROBLEM["status"]:
            start.clear()  # half an answer; otherwise Starlette has said it before it let go
    if not start:
        return _problem(PROBLEM, state)
    return _response(start, b"" if req.method == "HEAD" else b"".join(chunks))


def _scope(req: func.HttpRequest, state: dict[str, Any]) -> Json:
    url = urlsplit(req.url)
    told = req.headers.get("x-forwarded-proto", "")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET" if req.method == "HEAD" else req.method,  # without its body: answer()
        "scheme": told if told in ("http", "https") else url.scheme,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": [
            (k.lower().encode(), v.encode("latin-1", "replace")) for k, v in req.headers.items()
        ],
        "client": address(req.headers.get("x-forwarded-for", ""), settings().trusted_proxy_hops),
        "server": (url.hostname, url.port),
        "state": state,
    }


def _problem(problem: dict[str, Any], state: dict[str, Any]) -> func.HttpResponse:
    body = json.dumps(problem | {"request_id": state["request_id"]})
    return func.HttpResponse(
        body,
        status_code=problem["status"],
        mimetype="application/problem+json",
        headers={**EVERY_ANSWER, "x-request-id": state["request_id"]},
    )


def _response(start: Json, body: bytes) -> func.HttpResponse:
    made = func.HttpResponse(body, status_code=start["status"])
    for name, value in ((k.decode(), v.decode("latin-1")) for k, v in start["headers"]):
        if name == "set-cookie":
            made.headers.add(name, value)
        elif name != "content-length":  # the host counts; it keeps one value of a name: fold them
            made.headers[name] = f"{made.headers[name]}, {value}" if name in made.headers else value
    return made
