"""Values read from documents, and what the rules found in them."""

from collections.abc import Sequence
from uuid import UUID

from shared.documents.models import FieldOfDocument, FieldRow, FindingOfDocument, FindingRow
from shared.documents.understanding.models import Finding
from shared.platform.db import Tx


async def delete_fields(tx: Tx, document_id: UUID, run: int) -> None:
    await tx.run(
        """
        DELETE FROM extracted_fields
        WHERE document_id = %(document_id)s AND run = %(run)s
        """,
        document_id=document_id,
        run=run,
    )


async def delete_of_parts(tx: Tx, file_id: UUID, run: int, keep: list[UUID]) -> None:
    """Values and findings of parts that are about to go."""
    await tx.run(
        """
        WITH gone AS (
            SELECT id FROM documents
            WHERE parent_id = %(file_id)s AND run = %(run)s AND NOT id = ANY(%(keep)s)
        ), without_findings AS (
            DELETE FROM findings WHERE document_id IN (SELECT id FROM gone)
        )
        DELETE FROM extracted_fields WHERE document_id IN (SELECT id FROM gone)
        """,
        file_id=file_id,
        run=run,
        keep=keep,
    )


async def insert_field(
    tx: Tx, document_id: UUID, run: int, row: FieldRow, value_hash: bytes | None
) -> None:
    await tx.run(
        """
        INSERT INTO extracted_fields
            (id, organization_id, document_id, run, name, value, value_sealed, value_hash, last4,
             confidence, page, box, source)
        VALUES (%(id)s, %(organization_id)s, %(document_id)s, %(run)s, %(name)s, %(value)s,
                %(value_sealed)s, %(value_hash)s, %(last4)s, %(confidence)s, %(page)s, %(box)s,
                %(source)s)
        """,
        id=row.id,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        run=run,
        name=row.name,
        value=row.value,
        value_sealed=row.value_sealed,
        value_hash=value_hash,
        last4=row.last4,
        confidence=row.confidence,
        page=row.page,
        box=list(row.box) if row.box else None,
        source=row.source,
    )


async def list_fields(tx: Tx, document_id: UUID, run: int) -> list[FieldRow]:
    return await tx.many(
        FieldRow,
        """
        SELECT id, name, value, value_sealed, last4, confidence, page, box, source
        FROM extracted_fields
        WHERE document_id = %(document_id)s AND run = %(run)s
        ORDER BY name
        """,
        document_id=document_id,
        run=run,
    )


async def list_fields_of(tx: Tx, document_ids: Sequence[UUID], run: int) -> list[FieldOfDocument]:
    """Those of a packet and its parts at once."""
    return await tx.many(
        FieldOfDocument,
        """
        SELECT document_id, id, name, value, value_sealed, last4, confidence, page, box, source
        FROM extracted_fields
        WHERE document_id = ANY(%(document_ids)s) AND run = %(run)s
        ORDER BY name
        """,
        document_ids=list(document_ids),
        run=run,
    )


async def correct_field(
    tx: Tx, document_id: UUID, run: int, row: FieldRow, value_hash: bytes | None
) -> None:
    """A person's value takes the place of what was read, box and all it stood in."""
    await tx.run(
        """
        INSERT INTO extracted_fields
            (id, organization_id, document_id, run, name, value, value_sealed, value_hash, last4,
             confidence, page, box, source, corrected_by, corrected_at)
        VALUES (%(id)s, %(organization_id)s, %(document_id)s, %(run)s, %(name)s, %(value)s,
                %(value_sealed)s, %(value_hash)s, %(last4)s, 1, NULL, NULL, 'person',
                %(corrected_by)s, now())
        ON CONFLICT (organization_id, document_id, run, name) DO UPDATE
        SET value = EXCLUDED.value, value_sealed = EXCLUDED.value_sealed,
            value_hash = EXCLUDED.value_hash, last4 = EXCLUDED.last4, confidence = 1,
            source = 'person', corrected_by = EXCLUDED.corrected_by, corrected_at = now()
        """,
        id=row.id,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        run=run,
        name=row.name,
        value=row.value,
        value_sealed=row.value_sealed,
        value_hash=value_hash,
        last4=row.last4,
        corrected_by=tx.actor.user_id,
    )


async def list_findings(tx: Tx, document_id: UUID, run: int) -> list[FindingRow]:
    return await tx.many(
        FindingRow,
        """
        SELECT rule, severity, message, fields
        FROM findings
        WHERE document_id = %(document_id)s AND run = %(run)s
        ORDER BY created_at, rule, fields
        """,
        document_id=document_id,
        run=run,
    )


async def list_findings_of(
    tx: Tx, document_ids: Sequence[UUID], run: int
) -> list[FindingOfDocument]:
    return await tx.many(
        FindingOfDocument,
        """
        SELECT document_id, rule, severity, message, fields
        FROM findings
        WHERE document_id = ANY(%(document_ids)s) AND run = %(run)s
        ORDER BY created_at, rule, fields
        """,
        document_ids=list(document_ids),
        run=run,
    )


async def delete_checked_findings(tx: Tx, document_id: UUID, run: int) -> None:
    await tx.run(
        """
        DELETE FROM findings
        WHERE document_id = %(document_id)s AND run = %(run)s AND is_checked
        """,
        document_id=document_id,
        run=run,
    )


async def delete_findings(tx: Tx, document_id: UUID, run: int, about: Sequence[str]) -> None:
    await tx.run(
        """
        DELETE FROM findings
        WHERE document_id = %(document_id)s AND run = %(run)s AND rule = ANY(%(about)s)
        """,
        document_id=document_id,
        run=run,
        about=list(about),
    )


async def insert_findings(
    tx: Tx, document_id: UUID, run: int, found: Sequence[Finding], *, is_checked: bool
) -> int:
    """How many are new: the same run does not find the same thing twice."""
    added = 0
    for each in found:
        added += await tx.run(
            """
            INSERT INTO findings
                (organization_id, document_id, run, rule, severity, message, fields, is_checked)
            VALUES (%(organization_id)s, %(document_id)s, %(run)s, %(rule)s, %(severity)s,
                    %(message)s, %(fields)s, %(is_checked)s)
            ON CONFLICT (organization_id, document_id, run, rule, fields) DO NOTHING
            """,
            organization_id=tx.actor.organization_id,
            document_id=document_id,
            run=run,
            rule=each.rule,
            severity=each.severity,
            message=each.message,
            fields=list(each.fields),
            is_checked=is_checked,
        )
    return added
