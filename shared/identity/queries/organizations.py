from datetime import datetime

from shared.identity.models import OrganizationRow, OrganizationState
from shared.identity.plans import Plan
from shared.platform.db import Tx


async def insert_organization(tx: Tx, name: str) -> bool:
    """False when it is there already."""
    added = await tx.run(
        """
        INSERT INTO organizations (id, name)
        VALUES (%(organization_id)s, %(name)s)
        ON CONFLICT (id) DO NOTHING
        """,
        organization_id=tx.actor.organization_id,
        name=name,
    )
    return added == 1


async def get_organization(tx: Tx) -> OrganizationRow:
    return await tx.one(
        OrganizationRow,
        """
        SELECT id, name, plan, plan_ends_at, state, version, created_at
        FROM organizations
        """,
    )


async def lock_organization(tx: Tx) -> OrganizationRow:
    """Whatever is true of the firm as a whole is checked under this lock.

    Rows that point at the firm are not kept waiting: it leaves its key alone.
    """
    return await tx.one(
        OrganizationRow,
        """
        SELECT id, name, plan, plan_ends_at, state, version, created_at
        FROM organizations
        FOR NO KEY UPDATE
        """,
    )


async def set_name(tx: Tx, name: str) -> OrganizationRow:
    """A firm that was erased has none."""
    return await tx.one(
        OrganizationRow,
        """
        UPDATE organizations
        SET name = %(name)s, version = version + 1, changed_at = now()
        WHERE state <> 'erased'
        RETURNING id, name, plan, plan_ends_at, state, version, created_at
        """,
        name=name,
    )


async def set_plan(tx: Tx, plan: Plan, ends_at: datetime | None) -> OrganizationRow:
    return await tx.one(
        OrganizationRow,
        """
        UPDATE organizations
        SET plan = %(plan)s, plan_ends_at = %(ends_at)s,
            version = version + 1, changed_at = now()
        RETURNING id, name, plan, plan_ends_at, state, version, created_at
        """,
        plan=plan,
        ends_at=ends_at,
    )


async def set_state(tx: Tx, state: OrganizationState) -> OrganizationRow:
    return await tx.one(
        OrganizationRow,
        """
        UPDATE organizations
        SET state = %(state)s, version = version + 1, changed_at = now()
        RETURNING id, name, plan, plan_ends_at, state, version, created_at
        """,
        state=state,
    )
