"""The few words of ASGI the host speaks with its web server."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

LARGEST_BODY = 100 * 1024 * 1024
HAVE_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class BodyTooLarge(Exception):
    pass


class Disconnected(Exception):
    pass


@dataclass(frozen=True)
class Reply:
    status: int = HTTPStatus.OK
    body: bytes = b""
    headers: Sequence[Header] = field(default_factory=tuple[Header, ...])

    def with_defaults(self, headers: Sequence[Header]) -> "Reply":
        """Add those headers that it does not have."""
        given = {name for name, _ in self.headers}
        added = [header for header in headers if header[0] not in given]
        return replace(self, headers=[*self.headers, *added]) if added else self

    async def send(self, send: Send, method: str) -> None:
        """Send it, without a body where HTTP allows none."""
        headers = [*self.headers, (b"date", formatdate(usegmt=True).encode())]
        if self.status not in HAVE_NO_BODY:
            headers.append((b"content-length", str(len(self.body)).encode()))
        bodiless = method == "HEAD" or self.status in HAVE_NO_BODY
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if bodiless else self.body})


def encoded_headers(headers: Mapping[str, str]) -> list[Header]:
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]


def json_reply(status: int, value: Any) -> Reply:
    return Reply(status, json.dumps(value).encode(), [(b"content-type", b"application/json")])


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


def folded_headers(scope: Scope) -> dict[str, str]:
    """Headers by name; one that came several times is folded, as the worker gets them."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        separator = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers
