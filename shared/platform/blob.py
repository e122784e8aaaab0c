"""Blob Storage: three containers, one client for each process, bytes by name.

``uploads`` holds what clients send, under ``{organization_id}/{document_id}``. ``derived`` holds
what we made of it, under the same prefix, so a firm's blobs can be found by its id alone.
``exports`` holds what somebody asked to take away, under ``{organization_id}/{operation_id}``.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Generator, Sequence
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
EXPORTS = "exports"
CONTAINERS = (UPLOADS, DERIVED, EXPORTS)
UPLOAD_WINDOW = timedelta(minutes=15)
DOWNLOAD_WINDOW = timedelta(minutes=5)


class BlobTooLarge(AppError):
    """It has more bytes than the caller takes."""

    status = 413
    code = "blob_too_large"
    remedy = "Announce the size of what is really sent"


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


async def download_link(container: str, name: str, filename: str) -> str:
    """A shared access signature to read that blob alone, for some minutes, as a file to keep."""
    from azure.storage.blob import BlobSasPermissions, generate_blob_sas

    blob = storage_account.service().get_blob_client(container, name)
    now = datetime.now(UTC)
    key = await storage_account.signing_key(until=now + DOWNLOAD_WINDOW)
    token = generate_blob_sas(
        account_name=str(blob.account_name),
        container_name=container,
        blob_name=name,
        account_key=key.account_key,
        user_delegation_key=key.user_delegation_key,
        permission=BlobSasPermissions(read=True),
        start=now - CLOCK_SKEW,
        expiry=now + DOWNLOAD_WINDOW,
        content_disposition=f'attachment; filename="{filename}"',
        cache_control="private, no-store",
    )
    return f"{blob.url}?{token}"


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


async def read_version(container: str, name: str) -> tuple[bytes, str]:
    """As ``read``, and the ETag of what was read."""
    with _blob(container, name) as blob:
        stream = await blob.download_blob(decompress=False)
        return await stream.readall(), stream.properties.etag


async def replace(container: str, name: str, content: bytes, media_type: str, etag: str) -> bool:
    """Write only over what was read. False when somebody else has written since."""
    from azure.core import MatchConditions
    from azure.core.exceptions import ResourceModifiedError
    from azure.storage.blob import ContentSettings

    kind = ContentSettings(content_type=media_type)
    with _blob(container, name) as blob:
        try:
            await blob.upload_blob(
                content,
                overwrite=True,
                content_settings=kind,
                etag=etag,
                match_condition=MatchConditions.IfNotModified,
            )
        except ResourceModifiedError:
            return False
    return True


async def write_file(container: str, name: str, path: Path, media_type: str) -> None:
    """As ``write``, for what does not fit into memory."""
    from azure.storage.blob import ContentSettings

    kind = ContentSettings(content_type=media_type)
    with _blob(container, name) as blob, path.open("rb") as file:
        await blob.upload_blob(file, overwrite=True, content_settings=kind)


async def stage(container: str, name: str, block_id: str, content: bytes) -> None:
    """A piece of a blob to be; nobody sees it before it is committed."""
    with _blob(container, name) as blob:
        await blob.stage_block(block_id, content)


async def commit(container: str, name: str, block_ids: Sequence[str], media_type: str) -> None:
    """These pieces are the blob, in this order; committed twice, it is the same again."""
    from azure.storage.blob import BlobBlock, ContentSettings

    kind = ContentSettings(content_type=media_type)
    with _blob(container, name) as blob:
        await blob.commit_block_list([BlobBlock(each) for each in block_ids], content_settings=kind)


async def delete(container: str, name: str) -> None:
    """One that is not there any more is gone as it should be."""
    try:
        with _blob(container, name) as blob:
            await blob.delete_blob()
    except storage_account.BlobNotFound:
        return


async def names(container: str, prefix: str) -> set[str]:
    with storage_account.translated():
        client = storage_account.service().get_container_client(container)
        return {name async for name in client.list_blob_names(name_starts_with=prefix)}


async def make_containers() -> None:
    """For a storage account of one's own; in Azure the templates make them."""
    from azure.core.exceptions import ResourceExistsError

    for name in CONTAINERS:
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
