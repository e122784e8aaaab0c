"""A small area behind the real edge, asked over ASGI."""

from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.exceptions import HTTPException

from functions.http import limits
from functions.http.api import render_bug, render_error, render_http
from functions.http.edge import App, surrounded
from shared.platform import trace
from shared.platform.actor import Actor
from shared.platform.errors import AppError, Conflict

router = APIRouter(prefix="/api/v1/things")


@router.get("")
async def list_things(request: Request) -> dict[str, Any]:
    ours = trace.current.get()
    return {
        "request_id": request.state.request_id,
        "client": request.client.host if request.client else None,
        "trace_id": ours.trace_id if ours else None,
        "trace_state": ours.state if ours else None,
    }


@router.get("/{thing_id}")
async def get_thing(thing_id: UUID) -> dict[str, str]:
    return {"id": str(thing_id)}


@router.post("")
async def add_thing(body: Any = None) -> Any:
    return body


@router.post("/said", response_model=None)
async def say_thing(request: Request) -> Any:
    return await request.json()


@router.post("/refused")
async def refuse() -> None:
    raise Conflict("It is so already")


@router.get("/broken/down")
async def break_down() -> None:
    raise RuntimeError("hunter2")


async def sign_in(request: Request) -> None:
    """As whoever the test has put into the state."""
    await limits.charge_actor(request, request.state.who)


@router.get("/mine/own", dependencies=[Depends(sign_in)])
@router.post("/mine/own", dependencies=[Depends(sign_in)])
async def mine() -> str:
    return "mine"


@router.post("/mine/export", dependencies=[Depends(sign_in)], openapi_extra={"x-cost": 5})
async def export() -> str:
    return "exported"


@router.post("/secrets/guess", dependencies=[Depends(limits.require_counting)])
async def guess() -> str:
    return "wrong"


def edge(*, limited: bool = True) -> App:
    api = FastAPI(openapi_url=None)
    api.include_router(router)
    api.add_exception_handler(AppError, render_error)
    api.add_exception_handler(HTTPException, render_http)
    api.add_exception_handler(Exception, render_bug)
    return surrounded(api, render_error, limited=limited)  # pyright: ignore[reportArgumentType]


def client(
    *, address: str = "192.0.2.1", who: Actor | None = None, limited: bool = True
) -> httpx.AsyncClient:
    app = edge(limited=limited)

    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await app(scope | {"state": {"request_id": "request-1", "who": who}}, receive, send)

    transport = httpx.ASGITransport(with_state, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://test/api/v1")
