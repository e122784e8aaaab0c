"""Blob Storage: two containers, one client for each process, bytes by name.

``uploads`` holds what clients send, under ``{organization_id}/{document_id}``. ``derived`` holds
what we made of it, under the same prefix, so a firm's blobs can be found by its id alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from shared.platform.errors import NotFound, VendorUnavailable
from shared.platform.settings import settings

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient, BlobServiceClient

UPLOADS = "uploads"
DERIVED = "derived"
UPLOAD_WINDOW = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=5)


class BlobNotFound(NotFound):
    code = "blob_not_found"


class StorageUnavailable(VendorUnavailable):
    code = "storage_unavailable"


@dataclass(frozen=True, slots=True)
class BlobProperties:
    """``size`` in bytes; a new ETag means new bytes."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadLink:
    """Where one client may put one blob once, and until when."""

    url: str
    expires_at: datetime


def upload_link(name: str) -> UploadLink:
    """A shared access signature for that blob alone: create only, never read or replace."""
    from azure.storage.blob import BlobSasPermissions, generate_blob_sas

    blob = _service().get_blob_client(UPLOADS, name)
    now = datetime.now(UTC)
    token = generate_blob_sas(
        account_name=str(blob.account_name),
        container_name=UPLOADS,
        blob_name=name,
        account_key=_account_key(),
        permission=BlobSasPermissions(create=True),
        start=now - CLOCK_SKEW,
        expiry=now + UPLOAD_WINDOW,
    )
    return UploadLink(f"{blob.url}?{token}", now + UPLOAD_WINDOW)


async def properties(container: str, name: str) -> BlobProperties:
    async with _blob(container, name) as blob:
        found = await blob.get_blob_properties()
    return BlobProperties(size=found.size, etag=found.etag.strip('"'))


async def download(container: str, name: str, to: Path) -> None:
    """Stream the blob into a file of our own."""
    async with _blob(container, name) as blob:
        stream = await blob.download_blob()
        with to.open("wb") as file:
            async for chunk in stream.chunks():
                await asyncio.to_thread(file.write, chunk)


async def read(container: str, name: str) -> bytes:
    async with _blob(container, name) as blob:
        return await (await blob.download_blob()).readall()


async def write(container: str, name: str, content: bytes, media_type: str) -> None:
    """Replaces what is there: a step that runs twice writes the same name again."""
    from azure.storage.blob import ContentSettings

    async with _blob(container, name) as blob:
        await blob.upload_blob(
            content, overwrite=True, content_settings=ContentSettings(content_type=media_type)
        )


async def make_containers() -> None:
    """For a storage account of one's own; in Azure the templates make them."""
    from azure.core.exceptions import ResourceExistsError

    for name in (UPLOADS, DERIVED):
        try:
            await _service().create_container(name)
        except ResourceExistsError:
            continue


async def ping() -> None:
    async with _blob(UPLOADS, "nothing-lies-here") as blob:
        await blob.exists()


async def close() -> None:
    """Give this event loop's connections back."""
    client = _clients().pop(asyncio.get_running_loop(), None)
    if client:
        await client.close()


@asynccontextmanager
async def _blob(container: str, name: str) -> AsyncGenerator[BlobClient]:
    from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError

    try:
        yield _service().get_blob_client(container, name)
    except ResourceNotFoundError as error:
        raise BlobNotFound("There is no such blob") from error
    except HttpResponseError as error:
        raise StorageUnavailable(f"Blob Storage answered {error.status_code}") from error
    except AzureError as error:
        raise StorageUnavailable("Blob Storage cannot be reached") from error


@cache
def _clients() -> WeakKeyDictionary[asyncio.AbstractEventLoop, BlobServiceClient]:
    return WeakKeyDictionary()


def _service() -> BlobServiceClient:
    """One client for each event loop: its connections live on the loop."""
    from azure.storage.blob.aio import BlobServiceClient

    loop = asyncio.get_running_loop()
    if loop not in _clients():
        _clients()[loop] = BlobServiceClient.from_connection_string(
            settings().documents_storage.get_secret_value(), retry_total=3, initial_backoff=1
        )
    return _clients()[loop]


def _account_key() -> str:
    pairs = settings().documents_storage.get_secret_value().split(";")
    return next(
        pair.removeprefix("AccountKey=") for pair in pairs if pair.startswith("AccountKey=")
    )
