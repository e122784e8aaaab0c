"""The host's own pages under /admin; all but the ping want the master key.

GET   host/ping  host/status  host/drain/status      POST  host/drain
GET   functions  functions/{name}  functions/{name}/status
POST  functions/{name}     run a timer, or deliver a blob: {"input": "container/name"}
host/keys, functions/{name}/keys and what is under them: see key_pages.py
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from local.functions_host.asgi import Reply, json_reply
from local.functions_host.draining import Draining
from local.functions_host.functions import Function
from local.functions_host.http_trigger import NOT_FOUND, UNAUTHORIZED, Request
from local.functions_host.key_pages import BAD_REQUEST, KeyPages
from local.functions_host.keys import Keys, Level
from local.functions_host.sources import Services, Source

ADMIN = "/admin/"
HOST_KEYS = frozenset({"keys", "functionkeys", "systemkeys"})


class Admin:
    def __init__(
        self,
        functions: Sequence[Function],
        keys: Keys,
        services: Services,
        sources: Mapping[str, Source],
        draining: Draining,
    ) -> None:
        self._functions = {f.name.casefold(): f for f in functions}
        self._keys = keys
        self._key_pages = KeyPages(keys)
        self._services = services
        self._sources = sources
        self._draining = draining
        self._began = time.monotonic()

    def answer(self, request: Request) -> Reply:
        page = request.raw_path.removeprefix(ADMIN).strip("/")
        if page == "host/ping":
            return Reply()
        if self._keys.level(request.key) < Level.ADMIN:
            return UNAUTHORIZED
        root, *rest = page.split("/")
        pages = {"host": self._host_page, "functions": self._functions_page}
        return pages[root](request, rest) if root in pages else NOT_FOUND

    def _host_page(self, request: Request, path: list[str]) -> Reply:
        if path and path[0] in HOST_KEYS and len(path) <= len(("keys", "name")):
            return self._key_pages.answer(request, *path)
        pages: dict[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "status"): self._status,
            ("POST", "drain"): self._drain,
            ("GET", "drain/status"): self._drain_status,
        }
        page = pages.get((request.method, "/".join(path)))
        return page() if page else NOT_FOUND

    def _functions_page(self, request: Request, path: list[str]) -> Reply:
        if not path and request.method == "GET":
            return json_reply(HTTPStatus.OK, [f.described() for f in self._functions.values()])
        function = self._functions.get(path[0].casefold()) if path else None
        return self._function_page(function, request, path[1:]) if function else NOT_FOUND

    def _function_page(self, function: Function, request: Request, path: list[str]) -> Reply:
        match (request.method, *path):
            case (_, "keys", *name) if len(name) <= 1:
                return self._key_pages.answer(request, function.name, *name)
            case ("GET",):
                return json_reply(HTTPStatus.OK, function.described())
            case ("GET", "status"):
                return json_reply(HTTPStatus.OK, self._troubles(function.name))
            case ("POST",):
                return self._fire(function, request)
            case _:
                return NOT_FOUND

    def _status(self) -> Reply:
        return json_reply(
            HTTPStatus.OK,
            {
                "state": self._draining.state,
                "functions": len(self._functions),
                "running": self._services.invoker.running,
                "uptimeSeconds": round(time.monotonic() - self._began, 1),
                **self._troubles(),
            },
        )

    def _troubles(self, function: str | None = None) -> dict[str, Any]:
        """What the host has given up on, for one function or for all."""
        memory = self._services.memory

        def of(found: Sequence[Any]) -> list[dict[str, str]]:
            return [asdict(each) for each in found if function in (None, each.function)]

        return {
            "poisonedBlobs": of(memory.poisoned_blobs()),
            "deadLetteredEvents": of(memory.dead_letters()),
        }

    def _drain(self) -> Reply:
        self._draining.begin()
        return Reply(HTTPStatus.ACCEPTED)

    def _drain_status(self) -> Reply:
        outstanding = self._services.invoker.running
        progress = {"state": self._draining.progress, "outstandingInvocations": outstanding}
        return json_reply(HTTPStatus.OK, progress)

    def _fire(self, function: Function, request: Request) -> Reply:
        source = self._sources.get(function.kind)
        if source is None:
            return NOT_FOUND
        try:
            text = str(json.loads(request.body or b"{}").get("input", ""))
            source.fire(function.name, text)
        except (ValueError, AttributeError):
            return BAD_REQUEST
        return Reply(HTTPStatus.ACCEPTED)
