"""Events that come twice or late, and sweeps out of turn, through the host's own pages."""

import asyncio
from http import HTTPStatus
from random import Random

import httpx

from local.demo import FIRMS
from shared.platform.blob import UPLOADS
from tests.chaos.ledger import Ledger

UPLOADED = "on_document_uploaded"
SWEEP = "sweep_documents"
SWEEP_PAUSE = 8.0
EVENT_PAUSE = (0.05, 0.8)
QUIET_LOOKS = 3


class Administrator:
    def __init__(self, host: httpx.AsyncClient, ledger: Ledger, chance: Random) -> None:
        self._host = host
        self._ledger = ledger
        self._chance = chance

    async def repeat_events(self) -> None:
        """For whatever was announced: before its bytes came, just now, or long since ended."""
        while True:
            await asyncio.sleep(self._chance.uniform(*EVENT_PAUSE))
            known = list(self._ledger.documents.values())
            if known:
                await self.deliver(self._chance.choice(known))

    async def deliver(self, document_id: str) -> None:
        name = f"{UPLOADS}/{FIRMS[0].id}/{document_id}"
        if await self._fire(UPLOADED, {"input": name}):
            self._ledger.counts["events repeated"] += 1

    async def keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_PAUSE)
            await self._fire(SWEEP)

    async def sweep(self) -> None:
        """Return when it has ended, with all that it began."""
        while not await self._fire(SWEEP):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.2)
        quiet = 0
        while quiet < QUIET_LOOKS:
            await asyncio.sleep(0.2)
            quiet = quiet + 1 if await self._is_quiet() else 0

    async def _fire(self, function: str, body: dict[str, str] | None = None) -> bool:
        """Whether the host has taken it; a host that is dead has not."""
        try:
            answer = await self._host.post(f"/functions/{function}", json=body or {})
        except httpx.TransportError:
            return False
        return answer.status_code == HTTPStatus.ACCEPTED

    async def _is_quiet(self) -> bool:
        try:
            answer = await self._host.get("/host/status")
        except httpx.TransportError:
            return False
        return answer.is_success and answer.json()["running"] == 0
