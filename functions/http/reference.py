"""The API's own description: the OpenAPI document and a page to try it on."""

from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from functions.http import pages

router = APIRouter(prefix="/api/docs", include_in_schema=False)

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"
ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
A_DAY = {"cache-control": "public, max-age=86400"}


@router.get("")
async def page() -> HTMLResponse:
    """Swagger UI writes styles into its elements, and has its pictures in its stylesheet."""
    policy = pages.policy(style_src="'self' 'unsafe-inline'", img_src="'self' data:")
    return HTMLResponse(pages.render("reference.html"), headers={"content-security-policy": policy})


@router.get("/openapi.json")
async def document() -> Response:
    return Response(DOCUMENT.read_bytes(), media_type="application/json")


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """Swagger UI as its package ships it: no page of ours loads anything from elsewhere."""
    if name not in ASSETS:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such asset")
    content = files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, media_type=ASSETS[name], headers=A_DAY)
