"""Where a document's blobs are, and what lies sealed in them."""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from shared.documents.errors import UploadLost, UploadMismatch
from shared.documents.models import MAX_UPLOAD_BYTES
from shared.documents.queries import uploads
from shared.documents.understanding.models import Part
from shared.platform import blob, scratch
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring, place, sealed_with
from shared.platform.db import transaction
from shared.platform.messages import Message
from shared.platform.storage_account import BlobNotFound
from shared.vendors.reading import DocumentTooLarge, ModelFields, Reading

_MEDIA_TYPE = "application/octet-stream"
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
    """The upload as a file of our own, and an empty folder for its page images.

    It is what was announced or nothing: between two steps somebody may have replaced the blob.
    """
    async with transaction(actor) as tx:
        announced = await uploads.get_announcement(tx, document_id)
    with scratch.folder() as folder:
        file, images = folder / "upload", folder / "images"
        images.mkdir()
        name = upload_name(actor.organization_id, document_id)
        try:
            if (await blob.properties(blob.UPLOADS, name)).size > MAX_UPLOAD_BYTES:
                raise DocumentTooLarge("It has too many bytes")
            sha256 = await blob.download(blob.UPLOADS, name, file, most=MAX_UPLOAD_BYTES)
        except BlobNotFound as error:
            raise UploadLost("The file is no longer in storage") from error
        except blob.BlobTooLarge as error:  # it has grown since it was looked at
            raise DocumentTooLarge("It has too many bytes") from error
        if sha256 != announced.sha256:
            raise UploadMismatch("Its bytes are not those that were announced: another SHA-256")
        yield file, images


async def has_upload(actor: Actor, document_id: UUID) -> bool:
    try:
        await blob.properties(blob.UPLOADS, upload_name(actor.organization_id, document_id))
    except BlobNotFound:
        return False
    return True


async def has_derived(actor: Actor, document_id: UUID, run: int, pages: Sequence[int]) -> bool:
    """Whether the reading is there, and each page as an image, plain and masked."""
    made = {
        image_name(actor, document_id, run, page, is_masked=is_masked)
        for page in pages
        for is_masked in (False, True)
    }
    made.add(_sealed_name(actor, document_id, run, "reading"))
    folder = f"{upload_name(actor.organization_id, document_id)}/{run}/"
    return made <= await blob.names(blob.DERIVED, folder)


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
    await _keep_sealed(actor, keyring, (document_id, run, "reading"), reading)


async def load_reading(actor: Actor, keyring: Keyring, document_id: UUID, run: int) -> Reading:
    plain = await _load_sealed(actor, keyring, (document_id, run, "reading"))
    return await asyncio.to_thread(Reading.model_validate_json, plain)


async def find_reading(
    actor: Actor, keyring: Keyring, document_id: UUID, run: int
) -> Reading | None:
    """None when no reader has read it, or none could."""
    try:
        return await load_reading(actor, keyring, document_id, run)
    except BlobNotFound:
        return None


async def keep_model_fields(
    actor: Actor,
    keyring: Keyring,
    document_id: UUID,
    run: int,
    *,
    part: Part,
    found: ModelFields,
) -> None:
    await _keep_sealed(actor, keyring, (document_id, run, _model_name(part)), found)


async def find_model_fields(
    actor: Actor, keyring: Keyring, document_id: UUID, run: int, part: Part
) -> ModelFields | None:
    """None when no vendor's model has been asked about the part."""
    try:
        plain = await _load_sealed(actor, keyring, (document_id, run, _model_name(part)))
    except BlobNotFound:
        return None
    return ModelFields.model_validate_json(plain)


async def reseal(actor: Actor, keyring: Keyring, document_id: UUID) -> None:
    """All that was read from a document, under the active keys."""
    folder = f"{upload_name(actor.organization_id, document_id)}/"
    for name in await blob.names(blob.DERIVED, folder):
        run, _, what = name.removeprefix(folder).partition("/")
        if not what.endswith(".png"):
            await _reseal(keyring, name, _place(document_id, int(run), what))


async def _reseal(keyring: Keyring, name: str, where: str) -> None:
    """Whoever writes it meanwhile is not undone: then what is there now is looked at again."""
    is_done = False
    while not is_done:
        try:
            sealed, etag = await blob.read_version(blob.DERIVED, name)
        except BlobNotFound:
            return
        if sealed_with(sealed) == keyring.active.version:
            return
        anew = keyring.seal(keyring.unseal(sealed, where), where)
        is_done = await blob.replace(blob.DERIVED, name, anew, _MEDIA_TYPE, etag)


def image_name(actor: Actor, document_id: UUID, run: int, page: int, *, is_masked: bool) -> str:
    ending = "masked.png" if is_masked else "png"
    return f"{upload_name(actor.organization_id, document_id)}/{run}/{page}.{ending}"


def _model_name(part: Part) -> str:
    return f"{part.kind}-{'-'.join(map(str, part.pages))}"


async def _keep_sealed(
    actor: Actor, keyring: Keyring, key: tuple[UUID, int, str], content: Message
) -> None:
    plain = zlib.compress(content.model_dump_json().encode())
    sealed = keyring.seal(plain, _place(*key))
    await blob.write(blob.DERIVED, _sealed_name(actor, *key), sealed, _MEDIA_TYPE)


async def _load_sealed(actor: Actor, keyring: Keyring, key: tuple[UUID, int, str]) -> bytes:
    sealed = await blob.read(blob.DERIVED, _sealed_name(actor, *key))
    return zlib.decompress(keyring.unseal(sealed, _place(*key)))


def _sealed_name(actor: Actor, document_id: UUID, run: int, what: str) -> str:
    return f"{upload_name(actor.organization_id, document_id)}/{run}/{what}"


def _place(document_id: UUID, run: int, what: str) -> str:
    return place("derived", what, f"{document_id}/{run}")
