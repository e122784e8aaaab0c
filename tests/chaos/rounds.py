"""One round: documents on their way while parts die, then calm until nothing changes any more."""

import asyncio
import json
from collections.abc import Sequence
from random import Random

import httpx

from local.demo import FIRMS
from local.reading.api import BearerToken, Json
from tests.chaos.administrator import Administrator
from tests.chaos.client import Client
from tests.chaos.ledger import Ledger
from tests.chaos.monkey import Monkey
from tests.chaos.papers import Paper
from tests.journeys.stack import Stack

SETTLING_SECONDS = 600  # whoever runs something else beside us is forgiven
LATE_EVENTS = 20
RECHECK_SECONDS = 8  # Azurite loses up to five, and more under load
SETTINGS = {
    "SWEEP_UNANNOUNCED_AFTER": "2",
    "SWEEP_SILENT_AFTER": "5",
    "SWEEP_RECHECK_AFTER": str(RECHECK_SECONDS),
}


class Round:
    """Papers leave one after the other over the seconds, while the monkey is at large."""

    def __init__(self, stack: Stack, papers: Sequence[Paper], *, seed: int, seconds: float) -> None:
        self._stack = stack
        self._papers = papers
        self._seed = seed
        self._seconds = seconds
        self.ledger = Ledger()
        self.monkey = Monkey(stack, self._chance("monkey"))

    async def run(self) -> dict[Paper, list[Json]]:
        """Each paper's documents, its copy's last, as the service shows them at the end."""
        async with self._api() as api, self._host() as host:
            client_id = str(FIRMS[0].client_id(FIRMS[0].clients[0].name))
            client = Client(api, client_id, self.ledger, self._chance("client"))
            administrator = Administrator(host, self.ledger, self._chance("events"))
            await self._storm(client, administrator)
            async with asyncio.timeout(SETTLING_SECONDS):
                await self._settle(client, administrator)
                return {
                    paper: [await client.show(path) for path in paper.paths]
                    for paper in self._papers
                }

    async def _storm(self, client: Client, administrator: Administrator) -> None:
        """Trouble lasts until the last paper has left, the sweeps until it has arrived."""
        troubles = [
            asyncio.create_task(self.monkey.run()),
            asyncio.create_task(administrator.repeat_events()),
        ]
        sweeping = asyncio.create_task(administrator.keep_sweeping())
        try:
            async with asyncio.timeout(SETTLING_SECONDS), asyncio.TaskGroup() as group:
                for paper in self._papers:
                    group.create_task(client.see_through(paper))
                    await asyncio.sleep(self._seconds / len(self._papers))
                await _ended(*troubles)
        finally:
            await _ended(*troubles, sweeping)

    async def _settle(self, client: Client, administrator: Administrator) -> None:
        """Some last events, then sweeps, until one changes nothing and has seen every blob."""
        known = sorted(self.ledger.documents.values())
        for document_id in self._chance("late").sample(known, LATE_EVENTS):
            await administrator.deliver(document_id)
        before = None
        while before != (now := self._versions()) or not self._is_rechecked():
            before = now
            await administrator.sweep()
            await asyncio.gather(*map(client.follow, await client.list_unfinished()))
            await asyncio.sleep(1)

    def _versions(self) -> list[tuple[object, ...]]:
        return self._stack.rows("SELECT id, version FROM documents ORDER BY id")

    def _is_rechecked(self) -> bool:
        """Whether the last sweep was late enough to look at the blobs of every run."""
        ((seconds,),) = self._stack.rows(
            "SELECT extract(epoch FROM now() - max(finished_at)) FROM document_processing"
        )
        return seconds > RECHECK_SECONDS + 1

    def _api(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._stack.url,
            auth=BearerToken(self._stack.token),
            event_hooks={"response": [self.ledger.note_answer]},
            timeout=30,
            trust_env=False,
        )

    def _host(self) -> httpx.AsyncClient:
        key = json.loads((self._stack.state / "host/keys.json").read_text())["master"]
        return httpx.AsyncClient(
            base_url=f"{self._stack.url}/admin", headers={"x-functions-key": key}, trust_env=False
        )

    def _chance(self, purpose: str) -> Random:
        return Random(f"{self._seed} {purpose}")


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Cancelled; what one of them had run into is raised."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
