from datetime import datetime
from typing import LiteralString
from uuid import UUID

from shared.identity.models import (
    Invitation,
    InvitationFound,
    InvitationKey,
    InvitationState,
    NewInvitation,
)
from shared.platform.db import Tx, look_up
from shared.platform.paging import Direction, Window

COLUMNS: LiteralString = """
    id, email, name, role, client_id, state, expires_at, invited_by, accepted_by, created_at
    """
_WHERE: dict[bool, LiteralString] = {False: "WHERE true", True: "WHERE state = %(state)s"}
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
NEWEST: dict[tuple[bool, Direction], LiteralString] = {
    (has_state, direction): "SELECT " + COLUMNS + " FROM invitations " + where + page
    for has_state, where in _WHERE.items()
    for direction, page in _PAGE.items()
}


async def list_by_secret(secret_hash: bytes) -> list[InvitationFound]:
    """Asked before the firm is known."""
    return await look_up(
        InvitationFound,
        """
        SELECT organization_id, id, role, client_id
        FROM invitation_of(%(secret_hash)s)
        """,
        secret_hash=secret_hash,
    )


async def list_invitations(
    tx: Tx, window: Window[Invitation, InvitationKey], *, state: InvitationState | None
) -> list[Invitation]:
    return await tx.many(
        Invitation,
        NEWEST[state is not None, window.direction],
        state=state,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def get_invitation(tx: Tx, invitation_id: UUID) -> Invitation:
    return await tx.one(
        Invitation,
        "SELECT " + COLUMNS + " FROM invitations WHERE id = %(invitation_id)s",
        invitation_id=invitation_id,
    )


async def lock_invitation(tx: Tx, invitation_id: UUID) -> Invitation:
    return await tx.one(
        Invitation,
        "SELECT " + COLUMNS + " FROM invitations WHERE id = %(invitation_id)s FOR UPDATE",
        invitation_id=invitation_id,
    )


async def find_invitation(tx: Tx, invitation_id: UUID) -> Invitation | None:
    return await tx.find(
        Invitation,
        "SELECT " + COLUMNS + " FROM invitations WHERE id = %(invitation_id)s",
        invitation_id=invitation_id,
    )


async def is_secret_of(tx: Tx, invitation_id: UUID, secret_hash: bytes) -> bool:
    """Asked under lock: the secret that led here may have been replaced since."""
    return await tx.value(
        bool,
        """
        SELECT EXISTS (
            SELECT FROM invitations
            WHERE id = %(invitation_id)s AND secret_hash = %(secret_hash)s)
        """,
        invitation_id=invitation_id,
        secret_hash=secret_hash,
    )


async def insert_invitation(
    tx: Tx,
    invitation_id: UUID,
    new: NewInvitation,
    *,
    secret_hash: bytes,
    expires_at: datetime,
) -> Invitation | None:
    """None when somebody has an open one for that address."""
    return await tx.find(
        Invitation,
        """
        INSERT INTO invitations
            (id, organization_id, email, name, role, client_id, secret_hash, expires_at,
             invited_by)
        VALUES (%(invitation_id)s, %(organization_id)s, %(email)s, %(name)s, %(role)s,
                %(client_id)s, %(secret_hash)s, %(expires_at)s, %(invited_by)s)
        ON CONFLICT DO NOTHING
        RETURNING """
        + COLUMNS,
        invitation_id=invitation_id,
        organization_id=tx.actor.organization_id,
        email=new.email,
        name=new.name,
        role=new.role,
        client_id=new.client_id,
        secret_hash=secret_hash,
        expires_at=expires_at,
        invited_by=tx.actor.user_id,
    )


async def renew(
    tx: Tx, invitation_id: UUID, *, secret_hash: bytes, expires_at: datetime
) -> Invitation:
    return await tx.one(
        Invitation,
        """
        UPDATE invitations
        SET secret_hash = %(secret_hash)s, expires_at = %(expires_at)s,
            invited_by = %(invited_by)s, changed_at = now()
        WHERE id = %(invitation_id)s
        RETURNING """
        + COLUMNS,
        invitation_id=invitation_id,
        secret_hash=secret_hash,
        expires_at=expires_at,
        invited_by=tx.actor.user_id,
    )


async def mark_accepted(tx: Tx, invitation_id: UUID, user_id: UUID) -> None:
    await tx.run(
        """
        UPDATE invitations
        SET state = 'accepted', accepted_by = %(user_id)s, changed_at = now()
        WHERE id = %(invitation_id)s
        """,
        invitation_id=invitation_id,
        user_id=user_id,
    )


async def mark_revoked(tx: Tx, invitation_id: UUID) -> None:
    await tx.run(
        """
        UPDATE invitations
        SET state = 'revoked', changed_at = now()
        WHERE id = %(invitation_id)s
        """,
        invitation_id=invitation_id,
    )


async def revoke_invitations(tx: Tx, invited_by: UUID) -> int:
    return await tx.run(
        """
        UPDATE invitations
        SET state = 'revoked', changed_at = now()
        WHERE invited_by = %(invited_by)s AND state = 'open'
        """,
        invited_by=invited_by,
    )
