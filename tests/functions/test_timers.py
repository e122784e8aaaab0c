"""What the timers start."""

from typing import Any

import pytest

from functions.timers import partitions, seals
from tests.make import audit as make
from tests.make.identity import Firm


async def fire(blueprint: Any) -> None:
    """As the host does, with a timer that nobody looks at."""
    (builder,) = blueprint._function_builders
    await builder.build().get_user_function()(timer=None)


async def test_the_audit_trail_of_every_firm_is_sealed(firm: Firm, other_firm: Firm) -> None:
    await fire(seals.bp)

    assert await make.seal_numbers(firm.actor) == [1]
    assert await make.seal_numbers(other_firm.actor) == [1]


async def test_a_firm_whose_trail_cannot_be_sealed_keeps_no_other_waiting(
    firm: Firm, other_firm: Firm, database: str
) -> None:
    """Its first seal is in the way of the one that would come."""
    make.tamper(
        database,
        """
        INSERT INTO audit_seals
        SELECT organization_id, 2147483647, 0, 0, 1, '[]', '', '', now()
        FROM (SELECT %(firm)s::uuid AS organization_id) AS f
        """,
        firm=firm.organization_id,
    )
    with pytest.raises(ExceptionGroup):
        await fire(seals.bp)
    make.tamper(
        database,
        "DELETE FROM audit_seals WHERE organization_id = %(firm)s",
        firm=firm.organization_id,
    )

    assert await make.seal_numbers(other_firm.actor) == [1]


async def test_months_without_a_partition_get_one(firm: Firm, database: str) -> None:
    make.tamper(
        database,
        """
        INSERT INTO audit_entries
            (organization_id, entity, action, subject_id, role, detail, recorded_at)
        VALUES (%(firm)s, 'client', 'client.added', gen_random_uuid(), 'owner', '{}',
                '2018-07-04T12:00Z')
        """,
        firm=firm.organization_id,
    )
    await fire(partitions.bp)

    make.tamper(
        database,
        "DELETE FROM partitions.audit_entries_2018_07 WHERE organization_id = %(firm)s",
        firm=firm.organization_id,
    )
