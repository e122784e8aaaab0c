"""Rounds of review: when a person was asked, and what they said."""

from datetime import timedelta
from uuid import UUID

from shared.documents.models import Due, ReviewRound, RunToStart, Verdict
from shared.platform.db import Tx, look_up


async def open_round(
    tx: Tx, document_id: UUID, number: int, *, remind_after: timedelta, window: timedelta
) -> ReviewRound:
    """The dates are set once, by the database's clock; asking again returns the same."""
    return await tx.one(
        ReviewRound,
        """
        INSERT INTO document_reviews AS r
            (organization_id, document_id, round, remind_at, deadline)
        VALUES (%(organization_id)s, %(document_id)s, %(round)s,
                now() + %(remind_after)s::interval, now() + %(window)s::interval)
        ON CONFLICT (organization_id, document_id, round) DO UPDATE SET round = r.round
        RETURNING round, remind_at, deadline
        """,
        organization_id=tx.actor.organization_id,
        document_id=document_id,
        round=number,
        remind_after=remind_after,
        window=window,
    )


async def decide_round(tx: Tx, document_id: UUID, number: int, verdict: Verdict) -> bool:
    """False when there was no such round: nobody had been asked. The last decision counts."""
    decided = await tx.run(
        """
        UPDATE document_reviews
        SET verdict = %(verdict)s, decided_by = %(decided_by)s, decided_at = now()
        WHERE document_id = %(document_id)s AND round = %(round)s
        """,
        document_id=document_id,
        round=number,
        verdict=verdict,
        decided_by=tx.actor.user_id,
    )
    return decided == 1


async def end_round(tx: Tx, document_id: UUID, number: int) -> None:
    """Nobody will decide it now: it is read again. A decision that was made stays."""
    await tx.run(
        """
        UPDATE document_reviews
        SET verdict = 'reread', decided_by = %(decided_by)s, decided_at = now()
        WHERE document_id = %(document_id)s AND round = %(round)s AND decided_at IS NULL
        """,
        document_id=document_id,
        round=number,
        decided_by=tx.actor.user_id,
    )


async def mark_read(tx: Tx, document_id: UUID, number: int) -> None:
    """The story knows the decision, or has ended: there is nobody left to wake."""
    await tx.run(
        """
        UPDATE document_reviews
        SET read_at = now()
        WHERE document_id = %(document_id)s AND round = %(round)s AND read_at IS NULL
        """,
        document_id=document_id,
        round=number,
    )


async def list_unread_decisions(tx: Tx, after: RunToStart, limit: int) -> list[RunToStart]:
    return await tx.many(
        RunToStart,
        """
        SELECT document_id, round AS number
        FROM document_reviews
        WHERE decided_at IS NOT NULL AND read_at IS NULL
          AND (document_id, round) > (%(document_id)s, %(number)s)
        ORDER BY document_id, round
        LIMIT %(limit)s
        """,
        document_id=after.document_id,
        number=after.number,
        limit=limit,
    )


async def list_organizations_due() -> list[Due]:
    return await look_up(Due, "SELECT organization_id FROM organizations_due()")
