"""The public API, as far as sending and reading documents needs it; nothing else is used."""

import asyncio
import hashlib
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

CHUNK = 2**20
PATIENCE_SECONDS = 90  # a supervisor restarts a host that died well within it
AWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
# Azure's two answers to a second PUT, and Azurite's: the address may create, not replace.
ALREADY_THERE = {
    "BlobAlreadyExists",
    "UnauthorizedBlobOverwrite",
    "AuthorizationPermissionMismatch",
}

Json = dict[str, Any]


class Refused(Exception):
    """The API said no; `is_verdict` when it judged the document and not the request."""

    def __init__(self, code: str, detail: str, *, is_verdict: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.is_verdict = is_verdict


class BearerToken(httpx.Auth):
    """Signs in when first needed, and again when a token has run out."""

    def __init__(self, sign_in: Callable[[], str]) -> None:
        self._sign_in = sign_in
        self._token = ""
        self._renewing = asyncio.Lock()

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        used = self._token or await self._renewed("")
        request.headers["authorization"] = f"Bearer {used}"
        answer = yield request
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["authorization"] = f"Bearer {await self._renewed(used)}"
            yield request

    async def _renewed(self, stale: str) -> str:
        async with self._renewing:
            if self._token == stale:
                self._token = await asyncio.to_thread(self._sign_in)
            return self._token


class Api:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def first_client_id(self) -> str:
        """The client documents are sent in for when nobody says otherwise."""
        clients = (await self._ask("GET", "/api/v1/clients"))["items"]
        if not clients:
            raise Refused("no_client", "The firm has no client to send documents in for.")
        return clients[0]["id"]

    async def announce(self, client_id: str, path: Path) -> Json:
        size, sha256 = await asyncio.to_thread(_measure, path)
        announced = {"client_id": client_id, "name": path.name, "size": size, "sha256": sha256}
        return await self._ask("POST", "/api/v1/documents/uploads", announced)

    async def put(self, upload: Json, path: Path) -> None:
        """Straight to Blob Storage, with the signed address alone."""
        headers = {"content-length": str(path.stat().st_size), **upload["upload_headers"]}

        async def put() -> httpx.Response:
            async with httpx.AsyncClient(
                timeout=120, trust_env=False, verify=_authorities()
            ) as storage:
                url = upload["upload_url"]
                return await storage.put(url, headers=headers, content=_chunks(path))

        answer = await _patiently(put)
        code = answer.headers.get("x-ms-error-code", "upload_refused")
        if answer.is_error and code not in ALREADY_THERE:
            raise Refused(code, f"Blob Storage answered {answer.status_code}.")

    async def document(self, document_id: str) -> Json:
        return await self._ask("GET", f"/api/v1/documents/{document_id}")

    async def reread(self, document_id: str) -> None:
        await self._ask("POST", f"/api/v1/documents/{document_id}/reread")

    async def _ask(self, method: str, url: str, body: Json | None = None) -> Json:
        return _answer(await _patiently(lambda: self._client.request(method, url, json=body)))


@cache
def _authorities() -> ssl.SSLContext:
    """Read once: it takes 30 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def _patiently(request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Each of our requests may be sent twice, so a server that restarts goes unnoticed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = await request()
            if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                deadline = time.monotonic() + PATIENCE_SECONDS  # it is there, and says when
                await asyncio.sleep(int(answer.headers.get("retry-after", 1)))
                continue
            if answer.status_code not in AWAY or time.monotonic() > deadline:
                return answer
        except httpx.TransportError as error:
            if time.monotonic() > deadline:
                raise Refused("unreachable", f"{error!r}") from error
        await asyncio.sleep(0.5)


def _answer(answer: httpx.Response) -> Json:
    if answer.is_success:
        return answer.json() if answer.content else {}
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    code = problem.get("code", f"http_{answer.status_code}")
    is_verdict = answer.status_code in (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    raise Refused(code, problem.get("detail", answer.reason_phrase), is_verdict=is_verdict)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


async def _chunks(path: Path) -> AsyncGenerator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
