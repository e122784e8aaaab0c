"""The steps between a received blob and a decision about it; each may run twice."""

import asyncio
from uuid import UUID, uuid5

from shared.documents import cloud_reading, intake, losses, storage, validation, values
from shared.documents.cloud_reading import CloudRun
from shared.documents.errors import UploadLost, UploadMismatch
from shared.documents.events import DocumentFailed
from shared.documents.kinds import DocumentKind
from shared.documents.models import Classified, Document, DocumentState, Measured
from shared.documents.queries import documents, fields, runs
from shared.documents.remarks import remarks
from shared.documents.understanding import classification, extraction, parts
from shared.documents.understanding.agreement import agree
from shared.documents.understanding.models import (
    Extraction,
    Finding,
    PageKind,
    Part,
    Severity,
)
from shared.identity.keys import open_keyring
from shared.identity.settings import current_settings
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change
from shared.platform.redaction import redact
from shared.vendors.reading import Measurement, Reading, Unreadable
from shared.vendors.roster import vendors


async def measure_document(actor: Actor, document_id: UUID, number: int) -> Measured:
    """Say what the bytes are; the same bytes of the same client before mean a duplicate."""
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        document.require_run(number)
        if document.state is DocumentState.RECEIVED:
            await documents.set_state(tx, document_id, DocumentState.PROCESSING)
        elif document.state is not DocumentState.PROCESSING:
            return Measured(is_duplicate=document.state is DocumentState.DUPLICATE)
    async with storage.fetched(actor, document_id) as (file, _):
        measured = await vendors().reader.measure(file)
    async with transaction(actor) as tx:
        await documents.lock_bytes(tx, document.client_id, measured.sha256)
        document = await documents.lock_document(tx, document_id)
        if not document.is_read_by(number):  # another attempt of this step has carried on
            return Measured(is_duplicate=document.state is DocumentState.DUPLICATE)
        await documents.mark_measured(tx, document_id, measured)
        return await _settle_duplicate(tx, document, number, measured)


async def _settle_duplicate(
    tx: Tx, document: Document, number: int, measured: Measurement
) -> Measured:
    original = await documents.find_same_bytes(
        tx, document.client_id, measured.sha256, document_id=document.id
    )
    if original is None:
        return Measured(is_duplicate=False)
    await intake.note_duplicate(tx, document.id, original.id)
    await runs.finish_run(tx, document.id, number, outcome=DocumentState.DUPLICATE.value)
    return Measured(is_duplicate=True)


async def read_document(actor: Actor, document_id: UUID, number: int) -> None:
    """Read every page once; what was read lies sealed beside the page images.

    It is kept before they are: it may have been paid for, and they can be made anew.
    """
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        document.require_run(number)
        if not document.is_read_by(number):
            return
        keyring = await open_keyring(tx)
        chosen = await current_settings(tx)
    reading = None
    if chosen.cloud_reading:  # an earlier attempt of this step may have paid for it
        reading = await storage.find_reading(actor, keyring, document_id, number)
    if reading is None:
        async with storage.fetched(actor, document_id) as (file, images):
            try:
                reading = await cloud_reading.read(chosen, file, images)
                await storage.keep_reading(actor, keyring, document_id, number, reading)
            finally:  # a person can look at pages that no reader could read
                await storage.keep_images(actor, document_id, number, images)
    async with transaction(actor) as tx:
        await _note_reader(tx, document_id, number, reading.reader)
        if reading.instead_of_cloud:
            await cloud_reading.note_fallback(tx, document_id, number, reading.instead_of_cloud)


async def _note_reader(tx: Tx, document_id: UUID, number: int, reader: str) -> None:
    if (await documents.lock_document(tx, document_id)).is_read_by(number):
        await runs.set_reader(tx, document_id, number, reader)


async def read_again(actor: Actor, document_id: UUID, number: int) -> None:
    """Storage has lost what was made of the file: make it anew, but for a reading still there."""
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        chosen = await current_settings(tx)
    known = await storage.find_reading(actor, keyring, document_id, number)
    async with storage.fetched(actor, document_id) as (file, images):
        if known:  # the vendor was paid for it; this deployment's reader makes the images
            await vendors().reader.read(file, images)
        else:
            reading = await cloud_reading.read(chosen, file, images)
            await storage.keep_reading(actor, keyring, document_id, number, reading)
        await storage.keep_images(actor, document_id, number, images)


async def classify_document(actor: Actor, document_id: UUID, number: int) -> Classified:
    """Say what each page is, and which parts the file has."""
    _, reading = await _read_before(actor, document_id, number)
    kinds, found = await asyncio.to_thread(_classified, reading)
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        if document.is_read_by(number):
            await runs.replace_pages(tx, document_id, number, kinds)
            await _keep_parts(tx, document, found)
            noted = remarks(reading)
            await fields.insert_findings(tx, document_id, number, noted, is_checked=False)
    return Classified(has_fields=any(part.kind is not DocumentKind.OTHER for part in found))


def _classified(reading: Reading) -> tuple[tuple[PageKind, ...], tuple[Part, ...]]:
    kinds = classification.classify(reading)
    return kinds, parts.split(reading, kinds)


