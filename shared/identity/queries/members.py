from typing import LiteralString
from uuid import UUID

from shared.identity.models import (
    Member,
    MemberKey,
    MemberState,
    NewMember,
    Offboarding,
)
from shared.platform.actor import Role
from shared.platform.db import Tx, jsonb
from shared.platform.paging import Direction, Window

_SELECT: LiteralString = """
    SELECT u.id, u.email, u.name, m.role, m.client_id, m.state, m.practice_area, m.skills,
           m.weekly_hours, m.version, m.created_at AS joined_at
    FROM memberships AS m
    JOIN users AS u ON u.organization_id = m.organization_id AND u.id = m.user_id
    """

_WHERE: dict[tuple[bool, bool], LiteralString] = {
    (False, False): "WHERE true",
    (True, False): "WHERE m.role = %(role)s",
    (False, True): "WHERE m.state = %(state)s",
    (True, True): "WHERE m.role = %(role)s AND m.state = %(state)s",
}
_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        AND (m.created_at, m.user_id) > (%(at)s, %(id)s)
        ORDER BY m.created_at, m.user_id
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        AND (m.created_at, m.user_id) < (%(at)s, %(id)s)
        ORDER BY m.created_at DESC, m.user_id DESC
        LIMIT %(rows)s
        """,
}
BY_TIME: dict[tuple[bool, bool, Direction], LiteralString] = {
    (*filters, direction): _SELECT + where + page
    for filters, where in _WHERE.items()
    for direction, page in _PAGE.items()
}


async def list_members(
    tx: Tx, window: Window[Member, MemberKey], *, role: Role | None, state: MemberState | None
) -> list[Member]:
    return await tx.many(
        Member,
        BY_TIME[role is not None, state is not None, window.direction],
        role=role,
        state=state,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def get_member(tx: Tx, user_id: UUID) -> Member:
    return await tx.one(Member, _SELECT + "WHERE m.user_id = %(user_id)s", user_id=user_id)


async def find_member(tx: Tx, user_id: UUID) -> Member | None:
    return await tx.find(Member, _SELECT + "WHERE m.user_id = %(user_id)s", user_id=user_id)


async def lock_member(tx: Tx, user_id: UUID) -> Member:
    return await tx.one(
        Member, _SELECT + "WHERE m.user_id = %(user_id)s FOR UPDATE", user_id=user_id
    )


async def count_other_owners(tx: Tx, user_id: UUID) -> int:
    """Those who can act as owners; asked while the firm's row is locked."""
    return await tx.value(
        int,
        """
        SELECT count(*) FROM memberships
        WHERE role = 'owner' AND state = 'active' AND user_id <> %(user_id)s
        """,
        user_id=user_id,
    )


async def count_seats(tx: Tx) -> int:
    """Places taken by the firm's own people, and by those invited to be."""
    return await tx.value(
        int,
        """
        SELECT (SELECT count(*) FROM memberships
                WHERE role <> 'client' AND state <> 'offboarded')
             + (SELECT count(*) FROM invitations
                WHERE role <> 'client' AND state = 'open' AND expires_at > now())
        """,
    )


async def is_email_taken(tx: Tx, email: str, *, except_for: UUID | None) -> bool:
    return await tx.value(
        bool,
        """
        SELECT EXISTS (
            SELECT FROM users
            WHERE lower(email) = lower(%(email)s) AND left_at IS NULL
              AND id IS DISTINCT FROM %(except_for)s::uuid)
        """,
        email=email,
        except_for=except_for,
    )


async def update_user(tx: Tx, user_id: UUID, *, email: str, name: str) -> None:
    await tx.run(
        """
        UPDATE users
        SET email = %(email)s, name = %(name)s
        WHERE id = %(user_id)s
        """,
        user_id=user_id,
        email=email,
        name=name,
    )


async def update_membership(tx: Tx, member: Member) -> None:
    await tx.run(
        """
        UPDATE memberships
        SET role = %(role)s, practice_area = %(practice_area)s, skills = %(skills)s,
            weekly_hours = %(weekly_hours)s, version = version + 1, changed_at = now()
        WHERE user_id = %(user_id)s
        """,
        user_id=member.id,
        role=member.role,
        practice_area=member.practice_area,
        skills=member.skills,
        weekly_hours=member.weekly_hours,
    )


