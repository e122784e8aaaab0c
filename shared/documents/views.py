"""Looking at documents: lists, the review queue, one with everything known about it, its pages."""

from uuid import UUID

from shared.documents import storage, values
from shared.documents.errors import PageNotReady
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    Document,
    DocumentKey,
    DocumentState,
    DocumentView,
    FieldView,
    PageRow,
    PartView,
)
from shared.documents.queries import documents, fields, lists, runs
from shared.identity.permissions import Permission, may, require
from shared.platform import paging
from shared.platform.actor import Actor
from shared.platform.blob import BlobNotFound
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change
from shared.platform.paging import Page


async def list_documents(
    actor: Actor,
    *,
    client_id: UUID | None,
    state: DocumentState | None,
    kind: DocumentKind | None,
    cursor: str | None,
    limit: int,
) -> Page[Document]:
    """Files, newest first; the parts of a packet are shown with it.

    A client's people ask for their own client's, which an index finds; the policy alone would
    read the firm's documents one by one.
    """
    require(actor, Permission.READ_DOCUMENTS)
    client_id = client_id or actor.client_id
    after = paging.decode(DocumentKey, cursor) if cursor else None
    async with transaction(actor) as tx:
        found = await lists.list_documents(
            tx, client_id=client_id, state=state, kind=kind, after=after, limit=limit + 1
        )
    return paging.page(found, limit, lambda last: DocumentKey(at=last.created_at, id=last.id))


async def list_to_review(actor: Actor, cursor: str | None, limit: int) -> Page[Document]:
    """Files that wait for a person, the longest wait first."""
    require(actor, Permission.UPDATE_DOCUMENTS)
    after = paging.decode(DocumentKey, cursor) if cursor else None
    async with transaction(actor) as tx:
        found = await lists.list_to_review(tx, after=after, limit=limit + 1)
    return paging.page(
        found, limit, lambda last: DocumentKey(at=last.received_at or last.created_at, id=last.id)
    )


async def get_document(actor: Actor, document_id: UUID) -> DocumentView:
    require(actor, Permission.READ_DOCUMENTS)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        file_id = document.parent_id or document.id
        pages = await runs.list_pages(tx, file_id, document.run)
        parts = await documents.list_parts(tx, document.id, document.run)
        return DocumentView(
            **document.model_dump(exclude={"pages", "run"}),
            pages=_own_pages(document, pages),
            fields=await _fields(tx, document),
            children=[await _part(tx, part) for part in parts],
            findings=await fields.list_findings(tx, document.id, document.run),
            runs=await runs.list_runs(tx, file_id),
        )


def _own_pages(document: Document, pages: list[PageRow]) -> list[PageRow]:
    return [page for page in pages if page.page in document.pages]


async def _fields(tx: Tx, document: Document) -> dict[str, FieldView]:
    rows = await fields.list_fields(tx, document.id, document.run)
    return {row.name: values.to_view(row) for row in rows}


async def _part(tx: Tx, part: Document) -> PartView:
    return PartView(
        **part.model_dump(include={"kind", "confidence", "state", "tax_year", "version", "pages"}),
        document_id=part.id,
        fields=await _fields(tx, part),
        findings=await fields.list_findings(tx, part.id, part.run),
    )


async def get_page_image(actor: Actor, document_id: UUID, page: int) -> tuple[bytes, str]:
    """The page as PNG and its ETag; TINs are blacked out unless the actor may see them.

    Seeing them is audited.
    """
    require(actor, Permission.READ_DOCUMENTS)
    is_masked = not may(actor, Permission.REVEAL_TINS)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
    file_id = document.parent_id or document.id
    try:
        png = await storage.read_image(actor, file_id, document.run, page, is_masked=is_masked)
    except BlobNotFound as error:
        raise PageNotReady(f"There is no image of page {page}") from error
    if not is_masked:  # before it is shown, and only if there is something to show
        async with transaction(actor) as tx:
            await tx.record(
                Change(action="document.page_seen", subject_id=document_id, detail={"page": page})
            )
    return png, f"{document.run}-{page}-{'masked' if is_masked else 'plain'}"
