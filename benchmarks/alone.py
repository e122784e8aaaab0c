"""Our API on uvicorn, without the functions host: ``uvicorn benchmarks.alone:app``."""

from typing import Any
from uuid import uuid4

from functions.http.api import create_area
from functions.http.edge import Receive, Scope, Send

AREAS = {name: create_area(name) for name in ("clients", "documents")}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """What the host tells an area of a request, and the area that the path names."""
    if scope["type"] == "http":
        state: dict[str, Any] = {"request_id": str(uuid4()), "durable": None}
        _, _, _, area, *_ = f"{scope['path']}/".split("/")
        await AREAS[area]({**scope, "state": state}, receive, send)
