"""Pages of documents: one literal statement, and one index, for each combination of filters."""

from datetime import UTC, datetime
from enum import Enum
from typing import LiteralString
from uuid import UUID

from shared.documents.kinds import DocumentKind
from shared.documents.models import Document, DocumentKey, DocumentState
from shared.documents.queries.documents import COLUMNS
from shared.platform.db import Tx

NEWEST = DocumentKey(at=datetime.max.replace(tzinfo=UTC), id=UUID(int=2**128 - 1))
OLDEST = DocumentKey(at=datetime.min.replace(tzinfo=UTC), id=UUID(int=0))


class Filters(Enum):
    """Which filters are given: client, state, kind."""

    NONE = (False, False, False)
    CLIENT = (True, False, False)
    STATE = (False, True, False)
    KIND = (False, False, True)
    CLIENT_STATE = (True, True, False)
    CLIENT_KIND = (True, False, True)
    STATE_KIND = (False, True, True)
    CLIENT_STATE_KIND = (True, True, True)


_FROM: LiteralString = "SELECT " + COLUMNS + " FROM documents WHERE parent_id IS NULL "
_PAGE: LiteralString = """
    AND (created_at, id) < (%(at)s, %(id)s)
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
"""

STATEMENTS: dict[Filters, LiteralString] = {
    Filters.NONE: _FROM + _PAGE,
    Filters.CLIENT: _FROM + "AND client_id = %(client_id)s" + _PAGE,
    Filters.STATE: _FROM + "AND state = %(state)s" + _PAGE,
    Filters.KIND: _FROM + "AND kind = %(kind)s" + _PAGE,
    Filters.CLIENT_STATE: _FROM + "AND client_id = %(client_id)s AND state = %(state)s" + _PAGE,
    Filters.CLIENT_KIND: _FROM + "AND client_id = %(client_id)s AND kind = %(kind)s" + _PAGE,
    Filters.STATE_KIND: _FROM + "AND state = %(state)s AND kind = %(kind)s" + _PAGE,
    Filters.CLIENT_STATE_KIND: _FROM
    + "AND client_id = %(client_id)s AND state = %(state)s AND kind = %(kind)s"
    + _PAGE,
}


async def list_documents(
    tx: Tx,
    *,
    client_id: UUID | None,
    state: DocumentState | None,
    kind: DocumentKind | None,
    after: DocumentKey | None,
    limit: int,
) -> list[Document]:
    key = after or NEWEST
    filters = Filters((client_id is not None, state is not None, kind is not None))
    return await tx.many(
        Document,
        STATEMENTS[filters],
        client_id=client_id,
        state=state,
        kind=kind,
        at=key.at,
        id=key.id,
        limit=limit,
    )


async def list_to_review(tx: Tx, *, after: DocumentKey | None, limit: int) -> list[Document]:
    """Who has waited longest comes first."""
    key = after or OLDEST
    return await tx.many(
        Document,
        "SELECT "
        + COLUMNS
        + """
        FROM documents
        WHERE state = 'needs_review' AND parent_id IS NULL
          AND (received_at, id) > (%(at)s, %(id)s)
        ORDER BY received_at, id
        LIMIT %(limit)s
        """,
        at=key.at,
        id=key.id,
        limit=limit,
    )
