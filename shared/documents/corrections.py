"""What a person changes about a document: a value, its kind, or that it be read again."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from shared.documents import masking, processing, storage, validation, values
from shared.documents.errors import NotCorrectable, ReadingLost, UnknownField
from shared.documents.events import FieldCorrected, RereadRequested, ReviewRequested
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    Document,
    DocumentState,
    FieldCorrection,
    FieldRow,
    RunToStart,
    Verdict,
)
from shared.documents.queries import documents, fields, reviews, runs
from shared.documents.understanding.extraction import extract, known_fields
from shared.documents.understanding.models import Extraction, Part, Severity
from shared.identity.keys import open_keyring
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change


async def correct_field(
    actor: Actor, document_id: UUID, version: int, name: str, correction: FieldCorrection
) -> Document:
    """A person's value takes the place of what was read; the rules are checked again."""
    require(actor, Permission.UPDATE_DOCUMENTS)
    async with transaction(actor) as tx:
        document = await documents.lock_with_file(tx, document_id, NotCorrectable)
        document.require_correctable(version)
        before = await _known_field(tx, document, name)
        keyring = await open_keyring(tx)
        value = values.corrected(document.kind, name, correction.value, document.tax_year)
        row, hashed = values.to_row(keyring, document_id, document.run, value)
        await fields.correct_field(tx, document_id, document.run, row, hashed)
        await validation.check_again(tx, keyring, document)
        await tx.record(
            Change(
                action="document.field_corrected",
                subject_id=document_id,
                detail={"name": name},
                before={"value": values.to_view(before).value if before else None},
                after={"value": values.to_view(row).value},
            )
        )
        await tx.publish(
            FieldCorrected(
                organization_id=actor.organization_id, document_id=document_id, name=name
            )
        )
        if document.parent_id:
            await documents.touch(tx, document.parent_id)
        if document.state is DocumentState.ACCEPTED and await _worries(tx, document):
            return await _back_to_review(tx, document)
        return await documents.touch(tx, document_id)


async def _worries(tx: Tx, document: Document) -> bool:
    found = await fields.list_findings(tx, document.id, document.run)
    return any(each.severity is not Severity.INFO for each in found)


async def _back_to_review(tx: Tx, document: Document) -> Document:
    """Nobody has accepted a value that breaks a rule: the file waits for a person again."""
    for waits in filter(None, (document.id, document.parent_id)):
        await documents.set_state(
            tx,
            waits,
            DocumentState.NEEDS_REVIEW,
            code="rules_failed",
            detail="A corrected value breaks a rule; see the findings",
        )
        await tx.publish(
            ReviewRequested(organization_id=tx.actor.organization_id, document_id=waits)
        )
    return await documents.get_document(tx, document.id)


async def _known_field(tx: Tx, document: Document, name: str) -> FieldRow | None:
    """A value that was read, or one its kind of document can have; nothing else is a field."""
    rows = await fields.list_fields(tx, document.id, document.run)
    found = next((row for row in rows if row.name == name), None)
    if found is None and (document.kind is None or name not in known_fields(document.kind)):
        raise UnknownField(f"A document of kind {document.kind} has no field {name}")
    return found


async def change_kind(
    actor: Actor, document_id: UUID, version: int, kind: DocumentKind
) -> Document:
    """Look for the values again, as those of another kind; a person then decides on them.

    An accepted document goes back to review: nobody has accepted these values. A packet has no
    kind to change, its parts have.
    """
    require(actor, Permission.UPDATE_DOCUMENTS)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        document.require_correctable(version)
        require_single(await documents.list_parts(tx, document_id, document.run))
    if document.kind is kind:
        return document
    found = await _look_again(actor, document, kind)
    async with transaction(actor) as tx:
        document = await documents.lock_with_file(tx, document_id, NotCorrectable)
        document.require_correctable(version)
        return await _keep_kind(tx, document, kind, found)


def require_single(parts: Sequence[Document]) -> None:
    if parts:
        raise NotCorrectable("A packet is of no kind; change the kind of its parts")


async def _look_again(actor: Actor, document: Document, kind: DocumentKind) -> Extraction | None:
    """The values it has as that kind; none when no reader could read it.

    There may be a TIN among them: it is masked before anybody can see that the kind has changed.
    """
    file_id = document.parent_id or document.id
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        run = await runs.get_run(tx, file_id, document.run)
    reading = await storage.find_reading(actor, keyring, file_id, document.run)
    if reading is None:
        if run.reader:
            raise ReadingLost("What was read of it is no longer in storage; have it read again")
        return None
    part = Part(kind=kind, confidence=1, pages=tuple(document.pages))
    found = await asyncio.to_thread(extract, reading, part)
    await masking.mask_pages(actor, file_id, document.run, masking.Found(part, found.fields))
    return found


async def _keep_kind(
    tx: Tx, document: Document, kind: DocumentKind, found: Extraction | None
) -> Document:
    keyring = await open_keyring(tx)
    await documents.mark_classified(tx, document.id, kind=kind, confidence=1, pages=document.pages)
    nothing = Extraction(tax_year=document.tax_year, fields=())
    await processing.keep_fields(tx, keyring, document, found or nothing)
    changed = await documents.set_state(
        tx,
        document.id,
        DocumentState.NEEDS_REVIEW,
        code="kind_changed",
        detail=f"A person said this is a {kind}",
    )
    if document.parent_id:  # nobody finds a part in the queue: its file goes back with it
        await documents.set_state(
            tx, document.parent_id, DocumentState.NEEDS_REVIEW, code="kind_changed"
        )
    await validation.check_again(tx, keyring, changed)
    await tx.record(
        Change(
            action="document.kind_changed",
            subject_id=document.id,
            before={"kind": document.kind},
            after={"kind": kind},
        )
    )
    if document.state is DocumentState.ACCEPTED:
        await tx.publish(
            ReviewRequested(organization_id=tx.actor.organization_id, document_id=document.id)
        )
    return changed


async def request_reread(actor: Actor, document_id: UUID) -> tuple[RunToStart, RunToStart]:
    """Open another run on the same blob. Returns it, and the round that nobody will decide now."""
    require(actor, Permission.UPDATE_DOCUMENTS)
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        document.require_rereadable()
        if document.state is DocumentState.NEEDS_REVIEW:
            await reviews.decide_round(tx, document_id, document.run, Verdict.REREAD)
        run = await runs.insert_run(tx, document_id, None)
        await documents.mark_received(tx, document_id, run=run.number, blob=None)
        await tx.record(Change(action="document.reread_requested", subject_id=document_id))
        await tx.publish(
            RereadRequested(organization_id=actor.organization_id, document_id=document_id)
        )
    return (
        RunToStart(document_id=document_id, number=run.number),
        RunToStart(document_id=document_id, number=document.run),
    )
