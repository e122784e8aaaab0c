"""The HTTP API: routes in, errors out, and the document that describes them."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from functions.http.edge import App, surrounded
from functions.http.invalid import field_problems
from shared.platform.errors import AppError

TITLE = "AdvisorOS"
VERSION = "1"


REMEDIES = {
    404: "Look the address up in the API's description.",
    405: "Use one of the methods that Allow names.",
}
UNLIMITED = frozenset({"health"})  # probes of ours ask for it every few seconds


def create_area(name: str) -> App:
    # The router's own routes: one that is included is asked twice whether it has a route.
    routes = router_of(name).routes
    api = FastAPI(title=TITLE, openapi_url=None, redirect_slashes=False, routes=routes)
    api.add_exception_handler(AppError, render_error)
    api.add_exception_handler(RequestValidationError, render_invalid)
    api.add_exception_handler(HTTPException, render_http)
    api.add_exception_handler(Exception, render_bug)
    return surrounded(api, render_error, limited=name not in UNLIMITED)  # pyright: ignore[reportArgumentType]


def router_of(name: str) -> APIRouter:
    return import_module(f"functions.http.{name}").router


async def render_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    detail = f"{error}. {error.remedy}."  # what is wrong, and what to do
    return _problem(request, error.status, error.code, detail, headers=error.headers)


async def render_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    fields = field_problems(errors, error.body)
    detail = "Some fields are wrong. Change those that errors points at."
    if untold := len(errors) - len(fields):
        detail += f" There are {untold:,} more."
    return _problem(request, 422, "invalid_request", detail, errors=fields)


async def render_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, error.headers
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(_methods_of(request))}
    told = filter(None, (f"{error.detail}.", REMEDIES.get(status)))
    return _problem(
        request, status, HTTPStatus(status).name.lower(), " ".join(told), headers=headers
    )


def _methods_of(request: Request) -> list[str]:
    """Of all routes at the address: the framework names those of the first alone."""
    routes = [each for each in request.app.routes if isinstance(each, APIRoute)]
    here = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for each in here for method in each.methods or ()})


async def render_bug(request: Request, _: Exception) -> JSONResponse:
    detail = "Something went wrong on our side. Tell us the request_id."
    return _problem(request, 500, "internal_error", detail)


def _problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    body = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request.state.request_id,
    }
    if status == HTTPStatus.UNAUTHORIZED:
        headers = {"www-authenticate": "Bearer"} | dict(headers or {})
    return JSONResponse(body | more, status, headers, media_type="application/problem+json")
