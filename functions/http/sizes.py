"""What is too long or too deep is refused before anything is made of it."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from shared.platform.errors import AppError
from shared.platform.settings import settings

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

LONGEST_URL = 8 * 1024
LARGEST_HEADERS = 32 * 1024
MOST_HEADERS = 100
DEEPEST = 32
MOST_VALUES = 50_000  # of which each costs a thousand times its bytes
LONGEST_INTEGER = 19  # digits; what a bigint has

_TOKEN = re.compile(
    rb'"(?:[^"\\]|\\.)*+"?|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)'
    rb"|-?(?P<integer>\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?",
    re.DOTALL,
)
_LONG_NUMBER = re.compile(rb"\d{%d}" % (LONGEST_INTEGER + 1))


class UrlTooLong(AppError):
    """The address is longer than we read."""

    status = 414
    code = "url_too_long"
    remedy = "Send fewer or shorter query parameters"


class HeadersTooLarge(AppError):
    """The headers are longer than we read."""

    status = 431
    code = "headers_too_large"
    remedy = "Send fewer or shorter headers"


class BodyTooLarge(AppError):
    """The body has more bytes than we read."""

    status = 413
    code = "body_too_large"
    remedy = "Send less in one request; files go to the upload URL"


class JsonTooDeep(AppError):
    """The values of the body lie too deep in each other."""

    status = 422
    code = "json_too_deep"
    remedy = "Send JSON with fewer levels"


class JsonTooLarge(AppError):
    """Few bytes can hold many values."""

    status = 422
    code = "json_too_large"
    remedy = "Send fewer values in one request"


class NumberTooLong(AppError):
    """A number of the body has more digits than we read."""

    status = 422
    code = "number_too_long"
    remedy = "Send whole numbers of up to 19 digits, longer ones as strings"


def require_bounded(scope: MutableMapping[str, Any]) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_URL:
        raise UrlTooLong(f"The URL has more than {LONGEST_URL:,} bytes")
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    if size > LARGEST_HEADERS or len(scope["headers"]) > MOST_HEADERS:
        raise HeadersTooLarge(
            f"The headers have more than {LARGEST_HEADERS:,} bytes, or are more than {MOST_HEADERS}"
        )


async def bounded_body(scope: MutableMapping[str, Any], receive: Receive) -> Receive:
    """All of the body, so that no route has to think of one that does not end."""
    body = await _read(scope, receive)
    if body and _is_json(scope):
        require_sane_json(body)
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read_again() -> Message:
        return unread.pop() if unread else await receive()

    return read_again


def require_sane_json(body: bytes) -> None:
    """The parser believes anything: a million brackets, numbers of any length."""
    if _may_be_odd(body):
        _look_closer(body)


async def _read(scope: MutableMapping[str, Any], receive: Receive) -> bytes:
    most = settings().body_limit
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    body = bytearray()
    more = not any(value.isdigit() and int(value[:20]) > most for value in lengths)
    if not more:
        raise BodyTooLarge(f"The body has more than {most:,} bytes")
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise BodyTooLarge(f"The body has more than {most:,} bytes")
    return bytes(body)


def _is_json(scope: MutableMapping[str, Any]) -> bool:
    """FastAPI reads what says nothing of its type as JSON, too."""
    kinds = [value for name, value in scope["headers"] if name == b"content-type"]
    return all(b"json" in kind.lower() for kind in kinds)


def _may_be_odd(body: bytes) -> bool:
    """Cheap, and almost never so."""
    return (
        body.count(b"[") + body.count(b"{") > DEEPEST
        or body.count(b",") > MOST_VALUES
        or _LONG_NUMBER.search(body) is not None
    )


def _look_closer(body: bytes) -> None:
    """What stands in strings is only text."""
    depth = values = 0
    for token in _TOKEN.finditer(body):
        kind = token.lastgroup
        depth += (kind == "open") - (kind == "close")
        values += kind in ("open", "comma")
        if depth > DEEPEST:
            raise JsonTooDeep(f"The JSON has more than {DEEPEST} levels")
        if values > MOST_VALUES:
            raise JsonTooLarge(f"The JSON has more than {MOST_VALUES:,} values")
        if kind == "integer" and len(token["integer"]) > LONGEST_INTEGER:
            raise NumberTooLong(f"A number has more than {LONGEST_INTEGER} digits")
