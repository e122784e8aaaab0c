"""Blob Storage: two containers, one client for each process, bytes by name.

``uploads`` holds what clients send, under ``{organization_id}/{document_id}``. ``derived`` holds
what we made of it, under the same prefix, so a firm's blobs can be found by its id alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from shared.platform import storage_account
from shared.platform.errors import AppError
from shared.platform.storage_account import CLOCK_SKEW

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

UPLOADS = "uploads"
DERIVED = "derived"
UPLOAD_WINDOW = timedelta(minutes=15)


class BlobTooLarge(AppError):
    """It has more bytes than the caller takes."""

    status = 413
    code = "blob_too_large"


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


async def upload_link(name: str) -> UploadLink:
    """A shared access signature for that blob alone: create only, never read or replace."""
    from azure.storage.blob import BlobSasPermissions, generate_blob_sas

    blob = storage_account.service().get_blob_client(UPLOADS, name)
    now = datetime.now(UTC)
    key = await storage_account.signing_key(until=now + UPLOAD_WINDOW)
    token = generate_blob_sas(
        account_name=str(blob.account_name),
        container_name=UPLOADS,
        blob_name=name,
        account_key=key.account_key,
        user_delegation_key=key.user_delegation_key,
        permission=BlobSasPermissions(create=True),
        start=now - CLOCK_SKEW,
        expiry=now + UPLOAD_WINDOW,
    )
    return UploadLink(f"{blob.url}?{token}", now + UPLOAD_WINDOW)


async def properties(container: str, name: str) -> BlobProperties:
    with _blob(container, name) as blob:
        found = await blob.get_blob_properties()
    return BlobProperties(size=found.size, etag=found.etag.strip('"'))


async def download(container: str, name: str, to: Path, *, most: int) -> str:
    """Stream the blob into a file of our own; the SHA-256 of what came, in hex."""
    digest = hashlib.sha256()
    with to.open("wb") as file:
        async for chunk in _chunks(container, name, most):
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    return digest.hexdigest()


async def sha256(container: str, name: str, *, most: int) -> str:
    digest = hashlib.sha256()
    async for chunk in _chunks(container, name, most):
        digest.update(chunk)
    return digest.hexdigest()


async def read(container: str, name: str) -> bytes:
    """The whole of it at once: for what we have written ourselves."""
    with _blob(container, name) as blob:
        return await (await blob.download_blob(decompress=False)).readall()


async def write(container: str, name: str, content: bytes, media_type: str) -> None:
    """Replaces what is there: a step that runs twice writes the same name again."""
    from azure.storage.blob import ContentSettings

    with _blob(container, name) as blob:
        await blob.upload_blob(
            content, overwrite=True, content_settings=ContentSettings(content_type=media_type)
        )


async def names(container: str, prefix: str) -> set[str]:
    with storage_account.translated():
        client = storage_account.service().get_container_client(container)
        return {name async for name in client.list_blob_names(name_starts_with=prefix)}


async def make_containers() -> None:
    """For a storage account of one's own; in Azure the templates make them."""
    from azure.core.exceptions import ResourceExistsError

    for name in (UPLOADS, DERIVED):
        try:
            await storage_account.service().create_container(name)
        except ResourceExistsError:
            continue


async def ping() -> None:
    with _blob(UPLOADS, "nothing-lies-here") as blob:
        await blob.exists()


@contextmanager
def _blob(container: str, name: str) -> Generator[BlobClient]:
    with storage_account.translated():
        yield storage_account.service().get_blob_client(container, name)


async def _chunks(container: str, name: str, most: int) -> AsyncIterator[bytes]:
    """As they lie there: whoever sends a blob may call it packed, and it would come a thousandfold.

    So what comes is what its size has told, and it is counted nevertheless.
    """
    with _blob(container, name) as blob:
        stream = await blob.download_blob(decompress=False)
        left = most
        async for chunk in stream.chunks():
            left -= len(chunk)
            if left < 0:
                raise BlobTooLarge(f"The blob has more than {most:,} bytes")
            yield chunk
