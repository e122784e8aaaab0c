"""Takes httpx through the bridge, the way the host would call an area's function."""

from dataclasses import dataclass, field
from functools import cache
from http.client import BAD_REQUEST
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import httpx

from functions.http.api import create_area
from functions.http.bridge import answer
from tests import leaks

PAGES = {"docs": "reference", "review": "review_page", "health": "health"}


@dataclass
class Durable:
    """Remembers what the API started and whom it woke."""

    started: dict[str, Any] = field(default_factory=dict[str, Any])
    woken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def get_status(self, instance_id: str) -> Any:
        return SimpleNamespace(runtime_status="Running" if instance_id in self.started else None)

    async def start_new(self, story: str, instance_id: str, job: Any) -> None:
        del story
        self.started[instance_id] = job

    async def raise_event(self, instance_id: str, event: str) -> None:
        self.woken.append((instance_id, event))
        raise Exception(f"No instance with ID {instance_id} found.")  # noqa: TRY002 - as Durable


class AreaTransport(httpx.AsyncBaseTransport):
    def __init__(self, durable: Durable) -> None:
        self.durable = durable
        self._area = cache(create_area)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.split("/")
        name = PAGES.get(path[2]) or path[3].replace("-", "_")
        asked = func.HttpRequest(
            request.method, str(request.url), headers=dict(request.headers), body=request.content
        )
        state = {"request_id": "request-1", "durable": self.durable}
        made = await answer(self._area(name), asked, state)
        if made.status_code >= BAD_REQUEST:
            leaks.watch.look(made.get_body().decode(), f"the answer to {request.method} {name}")
        return httpx.Response(
            made.status_code, headers=list(made.headers.items()), content=made.get_body()
        )
