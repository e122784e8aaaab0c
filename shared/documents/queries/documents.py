"""The documents themselves."""

from typing import LiteralString
from uuid import UUID

from shared.documents.kinds import DocumentKind
from shared.documents.models import Document, DocumentState, NewUpload
from shared.documents.queries import fields
from shared.platform.blob import BlobProperties
from shared.platform.db import Tx
from shared.platform.errors import Conflict
from shared.vendors.reading import Measurement

COLUMNS: LiteralString = """
    id, client_id, parent_id, name, state, code, detail, kind, confidence, tax_year, pages, run,
    size, media_type, duplicate_of, version, created_at, received_at
"""


async def insert_document(tx: Tx, document_id: UUID, new: NewUpload) -> Document:
    return await tx.one(
        Document,
        """
        INSERT INTO documents
            (id, organization_id, client_id, name, announced_size, announced_sha256, uploaded_by)
        VALUES (%(document_id)s, %(organization_id)s, %(client_id)s, %(name)s, %(size)s,
                %(sha256)s, %(uploaded_by)s)
        RETURNING """
        + COLUMNS,
        document_id=document_id,
        organization_id=tx.actor.organization_id,
        client_id=new.client_id,
        name=new.name,
        size=new.size,
        sha256=new.sha256,
        uploaded_by=tx.actor.user_id,
    )


async def get_document(tx: Tx, document_id: UUID) -> Document:
    return await tx.one(
        Document,
        "SELECT " + COLUMNS + " FROM documents WHERE id = %(document_id)s",
        document_id=document_id,
    )


async def lock_document(tx: Tx, document_id: UUID) -> Document:
    return await tx.one(
        Document,
        "SELECT " + COLUMNS + " FROM documents WHERE id = %(document_id)s FOR UPDATE",
        document_id=document_id,
    )


async def lock_with_file(tx: Tx, document_id: UUID, refusal: type[Conflict]) -> Document:
    """The file first, then its part: everybody locks them in this order.

    Nobody changes a part while its file is under way: that may be waiting for a lost upload.
    """
    document = await get_document(tx, document_id)
    if document.parent_id:
        file = await lock_document(tx, document.parent_id)
        document.require_file_settled(file, refusal)
    return await lock_document(tx, document_id)


async def find_locked_document(tx: Tx, document_id: UUID) -> Document | None:
    return await tx.find(
        Document,
        "SELECT " + COLUMNS + " FROM documents WHERE id = %(document_id)s FOR UPDATE",
        document_id=document_id,
    )


async def list_parts(tx: Tx, document_id: UUID, run: int) -> list[Document]:
    """The parts that the run found in a packet, in page order."""
    return await tx.many(
        Document,
        "SELECT "
        + COLUMNS
        + """
        FROM documents
        WHERE parent_id = %(document_id)s AND run = %(run)s
        ORDER BY pages, id
        """,
        document_id=document_id,
        run=run,
    )


async def set_state(
    tx: Tx,
    document_id: UUID,
    state: DocumentState,
    *,
    code: str | None = None,
    detail: str | None = None,
) -> Document:
    return await tx.one(
        Document,
        """
        UPDATE documents
        SET state = %(state)s, code = %(code)s, detail = %(detail)s, version = version + 1
        WHERE id = %(document_id)s
        RETURNING """
        + COLUMNS,
        document_id=document_id,
        state=state,
        code=code,
        detail=detail,
    )


async def mark_received(
    tx: Tx, document_id: UUID, *, run: int, blob: BlobProperties | None
) -> Document:
    """A run begins; without a blob it reads again what has arrived before."""
    return await tx.one(
        Document,
        """
        UPDATE documents
        SET state = 'received', run = %(run)s, size = coalesce(%(size)s, size),
            received_at = coalesce(received_at, now()), code = NULL, detail = NULL,
            kind = NULL, confidence = NULL, tax_year = NULL, pages = '{}', duplicate_of = NULL,
            version = version + 1
        WHERE id = %(document_id)s
        RETURNING """
        + COLUMNS,
        document_id=document_id,
        run=run,
        size=blob.size if blob else None,
    )


