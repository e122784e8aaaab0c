"""Uploads that storage has lost, and uploads that never came."""

from datetime import timedelta
from uuid import UUID

from shared.documents.errors import UploadLost
from shared.documents.events import UploadMissing, UploadReturned, UploadVanished
from shared.documents.models import READ, Document, DocumentState
from shared.documents.queries import documents, fields, runs, uploads
from shared.documents.understanding.models import Finding, Severity
from shared.platform.actor import Actor
from shared.platform.blob import BlobProperties
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change

NEVER_CAME = "upload_never_came"

_LOST = Finding(
    rule=UploadLost.code,
    severity=Severity.WARN,
    message="The file is no longer in storage: send the file again",
)
_MISSING = Finding(
    rule=NEVER_CAME,
    severity=Severity.WARN,
    message="The file was announced and has not come: send the file again",
)


async def note_lost(tx: Tx, document: Document) -> None:
    """Expect it again. What was read of it stays with its run, and its review stays open."""
    if document.state in READ:
        await runs.mark_lost(tx, document)
    for part in await documents.list_parts(tx, document.id, document.run):
        if part.state is DocumentState.PROCESSING:
            await documents.set_state(tx, part.id, DocumentState.FAILED, code=UploadLost.code)
    await uploads.expect_again(tx, document.id, code=UploadLost.code, detail=_LOST.message)
    await runs.finish_if_open(tx, document.id, document.run, outcome=UploadLost.code)
    await fields.insert_findings(tx, document.id, document.run, [_LOST], is_checked=False)
    await tx.record(Change(action="document.upload_lost", subject_id=document.id))
    await tx.publish(
        UploadVanished(organization_id=tx.actor.organization_id, document_id=document.id)
    )


async def take_back(tx: Tx, document_id: UUID, found: BlobProperties) -> bool:
    """The very bytes that were lost have come: the document is what it was before.

    They are not read again: a person may have corrected or decided since they were. False for a
    document that nobody had read, or that has not lost its upload.
    """
    document = await uploads.restore(tx, document_id)
    if document is None:
        return False
    await runs.insert_version(tx, document_id, found)
    await runs.mark_returned(tx, document_id, document.run)
    await fields.delete_findings(tx, document_id, document.run, (UploadLost.code, NEVER_CAME))
    await tx.record(Change(action="document.upload_returned", subject_id=document_id))
    await tx.publish(
        UploadReturned(organization_id=tx.actor.organization_id, document_id=document_id)
    )
    return True


async def give_up(actor: Actor, document_id: UUID, announced_for: timedelta) -> None:
    """Say once that it never came; announced again, it is expected as if for the first time."""
    async with transaction(actor) as tx:
        document = await uploads.give_up(
            tx, document_id, code=NEVER_CAME, detail=_MISSING.message, announced_for=announced_for
        )
        if document is None:
            return
        await fields.insert_findings(tx, document_id, document.run, [_MISSING], is_checked=False)
        await tx.record(Change(action="document.upload_missing", subject_id=document_id))
        await tx.publish(
            UploadMissing(organization_id=actor.organization_id, document_id=document_id)
        )
