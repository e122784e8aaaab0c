"""Looking at documents: lists, the review queue, one with everything known about it, its pages."""

from collections import defaultdict
from uuid import UUID

from shared.documents import storage, values
from shared.documents.errors import PageNotReady
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    Document,
    DocumentKey,
    DocumentState,
    DocumentView,
    FieldOfDocument,
    FieldView,
    FindingOfDocument,
    FindingRow,
    PartView,
)
from shared.documents.queries import documents, fields, lists, runs
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import snapshot, transaction
from shared.platform.paging import Asked, Listing, Page
from shared.platform.storage_account import BlobNotFound

NEWEST_FIRST = Listing[Document, DocumentKey](
    "documents", lists.NEWEST, lambda found: DocumentKey(at=found.created_at, id=found.id)
)
LONGEST_WAIT_FIRST = Listing[Document, DocumentKey](
    "documents.review_queue",
    lists.OLDEST,
    lambda found: DocumentKey(at=found.received_at or found.created_at, id=found.id),
)


async def list_documents(
    actor: Actor,
    asked: Asked,
    *,
    client_id: UUID | None = None,
    state: DocumentState | None = None,
    kind: DocumentKind | None = None,
) -> Page[Document]:
    """Files, newest first; the parts of a packet are shown with it.

    A client's people ask for their own client's, which an index finds; the policy alone would
    read the firm's documents one by one.
    """
    require(actor, Permission.READ_DOCUMENTS)
    client_id = client_id or actor.client_id
    window = NEWEST_FIRST.window(actor, asked, client_id=client_id, state=state, kind=kind)
    async with transaction(actor) as tx:
        return window.page(
            await lists.list_documents(tx, window, client_id=client_id, state=state, kind=kind)
        )


async def list_to_review(actor: Actor, asked: Asked) -> Page[Document]:
    """Files that wait for a person, the longest wait first."""
    require(actor, Permission.UPDATE_DOCUMENTS)
    window = LONGEST_WAIT_FIRST.window(actor, asked)
    async with transaction(actor) as tx:
        return window.page(await lists.list_to_review(tx, window))


async def get_document(actor: Actor, document_id: UUID) -> DocumentView:
    require(actor, Permission.READ_DOCUMENTS)
    async with snapshot(actor) as tx:
        document = await documents.get_document(tx, document_id)
        file_id = document.parent_id or document.id
        pages = await runs.list_pages(tx, file_id, document.run)
        parts = await documents.list_parts(tx, document.id, document.run)
        shown = [document.id, *(part.id for part in parts)]
        found = _Found(
            await fields.list_fields_of(tx, shown, document.run),
            await fields.list_findings_of(tx, shown, document.run),
        )
        history = await runs.list_runs(tx, file_id)
    return DocumentView(
        **document.model_dump(exclude={"pages", "run"}),
        pages=[page for page in pages if page.page in document.pages],
        fields=found.fields_of(document),
        children=[_part(part, found) for part in parts],
        findings=found.findings_of(document),
        runs=history,
    )


class _Found:
    """Values and findings of a file and its parts, each by its document."""

    def __init__(self, rows: list[FieldOfDocument], findings: list[FindingOfDocument]) -> None:
        self._fields: defaultdict[UUID, dict[str, FieldView]] = defaultdict(dict)
        for row in rows:
            self._fields[row.document_id][row.name] = values.to_view(row)
        self._findings: defaultdict[UUID, list[FindingRow]] = defaultdict(list)
        for finding in findings:
            plain = FindingRow(**finding.model_dump(exclude={"document_id"}))
            self._findings[finding.document_id].append(plain)

    def fields_of(self, document: Document) -> dict[str, FieldView]:
        return self._fields[document.id]

    def findings_of(self, document: Document) -> list[FindingRow]:
        return self._findings[document.id]


def _part(part: Document, found: _Found) -> PartView:
    return PartView(
        **part.model_dump(include={"kind", "confidence", "state", "tax_year", "version", "pages"}),
        document_id=part.id,
        fields=found.fields_of(part),
        findings=found.findings_of(part),
    )


async def get_page_image(actor: Actor, document_id: UUID, page: int) -> tuple[bytes, str]:
    """The page as PNG, its TINs blacked out, and its ETag."""
    require(actor, Permission.READ_DOCUMENTS)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
    png = await read_page(actor, document, page, is_masked=True)
    return png, f"{document.run}-{page}-masked"


async def read_page(actor: Actor, document: Document, page: int, *, is_masked: bool) -> bytes:
    file_id = document.parent_id or document.id
    try:
        return await storage.read_image(actor, file_id, document.run, page, is_masked=is_masked)
    except BlobNotFound as error:
        raise PageNotReady(f"There is no image of page {page}") from error
