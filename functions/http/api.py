"""The HTTP API: routes in, errors out, and the document that describes them."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.platform.errors import AppError

TITLE = "AdvisorOS"
VERSION = "1"


def create_area(name: str) -> FastAPI:
    api = FastAPI(title=TITLE, openapi_url=None, redirect_slashes=False)
    api.include_router(router_of(name))
    api.add_exception_handler(AppError, render_error)
    api.add_exception_handler(RequestValidationError, render_invalid)
    api.add_exception_handler(HTTPException, render_http)
    api.add_exception_handler(Exception, render_bug)
    return api


def router_of(name: str) -> APIRouter:
    return import_module(f"functions.http.{name}").router


async def render_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return _problem(request, error.status, error.code, str(error))


async def render_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        {"pointer": "/" + "/".join(map(str, each["loc"][1:])), "detail": each["msg"]}
        for each in error.errors()
    ]
    return _problem(request, 422, "invalid_request", "Some fields are wrong", errors=fields)


async def render_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower()
    return _problem(request, error.status_code, code, str(error.detail), headers=error.headers)


async def render_bug(request: Request, _: Exception) -> JSONResponse:
    return _problem(request, 500, "internal_error", "Something went wrong on our side")


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
        headers = {"www-authenticate": "Bearer"}
    return JSONResponse(body | more, status, headers, media_type="application/problem+json")
