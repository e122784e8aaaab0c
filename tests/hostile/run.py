"""Sends hostile files as a client would, and waits until each has ended."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from local.reading.api import Api
from shared.documents.models import UNDER_WAY
from tests.hostile.corpus.case import Case, Outcome
from tests.journeys.stack import Stack

AT_ONCE = 12
PATIENCE_SECONDS = 600
PAUSES = (0.8, 1.2, 2.0)


@dataclass(frozen=True, slots=True)
class Ended:
    """``document_id`` is empty for what was refused before it was sent."""

    case: Case
    outcome: Outcome
    sha256: str
    size: int
    document_id: str = ""

    @property
    def is_expected(self) -> bool:
        return self.case.outcome in (None, self.outcome)


class Sender:
    def __init__(self, http: httpx.AsyncClient, client_id: str, folder: Path) -> None:
        self._http = http
        self._api = Api(http)
        self._client_id = client_id
        self._folder = folder
        self._places = asyncio.Semaphore(AT_ONCE)

    async def send_all(self, cases: Iterable[Case]) -> list[Ended]:
        """Written one by one when their turn comes: together they would fill the disk."""
        sending: list[asyncio.Task[Ended]] = []
        async with asyncio.TaskGroup() as group:
            for number, case in enumerate(cases):
                await self._places.acquire()
                sending.append(group.create_task(self._in_turn(case, self._folder / str(number))))
        return [each.result() for each in sending]

    async def _in_turn(self, case: Case, file: Path) -> Ended:
        try:
            await asyncio.to_thread(case.write, file)
            return await self._send(case, file)
        finally:
            file.unlink(missing_ok=True)
            self._places.release()

    async def _send(self, case: Case, file: Path) -> Ended:
        size = file.stat().st_size
        sha256 = await asyncio.to_thread(_digest, file)
        announced = {
            "client_id": self._client_id,
            "name": case.file_name,
            "size": size if case.announced_size is None else case.announced_size,
            "sha256": sha256,
        }
        answer = await self._http.post(
            "/api/v1/documents/uploads",
            content=json.dumps(announced),  # in ASCII, so that half a character gets through
            headers={"content-type": "application/json"},
        )
        if answer.is_client_error:
            return Ended(case, Outcome("refused", answer.json()["code"]), sha256, size)
        answer.raise_for_status()
        upload = answer.json()
        if answer.status_code == HTTPStatus.CREATED:
            await self._api.put(upload, file)
        outcome = await self._outcome(upload["document_id"])
        return Ended(case, outcome, sha256, size, upload["document_id"])

    async def _outcome(self, document_id: str) -> Outcome:
        deadline = time.monotonic() + PATIENCE_SECONDS
        looked = 0
        while time.monotonic() < deadline:
            document = await self._api.document(document_id)
            if document["state"] not in UNDER_WAY:
                return Outcome(document["state"], document["code"])
            await asyncio.sleep(PAUSES[min(looked, len(PAUSES) - 1)])
            looked += 1
        return Outcome("never ended")


@asynccontextmanager
async def sender(stack: Stack, folder: Path) -> AsyncGenerator[Sender]:
    folder.mkdir(parents=True, exist_ok=True)
    headers = {"authorization": f"Bearer {stack.token()}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60) as http:
        yield Sender(http, await Api(http).first_client_id(), folder)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
