"""The HTTP trigger: keys, limits, and a request's way to its function and back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from azure.functions.meta import Datum

from local.functions_host.asgi import Header, Reply, Scope
from local.functions_host.bindings import text
from local.functions_host.configuration import Configuration
from local.functions_host.functions import Function
from local.functions_host.invocation import Invoker, TraceContext
from local.functions_host.keys import Keys, Level
from local.functions_host.routes import Router

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


class HttpTrigger:
    def __init__(
        self, router: Router, keys: Keys, invoker: Invoker, configuration: Configuration
    ) -> None:
        self._router = router
        self._keys = keys
        self._invoker = invoker
        self._slots = asyncio.Semaphore(configuration.max_concurrent_requests)
        self._most_outstanding = configuration.max_outstanding_requests
        self._outstanding = 0
        self._none_outstanding = asyncio.Event()
        self._none_outstanding.set()

    async def stop(self) -> None:
        await self._none_outstanding.wait()

    async def answer(self, request: Request) -> Reply:
        found = self._router.find(request.method, request.raw_path)
        if found is None:
            return NOT_FOUND
        function, parameters = found
        if self._keys.level(request.key, function.name) < _required_level(function):
            return UNAUTHORIZED
        if self._outstanding >= self._most_outstanding >= 0:
            return TOO_MANY
        return await self._run(function, request, parameters)

    async def _run(
        self, function: Function, request: Request, parameters: Mapping[str, str]
    ) -> Reply:
        self._outstanding += 1
        self._none_outstanding.clear()
        try:
            async with self._slots:
                answer = await self._invoker.invoke(
                    function,
                    {function.trigger_name: _as_datum(request, parameters)},
                    trace=TraceContext(
                        request.headers.get("traceparent", ""),
                        request.headers.get("tracestate", ""),
                    ),
                )
        except Exception:  # noqa: BLE001 - the invoker has logged it; Azure tells callers no more
            return FAILED
        finally:
            self._outstanding -= 1
            if not self._outstanding:
                self._none_outstanding.set()
        return _reply(answer)


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
