"""Taking a document in: announced by a client, put into storage, noticed."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.documents import losses
from shared.documents.errors import UploadMismatch
from shared.documents.events import DocumentDuplicated, DocumentReceived, DocumentRejected
from shared.documents.models import (
    MAX_UPLOAD_BYTES,
    Document,
    DocumentState,
    NewUpload,
    RunToStart,
    Upload,
    Verdict,
)
from shared.documents.queries import documents, reviews, runs, uploads, usage
from shared.documents.storage import upload_name
from shared.identity.entitlements import require_room
from shared.identity.permissions import Permission, require
from shared.identity.plans import Limit
from shared.platform import blob
from shared.platform.actor import Actor, system
from shared.platform.blob import BlobProperties
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change
from shared.platform.storage_account import BlobNotFound
from shared.vendors.reading import DocumentTooLarge

UPLOAD_HEADERS = {"x-ms-blob-type": "BlockBlob", "if-none-match": "*"}


async def reserve_upload(actor: Actor, new: NewUpload) -> Upload:
    """Open a document for what a client is about to send, or say that it is here already.

    "Already here" is said of measured bytes of a document the caller may see: nobody learns
    from a hash alone what another client has sent. An announcement made twice is one document:
    the answer to the first may have been lost.
    """
    require(actor, Permission.CREATE_DOCUMENTS)
    if new.size > MAX_UPLOAD_BYTES:
        raise DocumentTooLarge(f"A document may have {MAX_UPLOAD_BYTES // 2**20} MB at most")
    document_id = uuid4()
    async with transaction(actor) as tx:
        await documents.lock_bytes(tx, new.client_id, new.sha256)
        known = await documents.find_same_bytes(
            tx, new.client_id, new.sha256, document_id=document_id
        )
        announced = await uploads.renew_announced(tx, new)
        if known and announced:  # nobody will send what is here already
            await reviews.end_round(tx, announced.id, announced.run)
            await note_duplicate(tx, announced.id, known.id)
        elif not known and not announced:
            known = await uploads.find_unmeasured(tx, new)
        if known:
            return _upload(known.id)
        if announced:
            document_id = announced.id
        else:
            await documents.insert_document(tx, document_id, new)
            await tx.record(Change(action="document.announced", subject_id=document_id))
        await require_room(tx, Limit.STORAGE_BYTES, usage.count_stored_bytes, adding=0)
    link = await blob.upload_link(upload_name(actor.organization_id, document_id))
    return _upload(document_id, link.url, link.expires_at)


async def receive_blob(organization_id: UUID, document_id: UUID) -> RunToStart | None:
    """Open a run for the blob that lies under the document's name, if there are both.

    A second event about the same bytes finds the run the first has opened. A document that is
    expected again has lost its blob: what lies there now has come since.
    """
    actor = system(organization_id)
    try:
        found = await blob.properties(blob.UPLOADS, upload_name(organization_id, document_id))
    except BlobNotFound:
        return None
    is_known = await _has_come_before(actor, document_id, found)
    async with transaction(actor) as tx:
        document = await documents.find_locked_document(tx, document_id)
        if document is None:
            return None
        if is_known and (
            document.state is not DocumentState.EXPECTED
            or await losses.take_back(tx, document_id, found)
        ):
            return None
        run = await runs.find_run_of_blob(tx, document_id, found.etag)
        if run is None or document.state is DocumentState.EXPECTED:
            await runs.insert_version(tx, document_id, found)
            opened = await runs.insert_run(tx, document_id, None if run else found.etag)
            await _receive(tx, document, opened.number, found)
            run = await runs.get_run(tx, document_id, opened.number)
    return None if run.outcome else RunToStart(document_id=document_id, number=run.number)


async def _has_come_before(actor: Actor, document_id: UUID, found: BlobProperties) -> bool:
    """Whether another blob of the very bytes a document was read from has taken their place.

    That changes nothing: a person may have corrected or decided since. A link creates a blob and
    replaces none, so it was not the client, unless the document had lost its blob.
    """
    async with transaction(actor) as tx:
        announced = await uploads.find_settled(tx, document_id, found.etag)
    if announced is None or announced.size != found.size:
        return False
    name = upload_name(actor.organization_id, document_id)
    return await blob.sha256(blob.UPLOADS, name, most=announced.size) == announced.sha256


async def _receive(tx: Tx, document: Document, number: int, found: BlobProperties) -> None:
    if document.state is DocumentState.NEEDS_REVIEW:
        await reviews.decide_round(tx, document.id, document.run, Verdict.REREAD)
    elif document.state is DocumentState.EXPECTED:  # its story may wait, if these were lost once
        await reviews.end_round(tx, document.id, document.run)
    await runs.finish_overtaken(tx, document.id, number)
    await documents.mark_received(tx, document.id, run=number, blob=found)
    await tx.record(Change(action="document.received", subject_id=document.id))
    await tx.publish(
        DocumentReceived(organization_id=tx.actor.organization_id, document_id=document.id)
    )
    if found.size > MAX_UPLOAD_BYTES:
        await reject(tx, document.id, number, DocumentTooLarge.code, "It has too many bytes")
        return
    announced = await uploads.get_announcement(tx, document.id)
    if found.size != announced.size:
        told = f"It has {found.size:,} bytes; {announced.size:,} were announced"
        await reject(tx, document.id, number, UploadMismatch.code, told)


async def note_duplicate(tx: Tx, document_id: UUID, original_id: UUID) -> None:
    """The same client's same bytes are in the original."""
    await documents.mark_duplicate(tx, document_id, original_id)
    await tx.record(
        Change(
            action="document.duplicated",
            subject_id=document_id,
            detail={"original_id": str(original_id)},
        )
    )
    await tx.publish(
        DocumentDuplicated(
            organization_id=tx.actor.organization_id,
            document_id=document_id,
            original_id=original_id,
        )
    )


async def reject(tx: Tx, document_id: UUID, number: int, code: str, detail: str) -> None:
    """Nobody can read it, now or later; the blob is kept for whoever wants to look."""
    for part in await documents.list_parts(tx, document_id, number):
        await documents.set_state(tx, part.id, DocumentState.REJECTED, code=code)
    await documents.set_state(tx, document_id, DocumentState.REJECTED, code=code, detail=detail)
    await runs.finish_run(tx, document_id, number, outcome=DocumentState.REJECTED.value, code=code)
    await tx.record(
        Change(action="document.rejected", subject_id=document_id, detail={"code": code})
    )
    await tx.publish(
        DocumentRejected(
            organization_id=tx.actor.organization_id,
            document_id=document_id,
            code=code,
            by_person=False,
        )
    )


def _upload(
    document_id: UUID, url: str | None = None, expires_at: datetime | None = None
) -> Upload:
    return Upload(
        document_id=document_id,
        already_received=url is None,
        upload_url=url,
        upload_headers=UPLOAD_HEADERS if url else {},
        expires_at=expires_at,
    )
