"""Pages of documents: one statement, and one index, for each combination of filters."""

from datetime import UTC, datetime
from enum import Enum
from typing import LiteralString
from uuid import UUID

from shared.documents.kinds import DocumentKind
from shared.documents.models import Document, DocumentKey, DocumentState
from shared.documents.queries.documents import COLUMNS
from shared.platform.db import Tx
from shared.platform.paging import Direction, Window

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

_WHERE: dict[Filters, LiteralString] = {
    Filters.NONE: "",
    Filters.CLIENT: "AND client_id = %(client_id)s",
    Filters.STATE: "AND state = %(state)s",
    Filters.KIND: "AND kind = %(kind)s",
    Filters.CLIENT_STATE: "AND client_id = %(client_id)s AND state = %(state)s",
    Filters.CLIENT_KIND: "AND client_id = %(client_id)s AND kind = %(kind)s",
    Filters.STATE_KIND: "AND state = %(state)s AND kind = %(kind)s",
    Filters.CLIENT_STATE_KIND: """
        AND client_id = %(client_id)s AND state = %(state)s AND kind = %(kind)s""",
}

_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        AND (created_at, id) < (%(at)s, %(id)s)
        ORDER BY created_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        AND (created_at, id) > (%(at)s, %(id)s)
        ORDER BY created_at, id
        LIMIT %(rows)s
        """,
}

STATEMENTS: dict[tuple[Filters, Direction], LiteralString] = {
    (filters, direction): _FROM + where + page
    for filters, where in _WHERE.items()
    for direction, page in _PAGE.items()
}

TO_REVIEW: dict[Direction, LiteralString] = {
    Direction.FORWARD: _FROM
    + """
        AND state = 'needs_review' AND (received_at, id) > (%(at)s, %(id)s)
        ORDER BY received_at, id
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: _FROM
    + """
        AND state = 'needs_review' AND (received_at, id) < (%(at)s, %(id)s)
        ORDER BY received_at DESC, id DESC
        LIMIT %(rows)s
        """,
}


async def list_documents(
    tx: Tx,
    window: Window[Document, DocumentKey],
    *,
    client_id: UUID | None,
    state: DocumentState | None,
    kind: DocumentKind | None,
) -> list[Document]:
    filters = Filters((client_id is not None, state is not None, kind is not None))
    return await tx.many(
        Document,
        STATEMENTS[filters, window.direction],
        client_id=client_id,
        state=state,
        kind=kind,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def list_to_review(tx: Tx, window: Window[Document, DocumentKey]) -> list[Document]:
    """Who has waited longest comes first."""
    return await tx.many(
        Document,
        TO_REVIEW[window.direction],
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )
