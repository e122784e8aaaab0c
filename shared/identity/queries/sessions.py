from datetime import datetime
from typing import LiteralString
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.identity.access_models import (
    EndReason,
    KnownSession,
    NewSession,
    Session,
    SessionKey,
)
from shared.operations.models import OrganizationDue
from shared.platform.db import Tx, look_up
from shared.platform.paging import Direction, Window


class Devices(BaseModel):
    """Whether the user has come before, and from this device."""

    model_config = ConfigDict(frozen=True)

    has_come: bool
    is_known: bool


OF_USER: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        SELECT id, user_id, ip, user_agent, started_at, last_seen_at, ended_at, end_reason
        FROM user_sessions
        WHERE user_id = %(user_id)s AND (started_at, id) < (%(started_at)s, %(id)s)
        ORDER BY started_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        SELECT id, user_id, ip, user_agent, started_at, last_seen_at, ended_at, end_reason
        FROM user_sessions
        WHERE user_id = %(user_id)s AND (started_at, id) > (%(started_at)s, %(id)s)
        ORDER BY started_at, id
        LIMIT %(rows)s
        """,
}


async def list_sessions(
    tx: Tx, user_id: UUID, window: Window[Session, SessionKey]
) -> list[Session]:
    return await tx.many(
        Session,
        OF_USER[window.direction],
        user_id=user_id,
        started_at=window.key.started_at,
        id=window.key.id,
        rows=window.rows,
    )


async def find_session(tx: Tx, session_id: UUID) -> KnownSession | None:
    return await tx.find(
        KnownSession,
        """
        SELECT id, user_id, ip, user_agent, started_at, last_seen_at, ended_at, end_reason, is_lone
        FROM user_sessions
        WHERE id = %(session_id)s
        """,
        session_id=session_id,
    )


async def get_devices(tx: Tx, *, user_id: UUID, device: str) -> Devices:
    return await tx.one(
        Devices,
        """
        SELECT count(*) > 0 AS has_come,
               count(*) FILTER (WHERE device = %(device)s) > 0 AS is_known
        FROM user_sessions
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
        device=device,
    )


async def insert_session(tx: Tx, new: NewSession, now: datetime) -> bool:
    """False when another request of the same sign-in was first."""
    added = await tx.run(
        """
        INSERT INTO user_sessions
            (id, organization_id, user_id, device, ip, user_agent, started_at, last_seen_at,
             is_lone)
        VALUES (%(id)s, %(organization_id)s, %(user_id)s, %(device)s, %(ip)s, %(user_agent)s,
                %(now)s, %(now)s, %(is_lone)s)
        ON CONFLICT (id) DO NOTHING
        """,
        organization_id=tx.actor.organization_id,
        now=now,
        **new.model_dump(),
    )
    return added == 1


async def see_session(tx: Tx, session_id: UUID, *, ip: str | None, now: datetime) -> None:
    await tx.run(
        """
        UPDATE user_sessions
        SET last_seen_at = %(now)s, ip = coalesce(%(ip)s, ip)
        WHERE id = %(session_id)s AND last_seen_at < %(now)s
        """,
        session_id=session_id,
        ip=ip,
        now=now,
    )


async def end_session(tx: Tx, session_id: UUID, reason: EndReason) -> bool:
    """False when it had ended before."""
    ended = await tx.run(
        """
        UPDATE user_sessions
        SET ended_at = now(), end_reason = %(reason)s
        WHERE id = %(session_id)s AND ended_at IS NULL
        """,
        session_id=session_id,
        reason=reason,
    )
    return ended == 1


async def refuse_earlier(tx: Tx, user_id: UUID) -> None:
    """What was issued until now, whether it has come to us or not."""
    await tx.run(
        """
        UPDATE memberships
        SET signed_out_at = now()
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )


async def end_sessions(tx: Tx, user_id: UUID, reason: EndReason) -> int:
    return await tx.run(
        """
        UPDATE user_sessions
        SET ended_at = now(), end_reason = %(reason)s
        WHERE user_id = %(user_id)s AND ended_at IS NULL
        """,
        user_id=user_id,
        reason=reason,
    )


async def note_refusal(tx: Tx, session_id: UUID, now: datetime) -> None:
    """Once a day is enough."""
    await tx.run(
        """
        UPDATE user_sessions
        SET refused_at = %(now)s
        WHERE id = %(session_id)s
          AND (refused_at IS NULL OR refused_at < %(now)s::timestamptz - interval '1 day')
        """,
        session_id=session_id,
        now=now,
    )


async def list_organizations_with_old_sessions() -> list[OrganizationDue]:
    return await look_up(
        OrganizationDue, "SELECT organization_id FROM organizations_with_old_sessions()"
    )


async def delete_old_sessions(tx: Tx) -> int:
    return await tx.run(
        """
        DELETE FROM user_sessions AS s
        WHERE greatest(s.last_seen_at, s.ended_at, s.refused_at) < now() - interval '90 days'
          AND EXISTS (
              SELECT FROM user_sessions AS later
              WHERE later.user_id = s.user_id
                AND (later.started_at, later.id) > (s.started_at, s.id))
        """
    )
