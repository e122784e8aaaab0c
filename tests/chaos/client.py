"""A client of the service: announces, sends, follows, decides; again where it has no answer."""

import asyncio
import time
from http import HTTPStatus
from pathlib import Path
from random import Random

import httpx

from local.reading.api import Api, Json, Refused
from tests.chaos.ledger import Ledger
from tests.chaos.overview import Overview
from tests.chaos.papers import Paper

PAUSE = 0.5
OVERDUE_SECONDS = 10
TWICE = 0.3
"""How many announcements and decisions are sent twice, as by somebody who clicks twice."""

VERDICTS = ("accepted", "accepted", "rejected")
NOT_READ = frozenset({"processing_failed", "reader_gave_up"})
ENDED = frozenset({"accepted", "rejected", "duplicate"})
OVERTAKEN = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})


class Client:
    def __init__(
        self, http: httpx.AsyncClient, client_id: str, ledger: Ledger, chance: Random
    ) -> None:
        self._http = http
        self._api = Api(http)
        self._overview = Overview(http)
        self._client_id = client_id
        self._ledger = ledger
        self._chance = chance

    async def see_through(self, paper: Paper) -> None:
        """Send every copy of it, and stay until each has ended."""
        uploads = [await self._announce(path) for path in paper.paths]
        for path, upload in zip(paper.paths, uploads, strict=True):
            await self._put(path, upload)
        for path in paper.paths:
            await self.follow(path)

    async def follow(self, path: Path) -> None:
        """Until the document has ended: what it asks for on the way is done."""
        sent_at = time.monotonic()
        while True:
            document = await self._overview.find(self._ledger.documents[path])
            match (document or {}).get("state"):
                case "expected" if document and _wants_bytes(document, time.monotonic() - sent_at):
                    await self._send_again(path, document)
                    sent_at = time.monotonic()
                case "failed" | "needs_review" if document:
                    await self._attend_to(document["id"])
                case state if state in ENDED:
                    return
                case _:
                    pass
            await asyncio.sleep(PAUSE)

    async def list_unfinished(self) -> list[Path]:
        """The files whose documents ask for something, or are not read yet."""
        seen = await self._overview.list_all()
        known = self._ledger.documents.items()
        return [path for path, document_id in known if seen[document_id]["state"] not in ENDED]

    async def show(self, path: Path) -> Json:
        return await self._api.document(self._ledger.documents[path])

    async def _attend_to(self, document_id: str) -> None:
        """What the list showed may be over by now."""
        document = await self._api.document(document_id)
        match document["state"]:
            case "failed" | "needs_review" if document["code"] in NOT_READ:
                await self._reread(document)
            case "needs_review":
                await self._decide(document)
            case _:
                pass

    async def _announce(self, path: Path) -> Json:
        wanted = self._api.announce(self._client_id, path)
        if self._clicks_twice("announcements sent twice"):
            upload, other = await asyncio.gather(wanted, self._api.announce(self._client_id, path))
            self._note_announced(path, other)
        else:
            upload = await wanted
        self._note_announced(path, upload)
        return upload

    def _note_announced(self, path: Path, upload: Json) -> None:
        self._ledger.note_announced(path, upload["document_id"], is_here=upload["already_received"])

    async def _put(self, path: Path, upload: Json) -> None:
        if not upload["already_received"]:
            await self._api.put(upload, path)
            self._ledger.counts["uploads"] += 1
            self._ledger.sent.add(path)

    async def _send_again(self, path: Path, document: Json) -> None:
        reason = "uploads sent again: lost" if document["code"] else "uploads sent again: silence"
        self._ledger.counts[reason] += 1
        await self._put(path, await self._announce(path))

    async def _reread(self, document: Json) -> None:
        """A repeated request finds that the first has begun a run."""
        self._ledger.counts[f"read again: {document['code']}"] += 1
        try:
            await self._api.reread(document["id"])
        except Refused as refused:
            if refused.code != "not_rereadable":
                raise

    async def _decide(self, document: Json) -> None:
        verdict = self._chance.choice(VERDICTS)
        wanted = [self._answer_to(document, verdict)]
        if self._clicks_twice("decisions sent twice"):
            wanted.append(self._answer_to(document, verdict))
        for answer in await asyncio.gather(*wanted):
            if answer is None or answer.is_server_error:
                continue  # nobody knows what has come of it; the document will say
            if answer.is_success:
                number = _newest_run(document)["number"]
                self._ledger.note_decided(document["id"], number, verdict)
            elif answer.status_code not in OVERTAKEN:
                self._ledger.broken.append(f"a decision was answered with {answer.text}")

    async def _answer_to(self, document: Json, verdict: str) -> httpx.Response | None:
        try:
            return await self._http.post(
                f"/api/v1/documents/{document['id']}/review",
                json={"verdict": verdict},
                headers={"if-match": f'"{document["version"]}"'},
            )
        except httpx.TransportError:
            return None

    def _clicks_twice(self, what: str) -> bool:
        is_twice = self._chance.random() < TWICE
        self._ledger.counts[what] += is_twice
        return is_twice


def _wants_bytes(document: Json, waited: float) -> bool:
    return document["code"] == "upload_lost" or waited > OVERDUE_SECONDS


def _newest_run(document: Json) -> Json:
    return max(document["runs"], key=lambda run: run["number"])
