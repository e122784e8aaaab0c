from uuid import UUID

from shared.identity.models import EngagementRole, TeamRow
from shared.platform.db import Tx


async def list_team(tx: Tx, engagement_id: UUID) -> list[TeamRow]:
    return await tx.many(
        TeamRow,
        """
        SELECT engagement_id, user_id, roles
        FROM engagement_roles
        WHERE engagement_id = %(engagement_id)s
        ORDER BY user_id
        """,
        engagement_id=engagement_id,
    )


async def find_roles(tx: Tx, engagement_id: UUID, user_id: UUID) -> TeamRow | None:
    return await tx.find(
        TeamRow,
        """
        SELECT engagement_id, user_id, roles
        FROM engagement_roles
        WHERE engagement_id = %(engagement_id)s AND user_id = %(user_id)s
        """,
        engagement_id=engagement_id,
        user_id=user_id,
    )


async def list_of_user(tx: Tx, user_id: UUID) -> list[TeamRow]:
    """Locked, so that nothing is given to somebody whose roles are being passed on."""
    return await tx.many(
        TeamRow,
        """
        SELECT engagement_id, user_id, roles
        FROM engagement_roles
        WHERE user_id = %(user_id)s
        ORDER BY engagement_id
        FOR UPDATE
        """,
        user_id=user_id,
    )


async def add_role(
    tx: Tx, engagement_id: UUID, user_id: UUID, role: EngagementRole
) -> TeamRow | None:
    """None when it does not go together with what they do there already."""
    return await tx.find(
        TeamRow,
        """
        INSERT INTO engagement_roles (organization_id, engagement_id, user_id, roles)
        VALUES (%(organization_id)s, %(engagement_id)s, %(user_id)s, ARRAY[%(role)s::text])
        ON CONFLICT (organization_id, engagement_id, user_id) DO UPDATE
        SET roles = array_append(array_remove(engagement_roles.roles, %(role)s), %(role)s),
            changed_at = now()
        WHERE NOT (array_append(engagement_roles.roles, %(role)s) @> '{preparer}'
                   AND array_append(engagement_roles.roles, %(role)s) && '{reviewer,partner}')
        RETURNING engagement_id, user_id, roles
        """,
        organization_id=tx.actor.organization_id,
        engagement_id=engagement_id,
        user_id=user_id,
        role=role,
    )


async def remove_role(tx: Tx, engagement_id: UUID, user_id: UUID, role: EngagementRole) -> bool:
    removed = await tx.run(
        """
        UPDATE engagement_roles
        SET roles = array_remove(roles, %(role)s), changed_at = now()
        WHERE engagement_id = %(engagement_id)s AND user_id = %(user_id)s
          AND roles @> ARRAY[%(role)s::text]
        """,
        engagement_id=engagement_id,
        user_id=user_id,
        role=role,
    )
    return removed == 1


async def leave_all(tx: Tx, user_id: UUID) -> None:
    await tx.run("DELETE FROM engagement_roles WHERE user_id = %(user_id)s", user_id=user_id)
