"""The page on which people review documents: a shell for anyone, which signs in by itself.

It uses the public API alone. Its modules import each other by relative names, so the version
that makes their addresses immutable is that of the folder.
"""

from functools import cache
from hashlib import sha256
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Header, Response
from starlette.exceptions import HTTPException

from shared.platform.settings import settings

router = APIRouter(prefix="/api/review", include_in_schema=False)

ASSETS = Path(__file__).parent / "review"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@router.get("")
async def page(if_none_match: Annotated[str | None, Header()] = None) -> Response:
    config = settings()
    authority = config.sign_in_authority or config.token_issuer
    html = Template((ASSETS / "index.html").read_text("utf-8")).substitute(
        version=_version(),
        authority=escape(authority),
        issuer=escape(config.token_issuer),
        client_id=escape(config.sign_in_client_id),
        scopes=escape(config.sign_in_scopes),
    )
    headers = {
        "etag": f'"{sha256(html.encode()).hexdigest()[:16]}"',
        "cache-control": "no-cache",
        "content-security-policy": _policy(_origin(authority), _origin(config.token_issuer)),
        "cross-origin-opener-policy": "same-origin",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    if if_none_match == headers["etag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(html, media_type="text/html", headers=headers)


@router.get("/{version}/{name}")
async def asset(version: str, name: str) -> Response:
    if version != _version() or name not in _assets():
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such asset")
    headers = {"cache-control": FOR_EVER, "x-content-type-options": "nosniff"}
    return Response(_assets()[name], media_type=KINDS[Path(name).suffix], headers=headers)


def _policy(*issuers: str) -> str:
    """Nothing from elsewhere, no inline code, and no string ever becomes markup."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            f"connect-src 'self' {' '.join(sorted(set(issuers)))}",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _assets() -> dict[str, bytes]:
    found = sorted(path for path in ASSETS.iterdir() if path.suffix in KINDS)
    return {path.name: path.read_bytes() for path in found}


@cache
def _version() -> str:
    return sha256(b"".join(_assets().values())).hexdigest()[:12]
