"""When a person has to look, and what their decision does."""

from uuid import UUID

from shared.documents.errors import ReviewNotOpen
from shared.documents.events import (
    DocumentAccepted,
    DocumentRejected,
    ReviewOverdue,
    ReviewReminded,
    ReviewRequested,
)
from shared.documents.judgement import Judgement, judge
from shared.documents.models import (
    READ,
    Accept,
    Document,
    DocumentState,
    Reject,
    Review,
    RunToStart,
    Verdict,
)
from shared.documents.queries import documents, fields, reviews, runs
from shared.documents.thresholds import REMIND_AFTER, REVIEW_WINDOW
from shared.documents.understanding.models import Finding, Severity
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change

ENDED = frozenset({DocumentState.ACCEPTED, DocumentState.REJECTED})
_DECIDED_WITH_FILE = {
    Verdict.ACCEPTED: frozenset({DocumentState.NEEDS_REVIEW}),
    Verdict.REJECTED: READ,
}


async def decide_review(actor: Actor, document_id: UUID, number: int) -> Review:
    """Keep a document read surely; open a round for any other. May be asked twice."""
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        if document.run != number:
            return Review(state=document.state, needs_person=False)
        if document.state is DocumentState.PROCESSING:  # else this step has run before
            document = await _settle(tx, document, number)
        if document.state is not DocumentState.NEEDS_REVIEW:
            return Review(state=document.state, needs_person=False)
        asked = await reviews.open_round(
            tx, document_id, number, remind_after=REMIND_AFTER, window=REVIEW_WINDOW
        )
    return Review(
        state=document.state,
        needs_person=True,
        round=asked.round,
        remind_at=asked.remind_at,
        deadline=asked.deadline,
    )


async def _settle(tx: Tx, document: Document, number: int) -> Document:
    """Judge each part by itself; the file waits for a person when any part does."""
    parts = await documents.list_parts(tx, document.id, document.run)
    judged = [(part, await _judge(tx, part, number)) for part in parts]
    own = await _judge(tx, document, number, is_packet=bool(parts))
    for part, judgement in judged:
        settled_part = await documents.set_state(
            tx, part.id, judgement.state, code=judgement.code, detail=judgement.detail
        )
        if settled_part.state is DocumentState.ACCEPTED:
            await _announce(tx, settled_part, by_person=False)
    worst = next((each for _, each in judged if each.code), own) if own.code is None else own
    settled = await documents.set_state(
        tx, document.id, worst.state, code=worst.code, detail=worst.detail
    )
    await runs.finish_run(tx, document.id, number, outcome=worst.state.value, code=worst.code)
    if settled.state is DocumentState.ACCEPTED:
        await _announce(tx, settled, by_person=False)
    else:
        await tx.publish(
            ReviewRequested(organization_id=tx.actor.organization_id, document_id=document.id)
        )
    return settled


async def _judge(tx: Tx, document: Document, number: int, *, is_packet: bool = False) -> Judgement:
    return judge(
        document,
        await fields.list_fields(tx, document.id, number),
        await fields.list_findings(tx, document.id, number),
        is_packet=is_packet,
    )


async def decide_document(
    actor: Actor, document_id: UUID, version: int, decision: Accept | Reject
) -> tuple[Document, list[RunToStart]]:
    """Apply a person's verdict, also one that comes after the story gave up waiting.

    Returns the rounds whose stories wait for it. The last part of a packet settles the packet; a
    packet that is rejected is rejected whole, also what had been accepted of it.
    """
    require(actor, Permission.UPDATE_DOCUMENTS)
    verdict = Verdict(decision.verdict)
    reason = decision.reason if isinstance(decision, Reject) else None
    async with transaction(actor) as tx:
        document = await documents.lock_with_file(tx, document_id, ReviewNotOpen)
        document.require_in_review(version)
        for part in await documents.list_parts(tx, document.id, document.run):
            if part.state in _DECIDED_WITH_FILE[verdict]:
                await _decide(tx, part, verdict, reason)
        decided = await _decide(tx, document, verdict, reason)
        whole = await _settle_packet(tx, document.parent_id) if document.parent_id else decided
    waiting = [RunToStart(document_id=whole.id, number=whole.run)] if whole else []
    return decided, waiting


async def _decide(
    tx: Tx, document: Document, verdict: Verdict, reason: str | None = None
) -> Document:
    await reviews.decide_round(tx, document.id, document.run, verdict)
    decided = await documents.set_state(tx, document.id, DocumentState(verdict), detail=reason)
    await _announce(tx, decided, by_person=True)
    return decided


async def _settle_packet(tx: Tx, packet_id: UUID) -> Document | None:
    """A packet is accepted when its last part is decided and any of them was accepted."""
    packet = await documents.lock_document(tx, packet_id)
    states = {part.state for part in await documents.list_parts(tx, packet.id, packet.run)}
    if packet.state is not DocumentState.NEEDS_REVIEW or not states <= ENDED:
        return None
    is_kept = DocumentState.ACCEPTED in states
    return await _decide(tx, packet, Verdict.ACCEPTED if is_kept else Verdict.REJECTED)


async def _announce(tx: Tx, document: Document, *, by_person: bool) -> None:
    firm = tx.actor.organization_id
    await tx.record(Change(action=f"document.{document.state}", subject_id=document.id))
    if document.state is DocumentState.ACCEPTED:
        await tx.publish(
            DocumentAccepted(
                organization_id=firm,
                document_id=document.id,
                kind=document.kind,
                by_person=by_person,
            )
        )
    else:
        await tx.publish(
            DocumentRejected(
                organization_id=firm,
                document_id=document.id,
                code=document.code,
                by_person=by_person,
            )
        )


async def read_decision(actor: Actor, document_id: UUID, number: int) -> DocumentState:
    """What Postgres says; the event that woke the story said nothing."""
    async with transaction(actor) as tx:
        await reviews.mark_read(tx, document_id, number)
        return (await documents.get_document(tx, document_id)).state


async def remind_reviewer(actor: Actor, document_id: UUID, number: int) -> None:
    reminder = Finding(
        rule="review_reminded", severity=Severity.INFO, message="Still waiting for a review"
    )
    async with transaction(actor) as tx:
        if not await _is_waiting(tx, document_id, number):
            return
        if await fields.insert_findings(tx, document_id, number, [reminder], is_checked=False):
            await tx.publish(
                ReviewReminded(organization_id=actor.organization_id, document_id=document_id)
            )


async def report_overdue(actor: Actor, document_id: UUID, number: int) -> None:
    """Tell the manager, once. Silence accepts nothing: the document stays as it is."""
    overdue = Finding(
        rule="review_overdue",
        severity=Severity.WARN,
        message="Nobody has reviewed this for two weeks",
    )
    async with transaction(actor) as tx:
        await reviews.mark_read(tx, document_id, number)  # the story ends: nobody to wake
        if not await _is_waiting(tx, document_id, number):
            return
        if await fields.insert_findings(tx, document_id, number, [overdue], is_checked=False):
            await tx.publish(
                ReviewOverdue(organization_id=actor.organization_id, document_id=document_id)
            )


async def _is_waiting(tx: Tx, document_id: UUID, number: int) -> bool:
    """Whether this round is still open: a decision may come while its timer fires."""
    document = await documents.lock_document(tx, document_id)
    return document.run == number and document.state is DocumentState.NEEDS_REVIEW
