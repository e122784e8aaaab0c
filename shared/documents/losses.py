"""Uploads that storage has lost, and uploads that never came."""

from datetime import timedelta
from uuid import UUID

from shared.documents.errors import UploadLost
from shared.documents.events import UploadMissing, UploadVanished
from shared.documents.models import Document, DocumentState, Verdict
from shared.documents.queries import documents, fields, reviews, runs, uploads
from shared.documents.understanding.models import Finding, Severity
from shared.platform.actor import Actor
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
    """Expect it again. What was read of it stays with its run, until a new one has read it anew."""
    if document.state is DocumentState.NEEDS_REVIEW:
        await reviews.decide_round(tx, document.id, document.run, Verdict.REREAD)
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