async def mark_measured(tx: Tx, document_id: UUID, measured: Measurement) -> None:
    await tx.run(
        """
        UPDATE documents
        SET size = %(size)s, sha256 = %(sha256)s, media_type = %(media_type)s,
            version = version + 1
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
        size=measured.size,
        sha256=measured.sha256,
        media_type=measured.media_type,
    )


async def mark_duplicate(tx: Tx, document_id: UUID, original_id: UUID) -> None:
    await tx.run(
        """
        UPDATE documents
        SET state = 'duplicate', duplicate_of = %(original_id)s, version = version + 1
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
        original_id=original_id,
    )


async def mark_classified(
    tx: Tx, document_id: UUID, *, kind: DocumentKind | None, confidence: float, pages: list[int]
) -> None:
    """A packet is of no kind of its own."""
    await tx.run(
        """
        UPDATE documents
        SET kind = %(kind)s, confidence = %(confidence)s, pages = %(pages)s,
            version = version + 1
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
        kind=kind,
        confidence=confidence,
        pages=pages,
    )


async def set_tax_year(tx: Tx, document_id: UUID, tax_year: int | None) -> None:
    await tx.run(
        """
        UPDATE documents
        SET tax_year = %(tax_year)s, version = version + 1
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
        tax_year=tax_year,
    )


async def touch(tx: Tx, document_id: UUID) -> Document:
    """Something that hangs on the document has changed: it has a new version."""
    return await tx.one(
        Document,
        """
        UPDATE documents
        SET version = version + 1
        WHERE id = %(document_id)s
        RETURNING """
        + COLUMNS,
        document_id=document_id,
    )


async def insert_part(
    tx: Tx,
    part_id: UUID,
    parent: Document,
    *,
    kind: DocumentKind,
    confidence: float,
    pages: list[int],
) -> None:
    """A part is found once by each run; a step that runs twice finds it again."""
    await tx.run(
        """
        INSERT INTO documents
            (id, organization_id, client_id, parent_id, name, state, kind, confidence, pages, run,
             announced_size, announced_sha256, uploaded_by, received_at)
        SELECT %(part_id)s, organization_id, client_id, id, name, 'processing', %(kind)s,
               %(confidence)s, %(pages)s, run, announced_size, announced_sha256, uploaded_by,
               received_at
        FROM documents
        WHERE id = %(parent_id)s
        ON CONFLICT (id) DO UPDATE
        SET kind = EXCLUDED.kind, confidence = EXCLUDED.confidence, pages = EXCLUDED.pages,
            version = documents.version + 1
        """,
        part_id=part_id,
        parent_id=parent.id,
        kind=kind,
        confidence=confidence,
        pages=pages,
    )


async def delete_parts(tx: Tx, document_id: UUID, run: int, keep: list[UUID]) -> None:
    """Those an interrupted attempt of the same run had found and this one has not."""
    await fields.delete_of_parts(tx, document_id, run, keep)
    await tx.run(
        """
        DELETE FROM documents
        WHERE parent_id = %(document_id)s AND run = %(run)s AND NOT id = ANY(%(keep)s)
        """,
        document_id=document_id,
        run=run,
        keep=keep,
    )


async def lock_bytes(tx: Tx, client_id: UUID, sha256: str) -> None:
    """Two copies of one file are measured one after the other, so one of them is the original."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(bytes)s, 0))",
        bytes=f"{tx.actor.organization_id}/{client_id}/{sha256}",
    )


async def find_same_bytes(
    tx: Tx, client_id: UUID, sha256: str, *, document_id: UUID
) -> Document | None:
    """Another file of this client with these measured bytes, read or being read."""
    return await tx.find(
        Document,
        "SELECT "
        + COLUMNS
        + """
        FROM documents
        WHERE client_id = %(client_id)s AND sha256 = %(sha256)s AND parent_id IS NULL
          AND id <> %(document_id)s
          AND state IN ('received', 'processing', 'needs_review', 'accepted')
        ORDER BY created_at, id
        LIMIT 1
        """,
        client_id=client_id,
        sha256=sha256,
        document_id=document_id,
    )
