"""Blobs on Azurite: each ETag once, whatever happens between."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from local.functions_host.blob_storage import PAGE_SIZE, BlobStorage
from local.functions_host.blob_watch import rest_after
from tests.local.functions_host.conftest import Azurite
from tests.local.functions_host.hosting import Hosted, hosted, until

pytestmark = pytest.mark.xdist_group("functions_host_blobs")


@pytest.fixture
async def inbox(azurite: Azurite) -> AsyncGenerator[ContainerClient]:
    """The container "inbox", empty, and no container "uploads"."""
    async with BlobServiceClient.from_connection_string(azurite.connection) as service:
        with contextlib.suppress(ResourceNotFoundError):
            await service.delete_container("uploads")
        container = service.get_container_client("inbox")
        with contextlib.suppress(ResourceExistsError):
            await container.create_container()
        async for name in container.list_blob_names():
            await container.delete_blob(name)
        yield container


def documents(azurite: Azurite, state: Path) -> contextlib.AbstractAsyncContextManager[Hosted]:
    return hosted("documents", state, DOCUMENTS_STORAGE=azurite.connection)


def streams(host: Hosted) -> list[str]:
    return sorted(each[1] for each in host.app.seen if each[0] == "stream")


async def test_new_blobs_that_fit_the_path_arrive(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        for number in range(6):
            await inbox.upload_blob(f"firm/a{number}.pdf", b"x" * number, metadata={"k": "v"})
        await inbox.upload_blob("firm/deep/b.pdf", b"1")
        await inbox.upload_blob("flat.pdf", b"1")
        await inbox.upload_blob("firm/c.txt", b"1")
        await until(lambda: len(streams(host)) == 7)

        assert streams(host) == [
            *(f"inbox/firm/a{number}.pdf" for number in range(6)),
            "inbox/firm/deep/b.pdf",
        ]
        assert ("stream", "inbox/firm/a5.pdf", 5, b"xxxxx", {"k": "v"}) in host.app.seen
        assert host.app.most_blobs == 2  # host.json's maxDegreeOfParallelism


async def test_a_blob_written_again_arrives_again(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/a.pdf", b"1")
        await until(lambda: len(streams(host)) == 1)
        await inbox.upload_blob("firm/a.pdf", b"22", overwrite=True)
        await until(lambda: len(streams(host)) == 2)

        assert [each[3] for each in host.app.seen] == [b"1", b"22"]


async def test_after_a_restart_only_the_new_ones_arrive(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    await inbox.upload_blob("firm/old.pdf", b"1")
    async with documents(azurite, tmp_path) as host:
        await until(lambda: streams(host))
    await inbox.upload_blob("firm/new.pdf", b"1")

    async with documents(azurite, tmp_path) as again:
        await until(lambda: streams(again))
        assert streams(again) == ["inbox/firm/new.pdf"]


async def test_a_blob_that_always_fails_is_poison_after_so_many_tries(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/bad.pdf", b"1")
        await until(host.host.memory.poisoned_blobs)
        status = (await host.http.get("/admin/host/status", headers=host.as_master)).json()

        assert streams(host) == ["inbox/firm/bad.pdf"] * 3  # host.json's poisonBlobThreshold
        assert status["poisonedBlobs"] == [{"function": "on_stream", "blob": "inbox/firm/bad.pdf"}]
    async with documents(azurite, tmp_path) as again:
        await inbox.upload_blob("firm/good.pdf", b"1")
        await until(lambda: streams(again))
        assert streams(again) == ["inbox/firm/good.pdf"]


async def test_a_stop_waits_for_the_blob_under_way(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/a.pdf", b"1")
        await until(lambda: host.app.running_blobs)

    assert streams(host) == ["inbox/firm/a.pdf"]
    async with documents(azurite, tmp_path) as again:
        assert list(again.host.memory.known_blobs("on_stream")) == ["inbox/firm/a.pdf"]
        assert again.host.memory.waiting_messages() == []


async def test_an_administrator_may_deliver_a_blob_again(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/a.pdf", b"1")
        await until(lambda: len(streams(host)) == 1)
        wanted = {"input": "inbox/firm/a.pdf"}
        answer = await host.http.post(
            "/admin/functions/on_stream", json=wanted, headers=host.as_master
        )

        assert answer.status_code == 202
        await until(lambda: len(streams(host)) == 2)


async def test_poison_may_be_delivered_again_and_has_all_its_tries(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/bad.pdf", b"1")
        await until(host.host.memory.poisoned_blobs)
        wanted = {"input": "inbox/firm/bad.pdf"}
        await host.http.post("/admin/functions/on_stream", json=wanted, headers=host.as_master)
        await until(lambda: len(streams(host)) == 6)
        await until(host.host.memory.poisoned_blobs)

        assert len(host.host.memory.poisoned_blobs()) == 1


async def test_what_does_not_fit_the_path_is_not_delivered(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with documents(azurite, tmp_path) as host:
        for name in ("other/firm/a.pdf", "inbox/a.pdf", "inbox/firm/a.txt", ""):
            answer = await host.http.post(
                "/admin/functions/on_stream", json={"input": name}, headers=host.as_master
            )
            assert answer.status_code == 400


async def test_a_container_made_later_is_watched(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with (
        documents(azurite, tmp_path) as host,
        BlobServiceClient.from_connection_string(azurite.connection) as service,
    ):
        await asyncio.sleep(0.5)
        uploads = await service.create_container("uploads")
        await uploads.upload_blob("firm-7/document-8", b"12345")
        await until(lambda: host.app.seen)

        assert host.app.seen[0] == ("client", "uploads", "firm-7/document-8", 5)


async def test_a_client_can_be_bound_and_start_an_orchestration(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path
) -> None:
    async with (
        documents(azurite, tmp_path) as host,
        BlobServiceClient.from_connection_string(azurite.connection) as service,
    ):
        uploads = await service.create_container("uploads")
        await uploads.upload_blob("firm/document", b"123")
        await until(lambda: [each for each in host.app.seen if each[0] == "double"])

        assert ("double", 3, "double") in host.app.seen


async def test_it_outlasts_a_restart_of_the_storage_and_says_so_once(
    azurite: Azurite, inbox: ContainerClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "local.functions_host.blob_watch")
    async with documents(azurite, tmp_path) as host:
        await inbox.upload_blob("firm/before.pdf", b"1")
        await until(lambda: len(streams(host)) == 1)
        await azurite.stop()
        await until(lambda: "cannot be listed" in caplog.text)
        await asyncio.sleep(1.5)  # some more polls, all in vain
        await azurite.start()
        await inbox.upload_blob("firm/after.pdf", b"1")
        await until(lambda: len(streams(host)) == 2)

    said = [each.message for each in caplog.records]
    watches = 2
    assert sum("cannot be listed" in line for line in said) == watches
    assert sum("can be listed again" in line for line in said) == watches


@pytest.mark.parametrize(
    ("took", "used", "unused", "long_unused"),
    [(0.01, 0.1, 1.0, 5.0), (0.1, 0.4, 6.0, 6.0), (0.5, 2.0, 30.0, 30.0)],
)
def test_the_longer_a_listing_takes_and_the_host_is_unused_the_rarer_it_is(
    took: float, used: float, unused: float, long_unused: float
) -> None:
    assert [rest_after(took, idle) for idle in (0, 20, 3600)] == [used, unused, long_unused]


async def test_a_listing_has_every_page_and_odd_names(
    azurite: Azurite, inbox: ContainerClient
) -> None:
    odd = ["a b+c%20d&é.pdf", "a<b>.pdf", "a/\u4e2d.pdf"]
    names = [*odd, *(f"many/{number:05}" for number in range(PAGE_SIZE + 1))]
    for start in range(0, len(names), 50):
        batch = names[start : start + 50]
        await asyncio.gather(*(inbox.upload_blob(name, b"") for name in batch))
    storage = BlobStorage(azurite.connection, "inbox")

    pages = [page async for page in storage.list_pages("")]
    some = [blob.name async for page in storage.list_pages("many/00001") for blob in page]
    fetched = await storage.fetch(odd[0], with_content=False)
    gone = await storage.fetch("gone", with_content=True)
    await storage.close()

    assert [len(page) for page in pages] == [PAGE_SIZE, 4]
    assert {blob.name for page in pages for blob in page} == set(names)
    assert some == ["many/00001"]
    etags = {blob.name: blob.etag for page in pages for blob in page}
    assert fetched
    assert fetched.etag == etags[odd[0]]
    assert gone is None
