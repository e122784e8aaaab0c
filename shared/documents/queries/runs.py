"""Runs of documents, the blobs they read and the pages they saw."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from shared.documents.models import Document, PageRow, Run, RunToStart
from shared.documents.understanding.models import PageKind
from shared.platform.blob import BlobProperties
from shared.platform.db import Tx


async def insert_version(tx: Tx, document_id: UUID, blob: BlobProperties) -> None:
    await tx.run(
        """
        INSERT INTO document_versions (organization_id, document_id, number, etag, size)
        SELECT %(organization_id)s, %(document_id)s, count(*) + 1, %(etag)s, %(size)s
        FROM document_versions
        WHERE document_id = %(document_id)s
        ON CONFLICT (organization_id, document_id, etag) DO NOTHING
        """,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        etag=blob.etag,
        size=blob.size,
    )


async def find_run_of_blob(tx: Tx, document_id: UUID, etag: str) -> Run | None:
    return await tx.find(
        Run,
        """
        SELECT number, reader, outcome, code, started_at, finished_at
        FROM document_processing
        WHERE document_id = %(document_id)s AND etag = %(etag)s
        """,
        document_id=document_id,
        etag=etag,
    )


async def insert_run(tx: Tx, document_id: UUID, etag: str | None) -> Run:
    """The next run; without an ETag a person has asked for it."""
    return await tx.one(
        Run,
        """
        INSERT INTO document_processing
            (organization_id, document_id, number, etag, requested_by)
        SELECT %(organization_id)s, %(document_id)s, count(*) + 1, %(etag)s, %(requested_by)s
        FROM document_processing
        WHERE document_id = %(document_id)s
        RETURNING number, reader, outcome, code, started_at, finished_at
        """,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        etag=etag,
        requested_by=tx.actor.user_id,
    )


async def get_run(tx: Tx, document_id: UUID, number: int) -> Run:
    return await tx.one(
        Run,
        """
        SELECT number, reader, outcome, code, started_at, finished_at
        FROM document_processing
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document_id,
        number=number,
    )


async def list_runs(tx: Tx, document_id: UUID) -> list[Run]:
    return await tx.many(
        Run,
        """
        SELECT number, reader, outcome, code, started_at, finished_at
        FROM document_processing
        WHERE document_id = %(document_id)s
        ORDER BY number
        """,
        document_id=document_id,
    )


async def set_reader(tx: Tx, document_id: UUID, number: int, reader: str) -> None:
    await tx.run(
        """
        UPDATE document_processing
        SET reader = %(reader)s
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document_id,
        number=number,
        reader=reader,
    )


async def finish_run(
    tx: Tx, document_id: UUID, number: int, *, outcome: str, code: str | None = None
) -> None:
    await tx.run(
        """
        UPDATE document_processing
        SET outcome = %(outcome)s, code = %(code)s, finished_at = now()
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document_id,
        number=number,
        outcome=outcome,
        code=code,
    )


async def finish_overtaken(tx: Tx, document_id: UUID, number: int) -> None:
    """Newer bytes have come before these were read."""
    await tx.run(
        """
        UPDATE document_processing
        SET outcome = 'overtaken', finished_at = now()
        WHERE document_id = %(document_id)s AND number < %(number)s AND finished_at IS NULL
        """,
        document_id=document_id,
        number=number,
    )


async def finish_if_open(tx: Tx, document_id: UUID, number: int, *, outcome: str) -> None:
    """A run that has ended keeps what it came to."""
    await tx.run(
        """
        UPDATE document_processing
        SET outcome = %(outcome)s, code = %(outcome)s, finished_at = now()
        WHERE document_id = %(document_id)s AND number = %(number)s AND finished_at IS NULL
        """,
        document_id=document_id,
        number=number,
        outcome=outcome,
    )


async def list_silent_runs(
    tx: Tx, after: RunToStart, limit: int, *, silent_for: timedelta
) -> list[RunToStart]:
    return await tx.many(
        RunToStart,
        """
        SELECT document_id, number
        FROM document_processing
        WHERE finished_at IS NULL AND started_at < now() - %(silent_for)s::interval
          AND (document_id, number) > (%(document_id)s, %(number)s)
        ORDER BY document_id, number
        LIMIT %(limit)s
        """,
        silent_for=silent_for,
        document_id=after.document_id,
        number=after.number,
        limit=limit,
    )


async def list_unchecked(
    tx: Tx, after: RunToStart, limit: int, *, ended_for: timedelta
) -> list[RunToStart]:
    """Ended runs, or returned uploads, nobody has looked after since storage could lose them."""
    return await tx.many(
        RunToStart,
        """
        SELECT document_id, number
        FROM document_processing
        WHERE finished_at IS NOT NULL AND checked_at IS NULL
          AND coalesce(returned_at, finished_at) < now() - %(ended_for)s::interval
          AND (document_id, number) > (%(document_id)s, %(number)s)
        ORDER BY document_id, number
        LIMIT %(limit)s
        """,
        ended_for=ended_for,
        document_id=after.document_id,
        number=after.number,
        limit=limit,
    )


async def mark_lost(tx: Tx, document: Document) -> None:
    """What its last run had made of the document, a person's decision included."""
    await tx.run(
        """
        UPDATE document_processing
        SET state_when_lost = %(state)s, code_when_lost = %(code)s, detail_when_lost = %(detail)s
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document.id,
        number=document.run,
        state=document.state,
        code=document.code,
        detail=document.detail,
    )


async def mark_returned(tx: Tx, document_id: UUID, number: int) -> None:
    """What it stands on is young again, so the sweep looks after it once more."""
    await tx.run(
        """
        UPDATE document_processing
        SET state_when_lost = NULL, code_when_lost = NULL, detail_when_lost = NULL,
            returned_at = now(), checked_at = NULL
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document_id,
        number=number,
    )


async def mark_checked(tx: Tx, document_id: UUID, number: int) -> None:
    await tx.run(
        """
        UPDATE document_processing
        SET checked_at = now()
        WHERE document_id = %(document_id)s AND number = %(number)s
        """,
        document_id=document_id,
        number=number,
    )


async def replace_pages(tx: Tx, document_id: UUID, run: int, kinds: Sequence[PageKind]) -> None:
    await tx.run(
        """
        DELETE FROM document_pages
        WHERE document_id = %(document_id)s AND run = %(run)s
        """,
        document_id=document_id,
        run=run,
    )
    await tx.run(
        """
        INSERT INTO document_pages (organization_id, document_id, run, page, kind, confidence)
        SELECT %(organization_id)s, %(document_id)s, %(run)s, given.page, given.kind,
               given.confidence
        FROM unnest(%(pages)s::integer[], %(kinds)s::text[], %(confidences)s::double precision[])
            AS given (page, kind, confidence)
        """,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        run=run,
        pages=[each.page for each in kinds],
        kinds=[each.kind.value for each in kinds],
        confidences=[each.confidence for each in kinds],
    )


async def list_pages(tx: Tx, document_id: UUID, run: int) -> list[PageRow]:
    return await tx.many(
        PageRow,
        """
        SELECT page, kind, confidence
        FROM document_pages
        WHERE document_id = %(document_id)s AND run = %(run)s
        ORDER BY page
        """,
        document_id=document_id,
        run=run,
    )
