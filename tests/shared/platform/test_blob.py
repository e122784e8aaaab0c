import gzip
import hashlib
import os
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
import time_machine
from azure.storage.blob.aio import BlobServiceClient

from shared.platform import blob, storage_account
from shared.platform.blob import BlobTooLarge, UploadLink
from shared.platform.storage_account import BlobNotFound, StorageUnavailable
from tests.servers import free_ports

HEADERS = {"x-ms-blob-type": "BlockBlob", "if-none-match": "*"}

pytestmark = pytest.mark.usefixtures("storage")


@pytest.fixture
def name() -> str:
    return f"{uuid4()}/{uuid4()}"


class TestABlob:
    async def test_is_read_as_it_was_written(self, name: str, tmp_path: Path) -> None:
        await blob.write(blob.DERIVED, name, b"some bytes", "text/plain")

        assert await blob.read(blob.DERIVED, name) == b"some bytes"
        await blob.download(blob.DERIVED, name, tmp_path / "file", most=100)
        assert (tmp_path / "file").read_bytes() == b"some bytes"

    async def test_that_is_large_arrives_whole(self, name: str, tmp_path: Path) -> None:
        """More than the SDK fetches at once."""
        content = bytes(range(256)) * (36 * 2**20 // 256)
        await put((await blob.upload_link(name)).url, content)

        await blob.download(blob.UPLOADS, name, tmp_path / "file", most=len(content))

        assert (tmp_path / "file").read_bytes() == content

    async def test_that_is_called_packed_comes_as_it_lies_there(
        self, name: str, tmp_path: Path
    ) -> None:
        packed = gzip.compress(bytes(10 * 2**20))
        headers = HEADERS | {"x-ms-blob-content-encoding": "gzip"}
        await put((await blob.upload_link(name)).url, packed, headers)

        measured = await blob.sha256(blob.UPLOADS, name, most=len(packed))
        await blob.download(blob.UPLOADS, name, tmp_path / "file", most=len(packed))

        assert (tmp_path / "file").read_bytes() == packed
        assert await blob.read(blob.UPLOADS, name) == packed
        assert measured == hashlib.sha256(packed).hexdigest()

    async def test_with_more_bytes_than_we_take_is_left_off(
        self, name: str, tmp_path: Path
    ) -> None:
        await blob.write(blob.DERIVED, name, b"eleven, all", "text/plain")

        for attempt in (
            blob.download(blob.DERIVED, name, tmp_path / "file", most=10),
            blob.sha256(blob.DERIVED, name, most=10),
        ):
            with pytest.raises(BlobTooLarge):
                await attempt
        assert (tmp_path / "file").read_bytes() == b""

    async def test_may_be_written_again(self, name: str) -> None:
        for content in (b"first", b"second"):
            await blob.write(blob.DERIVED, name, content, "text/plain")

        assert await blob.read(blob.DERIVED, name) == b"second"

    async def test_has_another_etag_when_it_has_other_bytes(self, name: str) -> None:
        seen: list[str] = []
        for content in (b"", b"more"):
            await blob.write(blob.DERIVED, name, content, "text/plain")
            found = await blob.properties(blob.DERIVED, name)
            assert found.size == len(content)
            seen.append(found.etag)

        assert seen[0] != seen[1]
        assert '"' not in "".join(seen)

    async def test_that_is_not_there_is_not_found(self, name: str, tmp_path: Path) -> None:
        for attempt in (
            blob.read(blob.UPLOADS, name),
            blob.properties(blob.UPLOADS, name),
            blob.download(blob.UPLOADS, name, tmp_path / "file", most=100),
        ):
            with pytest.raises(BlobNotFound):
                await attempt


class TestTheContainers:
    async def test_can_be_made_twice(self) -> None:
        await blob.make_containers()
        await blob.make_containers()


class TestStorageThatIsAway:
    @pytest.fixture
    async def away(self, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
        """Another client, for a port where nobody listens."""
        text = os.environ["TEST_STORAGE"]
        here = text.split("BlobEndpoint=http://")[1].split("/")[0]
        nowhere = text.replace(here, f"127.0.0.1:{free_ports(1)[0]}")
        async with BlobServiceClient.from_connection_string(nowhere, retry_total=0) as client:
            monkeypatch.setattr(storage_account, "service", lambda: client)
            yield

    async def test_is_unavailable_for_now(self, away: None, name: str, tmp_path: Path) -> None:
        for attempt in (
            blob.read(blob.UPLOADS, name),
            blob.write(blob.DERIVED, name, b"", "text/plain"),
            blob.properties(blob.UPLOADS, name),
            blob.download(blob.UPLOADS, name, tmp_path / "file", most=100),
            blob.ping(),
        ):
            with pytest.raises(StorageUnavailable) as unavailable:
                await attempt
            assert (unavailable.value.status, unavailable.value.retryable) == (503, True)


class TestAnUploadLink:
    async def test_creates_that_blob(self, name: str) -> None:
        assert await put((await blob.upload_link(name)).url, b"w2") == 201
        assert await blob.read(blob.UPLOADS, name) == b"w2"

    async def test_creates_it_once(self, name: str) -> None:
        link = await blob.upload_link(name)
        await put(link.url, b"w2")

        assert await put(link.url, b"changed") in (403, 409)
        assert await put(link.url, b"changed", {"x-ms-blob-type": "BlockBlob"}) == 403
        assert await blob.read(blob.UPLOADS, name) == b"w2"

    async def test_neither_reads_nor_deletes_nor_lists(self, name: str) -> None:
        link = await blob.upload_link(name)
        await put(link.url, b"w2")
        container = link.url.replace(f"/{name}?", "?restype=container&comp=list&")

        async with httpx.AsyncClient() as browser:
            refused = [
                (await browser.get(link.url)).status_code,
                (await browser.delete(link.url)).status_code,
                (await browser.get(container)).status_code,
            ]
        assert refused == [403, 403, 403]

    @pytest.mark.parametrize("container", [blob.UPLOADS, blob.DERIVED])
    async def test_opens_no_other_blob(self, name: str, container: str) -> None:
        link = await blob.upload_link(name)
        other = link.url.replace(f"/{blob.UPLOADS}/{name}?", f"/{container}/{name}-2?")

        assert await put(other, b"w2") == 403
        with pytest.raises(BlobNotFound):
            await blob.read(container, f"{name}-2")

    async def test_is_good_for_a_quarter_of_an_hour(self, name: str) -> None:
        before = datetime.now(UTC)
        link = await blob.upload_link(name)

        assert timedelta(0) <= link.expires_at - before - blob.UPLOAD_WINDOW < timedelta(minutes=1)
        assert asked(link)["se"] == [link.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        assert asked(link)["sp"] == ["c"]

    async def test_that_has_expired_opens_nothing(self, name: str) -> None:
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=16)):
            link = await blob.upload_link(name)

        assert await put(link.url, b"w2") == 403


def asked(link: UploadLink) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link.url).query)


async def put(url: str, content: bytes, headers: dict[str, str] = HEADERS) -> int:
    async with httpx.AsyncClient() as browser:
        return (await browser.put(url, content=content, headers=headers)).status_code
