"""The page on which people review documents, and the files of all our pages."""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from starlette.exceptions import HTTPException

from functions.http import pages

router = APIRouter(prefix="/api/review", include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"


@router.get("")
async def page(if_none_match: Annotated[str | None, Header()] = None) -> Response:
    html = pages.render("index.html")
    headers = {
        "etag": f'"{sha256(html.encode()).hexdigest()[:16]}"',
        "cache-control": "no-cache",
        "content-security-policy": _policy(),
    }
    if if_none_match == headers["etag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(html, media_type="text/html", headers=headers)


@router.get("/{version}/{name}")
async def asset(version: str, name: str) -> Response:
    if version != pages.version() or name not in pages.assets():
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such asset")
    kind = pages.KINDS[Path(name).suffix]
    return Response(pages.assets()[name], media_type=kind, headers={"cache-control": FOR_EVER})


def _policy() -> str:
    """Nothing from elsewhere, no inline code, and no string ever becomes markup."""
    return pages.policy(
        style_src="'self'",
        img_src="'self' blob:",
        require_trusted_types_for="'script'",
        trusted_types="'none'",
    )
