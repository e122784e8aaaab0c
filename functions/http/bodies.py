"""Bodies are JSON that says one thing: UTF-8, no name twice, no number JSON does not have."""

import json
from collections.abc import Iterable
from email.message import Message
from typing import Any, NoReturn

from fastapi import Request

from shared.platform.errors import AppError

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


class BadJson(AppError):
    """The body is not JSON, or says the same thing twice."""

    status = 400
    code = "bad_json"
    remedy = "Send one JSON value in UTF-8, with each name once in its object"


class UnsupportedMedia(AppError):
    """The body is of a kind that the route does not read."""

    status = 415
    code = "unsupported_media_type"
    remedy = "Send JSON, and say so in Content-Type"


class JsonRequest(Request):
    """A request that remembers what is wrong with its body, which FastAPI would hide."""

    _bad: BadJson | None = None

    async def require_json(self) -> None:
        if not await self.body():
            return
        self._require_media_type()
        await self.json()
        if self._bad:
            raise self._bad

    async def json(self) -> Any:
        """None for what is not JSON: FastAPI reads the body before it asks who sends it."""
        if not hasattr(self, "_json"):
            self._json = None
            try:
                self._json = self._read(await self.body())
            except BadJson as error:
                self._bad = error
        return self._json

    def _read(self, body: bytes) -> Any:
        try:
            return json.loads(
                body.decode(),
                object_pairs_hook=_object,
                parse_constant=_refuse,
                parse_float=_number,
            )
        except (ValueError, RecursionError) as error:
            raise BadJson("The body is not JSON, or a name stands twice in it") from error

    def _require_media_type(self) -> None:
        known = (JSON, MERGE_PATCH) if self.method == "PATCH" else (JSON,)
        if self.media_type not in known:
            raise UnsupportedMedia(f"The body of a {self.method} is {' or '.join(known)}")

    @property
    def media_type(self) -> str:
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        return header.get_content_type() if header["content-type"] else ""


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Parsers differ in which of two equal names they believe."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name stands twice in an object")
        found[name] = value
    return found


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        _refuse(text)
    return number


def _refuse(_: str) -> NoReturn:
    raise ValueError("JSON has no such number")
