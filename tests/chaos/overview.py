"""The list of documents, as a page shows it: looked at once for all who follow one of them."""

import asyncio
import time

import httpx

from local.reading.api import Json

SECONDS = 0.5
MOST = 200  # what a page may have; a file may come to have a second document


class Overview:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._turn = asyncio.Lock()
        self._looked_at = 0.0
        self._seen: dict[str, Json] = {}

    async def find(self, document_id: str) -> Json | None:
        """As of a moment ago; what has just been announced may be missing."""
        async with self._turn:
            if time.monotonic() - self._looked_at > SECONDS:
                await self._look()
        return self._seen.get(document_id)

    async def list_all(self) -> dict[str, Json]:
        async with self._turn:
            await self._look()
        return self._seen

    async def _look(self) -> None:
        """A service that is away is asked again later: until then the last answer stands."""
        self._looked_at = time.monotonic()
        try:
            answer = await self._http.get("/api/v1/documents", params={"limit": MOST})
        except httpx.TransportError:
            return
        if answer.is_success:
            self._seen = {each["id"]: each for each in answer.json()["items"]}