async def _keep_parts(tx: Tx, document: Document, found: tuple[Part, ...]) -> None:
    """A file with one part is that part; a packet is of no kind, and its parts are documents."""
    pages = sorted(page for part in found for page in part.pages)
    made: list[UUID] = []
    if len(found) == 1:
        kind, confidence = found[0].kind, found[0].confidence
    else:
        kind, confidence = None, min(part.confidence for part in found)
        for position, part in enumerate(found):
            made.append(uuid5(document.id, f"{document.run}/part/{position}"))
            await documents.insert_part(
                tx,
                made[-1],
                document,
                kind=part.kind,
                confidence=part.confidence,
                pages=list(part.pages),
            )
    await documents.delete_parts(tx, document.id, document.run, made)
    await documents.mark_classified(tx, document.id, kind=kind, confidence=confidence, pages=pages)


async def extract_document(actor: Actor, document_id: UUID, number: int) -> None:
    """Take the values of every part from its pages, and from a vendor's model where it is asked."""
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        document.require_run(number)
        if not document.is_read_by(number):
            return
        targets = await list_targets(tx, document_id)
    keyring, reading = await _read_before(actor, document_id, number)
    run = CloudRun(actor, keyring, document_id, number)
    readers = [reading.reader]
    for target in targets:
        part = as_part(target)
        found = await asyncio.to_thread(extraction.extract, reading, part)
        model = await cloud_reading.understand(run, reading, part)
        if model:
            found = await asyncio.to_thread(agree, part.kind, found, model)
            readers.append(model.model)
        async with transaction(actor) as tx:
            if (await documents.lock_document(tx, target.id)).is_read_by(number):
                await keep_fields(tx, keyring, target, found)
                noted = found.findings
                await fields.insert_findings(tx, target.id, number, noted, is_checked=False)
    if len(readers) > 1:
        async with transaction(actor) as tx:
            await _note_reader(tx, document_id, number, " + ".join(dict.fromkeys(readers)))


async def keep_fields(tx: Tx, keyring: Keyring, document: Document, found: Extraction) -> None:
    await fields.delete_fields(tx, document.id, document.run)
    for each in found.fields:
        row, hashed = values.to_row(keyring, document.id, document.run, each)
        await fields.insert_field(tx, document.id, document.run, row, hashed)
    await documents.set_tax_year(tx, document.id, found.tax_year)


async def validate_document(actor: Actor, document_id: UUID, number: int) -> None:
    """Hold the rules of each part's kind against its values."""
    async with transaction(actor) as tx:
        if not (await documents.lock_document(tx, document_id)).is_read_by(number):
            return
        keyring = await open_keyring(tx)
        for target in await list_targets(tx, document_id):
            await validation.check_again(tx, keyring, target)


async def note_refusal(
    actor: Actor, document_id: UUID, number: int, code: str, detail: str
) -> None:
    """What nobody can read is rejected; what only we could not read goes to a person.

    So does each part that has been found: nobody has held the rules against its values.
    """
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        if not document.is_read_by(number):
            return
        if code == UploadLost.code:
            await losses.note_lost(tx, document)
            return
        if code in _unreadable(Unreadable) | {UploadMismatch.code}:
            await intake.reject(tx, document_id, number, code, detail)
            return
        finding = Finding(rule=code, severity=Severity.WARN, message=redact(detail))
        for each in (document, *await documents.list_parts(tx, document_id, number)):
            await fields.insert_findings(tx, each.id, number, [finding], is_checked=False)


def _unreadable(error: type[Unreadable]) -> set[str]:
    return {error.code}.union(*(_unreadable(each) for each in error.__subclasses__()))


async def note_failure(actor: Actor, document_id: UUID, number: int, code: str) -> None:
    """A step has failed for good; the document stays, and a person can have it read again."""
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        is_begun = document.state in (DocumentState.RECEIVED, DocumentState.PROCESSING)
        if document.run != number or not is_begun:
            return
        for part in await documents.list_parts(tx, document_id, number):
            await documents.set_state(tx, part.id, DocumentState.FAILED, code=code)
        await documents.set_state(
            tx,
            document_id,
            DocumentState.FAILED,
            code=code,
            detail="Processing failed on our side; ask to read it again",
        )
        await runs.finish_run(
            tx, document_id, number, outcome=DocumentState.FAILED.value, code=code
        )
        await tx.record(
            Change(action="document.failed", subject_id=document_id, detail={"code": code})
        )
        await tx.publish(
            DocumentFailed(
                organization_id=actor.organization_id, document_id=document_id, code=code
            )
        )


async def list_targets(tx: Tx, document_id: UUID) -> list[Document]:
    """The documents that hold values: the parts of a packet, or the document itself."""
    document = await documents.get_document(tx, document_id)
    return await documents.list_parts(tx, document.id, document.run) or [document]


def as_part(document: Document) -> Part:
    assert document.kind
    return Part(
        kind=document.kind, confidence=document.confidence or 0, pages=tuple(document.pages)
    )


async def _read_before(actor: Actor, document_id: UUID, number: int) -> tuple[Keyring, Reading]:
    async with transaction(actor) as tx:
        (await documents.get_document(tx, document_id)).require_run(number)
        keyring = await open_keyring(tx)
    if reading := await storage.find_reading(actor, keyring, document_id, number):
        return keyring, reading
    await read_again(actor, document_id, number)
    return keyring, await storage.load_reading(actor, keyring, document_id, number)
