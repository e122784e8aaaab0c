from datetime import datetime

from shared.compliance.models import StandingFirm
from shared.operations.models import OrganizationDue
from shared.platform.db import Tx, look_up


async def lock_standing(tx: Tx) -> StandingFirm:
    return await tx.one(
        StandingFirm,
        """
        SELECT name
        FROM organizations
        WHERE erased_at IS NULL
        FOR UPDATE
        """,
    )


async def mark_erased(tx: Tx) -> None:
    await tx.run(
        """
        UPDATE organizations
        SET state = 'erased', name = 'An erased firm', erased_at = now()
        """
    )


async def erase_rows(tx: Tx) -> None:
    await tx.run("SELECT erase_rows()")


async def mark_purged(tx: Tx, erased_before: datetime) -> None:
    await tx.run(
        """
        UPDATE organizations
        SET purged_at = now()
        WHERE erased_at < %(erased_before)s
        """,
        erased_before=erased_before,
    )


async def list_organizations_to_purge() -> list[OrganizationDue]:
    return await look_up(OrganizationDue, "SELECT organization_id FROM organizations_to_purge()")
