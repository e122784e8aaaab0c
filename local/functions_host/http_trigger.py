"""The HTTP trigger: keys, limits, and a request's way to its function and back."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from azure.functions.meta import Datum

from local.functions_host.asgi import Header, Reply, Scope
from local.functions_host.bindings import text
from local.functions_host.configuration import Configuration
from local.functions_host.functions import Function
from local.functions_host.invocation import Invoker
from local.functions_host.keys import Keys, Level
from local.functions_host.logs import current_invocation
from local.functions_host.routes import Router
from local.functions_host.workers.worker import TraceContext

log = logging.getLogger(__name__)

NOT_FOUND = Reply(HTTPStatus.NOT_FOUND)
UNAUTHORIZED = Reply(HTTPStatus.UNAUTHORIZED)
TOO_MANY = Reply(HTTPStatus.TOO_MANY_REQUESTS)
FAILED = Reply(HTTPStatus.INTERNAL_SERVER_ERROR)


@dataclass(frozen=True)
class Request:
    method: str
    scheme: str
    raw_path: str  # still percent-encoded
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def key(self) -> str | None:
        return self.headers.get("x-functions-key") or self.parameters.get("code")

    @property
    def url(self) -> str:
        scheme = self.headers.get("x-forwarded-proto", self.scheme)
        host = self.headers.get("host", "localhost")
        return f"{scheme}://{host}{self.raw_path}{'?' if self.query else ''}{self.query}"


def read_request(scope: Scope, headers: dict[str, str], body: bytes) -> Request:
    if scope.get("client"):  # Azure's front end adds the caller to what the caller claims
        address, port = scope["client"]
        claimed = headers.get("x-forwarded-for")
        headers["x-forwarded-for"] = f"{claimed + ', ' if claimed else ''}{address}:{port}"
    return Request(
        method=scope["method"],
        scheme=scope["scheme"],
        raw_path=scope["raw_path"].decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
    )


@dataclass(frozen=True)
class Call:
    """A request that has found its function."""

    request: Request
    function: Function
    parameters: Mapping[str, str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class HttpTrigger:
    def __init__(
        self, router: Router, keys: Keys, invoker: Invoker, configuration: Configuration
    ) -> None:
        self._router = router
        self._keys = keys
        self._invoker = invoker
        most = configuration.max_concurrent_requests
        self._slots = contextlib.nullcontext() if most < 0 else asyncio.Semaphore(most)
        self._most_outstanding = configuration.max_outstanding_requests
        self._outstanding = 0
        self._none_outstanding = asyncio.Event()
        self._none_outstanding.set()

    async def stop(self) -> None:
        await self._none_outstanding.wait()

    async def answer(self, request: Request) -> Reply:
        """A request without a function has an empty answer, as in Azure, and a line in the log."""
        began = time.perf_counter()
        found = self._router.find(request.method, request.raw_path)
        call = Call(request, *found) if found else None
        token = current_invocation.set(call.id) if call else None
        reply = await self._admitted(call) if call else NOT_FOUND
        log.log(
            logging.WARNING if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO,
            "%s %s %d function=%s ms=%.1f",
            *(request.method, request.raw_path, reply.status),
            call.function.name if call else "-",
            (time.perf_counter() - began) * 1000,
        )
        if token:
            current_invocation.reset(token)
        return reply

    async def _admitted(self, call: Call) -> Reply:
        level = self._keys.level(call.request.key, call.function.name)
        if level < _required_level(call.function):
            return UNAUTHORIZED
        if self._outstanding >= self._most_outstanding >= 0:
            return TOO_MANY
        self._outstanding += 1
        self._none_outstanding.clear()
        try:
            async with self._slots:
                answer = await self._invoke(call)
        except Exception:  # noqa: BLE001 - the invoker has logged it; Azure tells callers no more
            return FAILED
        finally:
            self._outstanding -= 1
            if not self._outstanding:
                self._none_outstanding.set()
        return _reply(answer)

    async def _invoke(self, call: Call) -> Datum | None:
        headers = call.request.headers
        return await self._invoker.invoke(
            call.function,
            {call.function.trigger_name: _as_datum(call.request, call.parameters)},
            trace=TraceContext(headers.get("traceparent", ""), headers.get("tracestate", "")),
            invocation_id=call.id,
        )


def _required_level(function: Function) -> Level:
    return Level[str(function.trigger.get("authLevel") or "function").upper()]


def _as_datum(request: Request, parameters: Mapping[str, str]) -> Datum:
    def texts(values: Mapping[str, str]) -> dict[str, Datum]:
        return {name: text(value) for name, value in values.items()}

    return Datum(
        {
            "method": text(request.method),
            "url": text(request.url),
            "headers": texts(request.headers),
            "query": texts(request.parameters),
            "params": texts(parameters),
            "body": Datum(request.body, "bytes"),
        },
        "http",
    )


def _reply(answer: Datum | None) -> Reply:
    if answer is None or answer.type is None:
        return Reply(HTTPStatus.NO_CONTENT)
    if answer.type != "http":
        body = answer.value.encode() if isinstance(answer.value, str) else bytes(answer.value)
        return Reply(body=body, headers=[(b"content-type", b"text/plain; charset=utf-8")])
    given: Mapping[str, Any] = answer.value
    headers = [
        (name.lower().encode("latin-1"), value.value.encode("latin-1"))
        for name, value in given["headers"].items()
        if name.lower() != "content-length"
    ]
    return Reply(
        status=int(given["status_code"].value),
        body=bytes(given["body"].value),
        headers=[*headers, *_cookies(given["cookies"])],
    )


def _cookies(jars: list[SimpleCookie] | None) -> list[Header]:
    """The worker parses every Set-Cookie header into a jar; each cookie is a header again."""
    return [
        (b"set-cookie", morsel.OutputString().encode("latin-1"))
        for jar in jars or []
        for morsel in jar.values()
    ]
