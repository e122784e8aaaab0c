"""What was announced: whether it has come, what it has to be, and until when it is waited for."""

from datetime import timedelta
from uuid import UUID

from shared.documents.models import Announcement, Document, NewUpload, RunToStart
from shared.documents.queries.documents import COLUMNS
from shared.platform.db import Tx


async def renew_announced(tx: Tx, new: NewUpload) -> Document | None:
    """What was announced in the same words before and has not come yet.

    What storage has lost is found by its bytes alone: the client may have renamed the file.
    """
    return await tx.find(
        Document,
        """
        UPDATE documents
        SET announced_at = now(), code = NULL, detail = NULL, version = version + 1
        WHERE id = (
            SELECT id
            FROM documents
            WHERE client_id = %(client_id)s AND announced_sha256 = %(sha256)s
              AND announced_size = %(size)s AND state = 'expected'
              AND (name = %(name)s OR received_at IS NOT NULL)
            ORDER BY name <> %(name)s, created_at, id
            LIMIT 1)
        RETURNING """
        + COLUMNS,
        client_id=new.client_id,
        sha256=new.sha256,
        name=new.name,
        size=new.size,
    )


async def find_unmeasured(tx: Tx, new: NewUpload) -> Document | None:
    """What was announced in the same words and has come, while nobody has looked at it yet."""
    return await tx.find(
        Document,
        "SELECT "
        + COLUMNS
        + """
        FROM documents
        WHERE client_id = %(client_id)s AND announced_sha256 = %(sha256)s
          AND name = %(name)s AND announced_size = %(size)s
          AND sha256 IS NULL AND state IN ('received', 'processing')
        ORDER BY created_at, id
        LIMIT 1
        """,
        client_id=new.client_id,
        sha256=new.sha256,
        name=new.name,
        size=new.size,
    )


async def list_awaited(
    tx: Tx, after: RunToStart, limit: int, *, announced_for: timedelta
) -> list[RunToStart]:
    """Announced so long ago that something should have come; nobody has given them up yet."""
    return await tx.many(
        RunToStart,
        """
        SELECT id AS document_id, run AS number
        FROM documents
        WHERE state = 'expected' AND code IS DISTINCT FROM 'upload_never_came'
          AND announced_at < now() - %(announced_for)s::interval AND id > %(after)s
        ORDER BY id
        LIMIT %(limit)s
        """,
        announced_for=announced_for,
        after=after.document_id,
        limit=limit,
    )


async def find_settled(tx: Tx, document_id: UUID, etag: str) -> Announcement | None:
    """What a document was read from, if it has been read and this blob is not the one it was.

    A read document that has lost its blob has none: any may be the bytes that it was.
    """
    return await tx.find(
        Announcement,
        """
        SELECT announced_size AS size, announced_sha256 AS sha256
        FROM documents AS d
        WHERE id = %(document_id)s
          AND (state IN ('accepted', 'needs_review', 'duplicate', 'rejected')
              AND code IS DISTINCT FROM 'upload_mismatch'
              AND NOT EXISTS (
                  SELECT FROM document_processing AS p
                  WHERE p.document_id = d.id AND p.etag = %(etag)s)
            OR state = 'expected' AND EXISTS (
                  SELECT FROM document_processing AS p
                  WHERE p.document_id = d.id AND p.number = d.run
                    AND p.state_when_lost IS NOT NULL))
        """,
        document_id=document_id,
        etag=etag,
    )


async def get_announcement(tx: Tx, document_id: UUID) -> Announcement:
    return await tx.one(
        Announcement,
        """
        SELECT announced_size AS size, announced_sha256 AS sha256
        FROM documents
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
    )


async def expect_again(tx: Tx, document_id: UUID, *, code: str, detail: str) -> None:
    """Its announcement is as good as new."""
    await tx.run(
        """
        UPDATE documents
        SET state = 'expected', code = %(code)s, detail = %(detail)s, announced_at = now(),
            version = version + 1
        WHERE id = %(document_id)s
        """,
        document_id=document_id,
        code=code,
        detail=detail,
    )


async def restore(tx: Tx, document_id: UUID) -> Document | None:
    """What it was when its upload was lost; None for what had not been read, or is not lost."""
    return await tx.find(
        Document,
        """
        UPDATE documents
        SET (state, code, detail) = (
                SELECT state_when_lost, code_when_lost, detail_when_lost
                FROM document_processing
                WHERE document_id = documents.id AND number = documents.run),
            version = version + 1
        WHERE id = %(document_id)s AND state = 'expected' AND EXISTS (
            SELECT FROM document_processing
            WHERE document_id = documents.id AND number = documents.run
              AND state_when_lost IS NOT NULL)
        RETURNING """
        + COLUMNS,
        document_id=document_id,
    )


async def give_up(
    tx: Tx, document_id: UUID, *, code: str, detail: str, announced_for: timedelta
) -> Document | None:
    """None when it has come or was announced again in the meantime."""
    return await tx.find(
        Document,
        """
        UPDATE documents
        SET code = %(code)s, detail = %(detail)s, version = version + 1
        WHERE id = %(document_id)s AND state = 'expected' AND code IS DISTINCT FROM %(code)s
          AND announced_at < now() - %(announced_for)s::interval
        RETURNING """
        + COLUMNS,
        document_id=document_id,
        code=code,
        detail=detail,
        announced_for=announced_for,
    )
