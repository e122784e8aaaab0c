"""The host's own pages under /admin; all but the ping want the master key."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from local.functions_host.asgi import Reply, json_reply
from local.functions_host.functions import Function
from local.functions_host.http_trigger import NOT_FOUND, UNAUTHORIZED, Request
from local.functions_host.keys import Keys, Level
from local.functions_host.sources import Services, Source

ADMIN = "/admin/"


class Admin:
    def __init__(
        self,
        functions: Sequence[Function],
        keys: Keys,
        services: Services,
        sources: Mapping[str, Source],
    ) -> None:
        self._functions = {f.name.casefold(): f for f in functions}
        self._keys = keys
        self._services = services
        self._sources = sources
        self._began = time.monotonic()
        self.state = "Running"

    def answer(self, request: Request) -> Reply:
        page = request.raw_path.removeprefix(ADMIN).strip("/")
        if page == "host/ping":
            return Reply()
        if self._keys.level(request.key) < Level.ADMIN:
            return UNAUTHORIZED
        pages: dict[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "host/status"): self._status,
            ("GET", "functions"): self._list,
        }
        if (request.method, page) in pages:
            return pages[request.method, page]()
        if request.method == "POST" and page.startswith("functions/"):
            return self._fire(page.removeprefix("functions/"), request)
        return NOT_FOUND

    def _status(self) -> Reply:
        poisoned = [p.blob for p in self._services.memory.poisoned_blobs()]
        return json_reply(
            HTTPStatus.OK,
            {
                "state": self.state,
                "functions": len(self._functions),
                "running": self._services.invoker.running,
                "uptimeSeconds": round(time.monotonic() - self._began, 1),
                "poisonedBlobs": poisoned,
            },
        )

    def _list(self) -> Reply:
        return json_reply(HTTPStatus.OK, [f.described() for f in self._functions.values()])

    def _fire(self, name: str, request: Request) -> Reply:
        """Run a timer, or deliver a blob again: the body is {"input": "container/name"}."""
        function = self._functions.get(name.casefold())
        source = self._sources.get(function.kind) if function else None
        if function is None or source is None:
            return NOT_FOUND
        try:
            text = str(json.loads(request.body or b"{}").get("input", ""))
        except (ValueError, AttributeError):
            return Reply(HTTPStatus.BAD_REQUEST)
        source.fire(function.name, text)
        return Reply(HTTPStatus.ACCEPTED)