async def set_state(tx: Tx, user_id: UUID, state: MemberState) -> None:
    await tx.run(
        """
        UPDATE memberships
        SET state = %(state)s, version = version + 1, changed_at = now()
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
        state=state,
    )


async def set_role(tx: Tx, user_id: UUID, role: Role) -> None:
    await tx.run(
        """
        UPDATE memberships
        SET role = %(role)s, version = version + 1, changed_at = now()
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
        role=role,
    )


async def mark_left(tx: Tx, user_id: UUID) -> None:
    """The row stays, for what names it; the address is free for somebody else."""
    await tx.run("UPDATE users SET left_at = now() WHERE id = %(user_id)s", user_id=user_id)


async def take_back(tx: Tx, user_id: UUID, new: NewMember) -> None:
    """Who has left and is invited again is the same user, with what the invitation says."""
    await tx.run(
        """
        UPDATE users
        SET email = %(email)s, name = %(name)s, left_at = NULL
        WHERE id = %(user_id)s
        """,
        user_id=user_id,
        email=new.email,
        name=new.name,
    )
    await tx.run(
        """
        UPDATE memberships
        SET role = %(role)s, client_id = %(client_id)s, state = 'active',
            version = version + 1, changed_at = now()
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
        role=new.role,
        client_id=new.client_id,
    )


async def insert_offboarding(
    tx: Tx,
    *,
    user_id: UUID,
    successor_id: UUID | None,
    statement: str,
    handed_over: dict[str, int],
) -> Offboarding:
    return await tx.one(
        Offboarding,
        """
        INSERT INTO offboardings
            (organization_id, user_id, successor_id, attested_by, statement, handed_over)
        VALUES (%(organization_id)s, %(user_id)s, %(successor_id)s, %(attested_by)s,
                %(statement)s, %(handed_over)s)
        RETURNING id, user_id, successor_id, attested_by, statement, handed_over, attested_at
        """,
        organization_id=tx.actor.organization_id,
        user_id=user_id,
        successor_id=successor_id,
        attested_by=tx.actor.user_id,
        statement=statement,
        handed_over=jsonb(handed_over),
    )


async def get_offboarding(tx: Tx, user_id: UUID) -> Offboarding:
    """The last one: somebody may come back, and leave again."""
    return await tx.one(
        Offboarding,
        """
        SELECT id, user_id, successor_id, attested_by, statement, handed_over, attested_at
        FROM offboardings
        WHERE user_id = %(user_id)s
        ORDER BY attested_at DESC
        LIMIT 1
        """,
        user_id=user_id,
    )


async def insert_identity(tx: Tx, *, identity_id: UUID, issuer: str, subject: str) -> None:
    await tx.run(
        """
        INSERT INTO identities (id, issuer, subject)
        VALUES (%(identity_id)s, %(issuer)s, %(subject)s)
        ON CONFLICT DO NOTHING
        """,
        identity_id=identity_id,
        issuer=issuer,
        subject=subject,
    )


async def insert_user(tx: Tx, *, user_id: UUID, identity_id: UUID, new: NewMember) -> bool:
    """False when this identity is a user of the firm already."""
    added = await tx.run(
        """
        INSERT INTO users (id, organization_id, identity_id, email, name)
        VALUES (%(user_id)s, %(organization_id)s, %(identity_id)s, %(email)s, %(name)s)
        ON CONFLICT (id) DO NOTHING
        """,
        user_id=user_id,
        organization_id=tx.actor.organization_id,
        identity_id=identity_id,
        email=new.email,
        name=new.name,
    )
    return added == 1


async def insert_membership(tx: Tx, *, user_id: UUID, new: NewMember) -> None:
    await tx.run(
        """
        INSERT INTO memberships (organization_id, user_id, role, client_id)
        VALUES (%(organization_id)s, %(user_id)s, %(role)s, %(client_id)s)
        """,
        organization_id=tx.actor.organization_id,
        user_id=user_id,
        role=new.role,
        client_id=new.client_id,
    )
