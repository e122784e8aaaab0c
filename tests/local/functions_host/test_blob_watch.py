"""The watch of a container goes on, whatever one look at it came to."""

import logging
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from local.functions_host.blob_paths import parse_blob_path
from local.functions_host.blob_storage import BlobStorage, ListedBlob, StorageUnavailable
from local.functions_host.blob_watch import BlobWatch
from local.functions_host.sources import Activity, Rounds
from tests.local.functions_host.hosting import until

LISTING = b"""<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>firm/a</Name>
<Properties><Etag>0x1</Etag></Properties></Blob></Blobs><NextMarker/></EnumerationResults>"""
NO_LISTING = b"<html>a proxy's page"
NAMELESS = LISTING.replace(b"<Name>firm/a</Name>", b"")
PATH = parse_blob_path("uploads/{firm}/{name}")


@asynccontextmanager
async def account(*listings: bytes) -> AsyncGenerator[BlobStorage]:
    """A storage account that answers with these; the last goes on for ever."""
    left = list(listings)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=left.pop(0) if len(left) > 1 else left[0])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    storage = BlobStorage(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        f"BlobEndpoint=http://127.0.0.1:{port}/a;",
        "uploads",
    )
    try:
        yield storage
    finally:
        await storage.close()
        await runner.cleanup()


@asynccontextmanager
async def watched(storage: BlobStorage, tell: Callable[[ListedBlob], None]) -> AsyncGenerator[None]:
    rounds = Rounds()
    rounds.start(BlobWatch(storage, PATH, {}, tell, Activity()).run())
    try:
        yield
    finally:
        await rounds.cancel()


async def test_a_listing_that_is_no_xml_is_a_storage_that_is_away() -> None:
    async with account(NO_LISTING) as storage:
        with pytest.raises(StorageUnavailable, match="no XML"):
            _ = [page async for page in storage.list_pages("")]


@pytest.mark.parametrize("odd", [NO_LISTING, NAMELESS], ids=["no-xml", "nameless"])
async def test_an_odd_listing_does_not_end_the_watch(
    odd: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "local.functions_host.blob_watch")
    told: list[ListedBlob] = []
    async with account(odd, odd, odd, LISTING) as storage, watched(storage, told.append):
        await until(lambda: "can be listed again" in caplog.text)

    assert told == [ListedBlob("firm/a", "0x1")]
    assert len([each for each in caplog.records if each.levelno > logging.INFO]) == 1


async def test_a_blob_that_could_not_be_told_of_is_told_of_again() -> None:
    told: list[ListedBlob] = []

    def tell(blob: ListedBlob) -> None:
        told.append(blob)
        if len(told) == 1:
            raise sqlite3.OperationalError("database or disk is full")

    async with account(LISTING) as storage, watched(storage, tell):
        await until(lambda: len(told) == 2)
