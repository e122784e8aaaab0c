"""Where a document's blobs are, and what lies sealed in them."""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from shared.documents.models import MAX_UPLOAD_BYTES
from shared.platform import blob
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring, place
from shared.vendors.reading import DocumentTooLarge, Reading

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NAME = re.compile(f"({_ID})/({_ID})")


def upload_name(organization_id: UUID, document_id: UUID) -> str:
    """Ids only: whatever a client calls its file, a path trick has nowhere to go."""
    return f"{organization_id}/{document_id}"


def parse_upload_name(name: str) -> tuple[UUID, UUID] | None:
    """Organization and document, or nothing when the name is not one of ours."""
    match = _NAME.fullmatch(name)
    return (UUID(match[1]), UUID(match[2])) if match else None


@asynccontextmanager
async def fetched(actor: Actor, document_id: UUID) -> AsyncGenerator[tuple[Path, Path]]:
    """The upload as a file of our own, and an empty folder for its page images."""
    with TemporaryDirectory(prefix="document-") as folder:
        file, images = Path(folder, "upload"), Path(folder, "images")
        images.mkdir()
        name = upload_name(actor.organization_id, document_id)
        if (await blob.properties(blob.UPLOADS, name)).size > MAX_UPLOAD_BYTES:
            raise DocumentTooLarge("It has too many bytes")
        await blob.download(blob.UPLOADS, name, file)
        yield file, images


async def keep_images(actor: Actor, document_id: UUID, run: int, images: Path) -> None:
    for image in sorted(images.glob("*.png")):
        name = image_name(actor, document_id, run, int(image.stem), is_masked=False)
        content = await asyncio.to_thread(image.read_bytes)
        await blob.write(blob.DERIVED, name, content, "image/png")


async def read_image(
    actor: Actor, document_id: UUID, run: int, page: int, *, is_masked: bool
) -> bytes:
    name = image_name(actor, document_id, run, page, is_masked=is_masked)
    return await blob.read(blob.DERIVED, name)


async def keep_masked_image(
    actor: Actor, document_id: UUID, run: int, page: int, png: bytes
) -> None:
    name = image_name(actor, document_id, run, page, is_masked=True)
    await blob.write(blob.DERIVED, name, png, "image/png")


async def keep_reading(
    actor: Actor, keyring: Keyring, document_id: UUID, run: int, reading: Reading
) -> None:
    """The words of a page are as secret as the page."""
    plain = zlib.compress(reading.model_dump_json().encode())
    sealed = keyring.seal(plain, _reading_place(document_id, run))
    await blob.write(
        blob.DERIVED, _reading_name(actor, document_id, run), sealed, "application/octet-stream"
    )


async def load_reading(actor: Actor, keyring: Keyring, document_id: UUID, run: int) -> Reading:
    sealed = await blob.read(blob.DERIVED, _reading_name(actor, document_id, run))
    plain = zlib.decompress(keyring.unseal(sealed, _reading_place(document_id, run)))
    return await asyncio.to_thread(Reading.model_validate_json, plain)


def image_name(actor: Actor, document_id: UUID, run: int, page: int, *, is_masked: bool) -> str:
    ending = "masked.png" if is_masked else "png"
    return f"{upload_name(actor.organization_id, document_id)}/{run}/{page}.{ending}"


def _reading_name(actor: Actor, document_id: UUID, run: int) -> str:
    return f"{upload_name(actor.organization_id, document_id)}/{run}/reading"


def _reading_place(document_id: UUID, run: int) -> str:
    return place("derived", "reading", f"{document_id}/{run}")
