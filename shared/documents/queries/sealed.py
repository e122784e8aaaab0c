"""What documents hold under keys that are about to go."""

from uuid import UUID

from shared.documents.models import DocumentId, SealedValue
from shared.platform.db import Tx


async def lock_sealed_before(tx: Tx, version: int, limit: int) -> list[SealedValue]:
    """Some of the values sealed with keys before this version."""
    return await tx.many(
        SealedValue,
        """
        SELECT id, value_sealed
        FROM extracted_fields
        WHERE value_sealed_key < %(version)s
        ORDER BY value_sealed_key, id
        LIMIT %(limit)s
        FOR UPDATE
        """,
        version=version,
        limit=limit,
    )


async def reseal_value(tx: Tx, field_id: UUID, sealed: bytes, hashed: bytes) -> None:
    await tx.run(
        """
        UPDATE extracted_fields
        SET value_sealed = %(sealed)s, value_hash = %(hashed)s
        WHERE id = %(field_id)s
        """,
        field_id=field_id,
        sealed=sealed,
        hashed=hashed,
    )


async def list_documents_after(tx: Tx, after: UUID, limit: int) -> list[DocumentId]:
    return await tx.many(
        DocumentId,
        """
        SELECT id
        FROM documents
        WHERE id > %(after)s
        ORDER BY organization_id, id
        LIMIT %(limit)s
        """,
        after=after,
        limit=limit,
    )


async def count_documents(tx: Tx) -> int:
    return await tx.value(int, "SELECT count(*) FROM documents")
