"""Our own pages: shells for anyone, which sign in by themselves and use the public API alone.

Their modules import each other by relative names, so the version that makes their addresses
immutable is that of the folder.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from shared.platform.settings import settings

ASSETS = Path(__file__).parent / "review"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def render(name: str) -> str:
    """With what the page has to know to sign somebody in."""
    config = settings()
    return Template((ASSETS / name).read_text("utf-8")).substitute(
        version=version(),
        authority=escape(_authority()),
        issuer=escape(config.token_issuer),
        client_id=escape(config.sign_in_client_id),
        scopes=escape(config.sign_in_scopes),
    )


def policy(**directives: str) -> str:
    """Nothing but what is named; and of all servers ours, and those that sign people in."""
    issuers = sorted({_origin(_authority()), _origin(settings().token_issuer)})
    every: Mapping[str, str] = {
        "default_src": "'none'",
        "script_src": "'self'",
        "connect_src": f"'self' {' '.join(issuers)}",
        "form_action": "'none'",
        "frame_ancestors": "'none'",
        "base_uri": "'none'",
    }
    named = {**every, **directives}
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in named.items())


@cache
def assets() -> dict[str, bytes]:
    found = sorted(path for path in ASSETS.iterdir() if path.suffix in KINDS)
    return {path.name: path.read_bytes() for path in found}


@cache
def version() -> str:
    return sha256(b"".join(assets().values())).hexdigest()[:12]


def _authority() -> str:
    return settings().sign_in_authority or settings().token_issuer


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
