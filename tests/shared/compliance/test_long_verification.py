"""A trail that is followed to its end by an operation."""

from uuid import uuid4

import pytest

from orchestrations.operation.work import WORK
from shared.compliance import long_verification, seals, verification
from shared.identity.entitlements import PlanLimitReached
from shared.operations import operations, running
from shared.operations.models import Operation, OperationState
from shared.platform.actor import Actor, Role, system
from shared.platform.errors import Forbidden, NotFound
from tests.make import audit as make
from tests.make.identity import Firm, colleague


@pytest.fixture
async def sealed(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three seals, of which one answer follows one."""
    for _ in range(3):
        await make.entries(firm.actor, 2)
        await seals.seal_entries(firm.organization_id)
    monkeypatch.setattr(verification, "PAGE", 1)
    monkeypatch.setattr(verification, "MOST_ENTRIES", 1)
    return await make.ids(firm.actor)


async def followed(actor: Actor, head: str | None = None) -> Operation:
    asked = await long_verification.request_verification(actor, uuid4(), head=head)
    await running.advance(system(actor.organization_id), asked.id, WORK)
    return await operations.get_operation(actor, asked.id)


async def test_it_is_followed_to_its_end(firm: Firm, sealed: list[int]) -> None:
    assert (await verification.verify_trail(firm.actor)).next == 2

    ended = await followed(firm.actor)

    assert (ended.state, ended.done, ended.total) == (OperationState.SUCCEEDED, 3, 3)
    assert ended.result
    assert (ended.result["is_intact"], ended.result["next"]) == (True, None)
    assert (ended.result["seals"], ended.result["entries"]) == (3, len(sealed))
    assert ended.result["head"].startswith("3-")


async def test_a_broken_link_is_what_it_finds(firm: Firm, sealed: list[int], database: str) -> None:
    make.tamper(database, "UPDATE audit_entries SET ip = '::1' WHERE id = %(id)s", id=sealed[-1])

    ended = await followed(firm.actor)

    assert ended.state is OperationState.SUCCEEDED
    assert ended.result
    assert ended.result["is_intact"] is False
    assert ended.result["broken"] == {
        "reason": "entry_changed",
        "seal": 3,
        "entry_id": sealed[-1],
    }
    assert ended.result["seals"] == 2


async def test_a_head_that_is_gone_is_missed(firm: Firm, sealed: list[int]) -> None:
    ended = await followed(firm.actor, head="2-" + "0" * 64)

    assert ended.result
    assert ended.result["broken"]["reason"] == "head_missing"


async def test_it_is_for_who_may_read_the_audit_and_in_a_plan(firm: Firm, database: str) -> None:
    cpa = (await colleague(firm, Role.CPA)).actor
    with pytest.raises(Forbidden):
        await long_verification.request_verification(cpa, uuid4())

    make.tamper(
        database,
        "UPDATE organizations SET plan = 'starter' WHERE id = %(firm)s",
        firm=firm.organization_id,
    )
    with pytest.raises(PlanLimitReached):
        await long_verification.request_verification(firm.actor, uuid4())


async def test_another_firm_finds_no_such_operation(firm: Firm, other_firm: Firm) -> None:
    asked = await long_verification.request_verification(firm.actor, uuid4())

    with pytest.raises(NotFound):
        await operations.get_operation(other_firm.actor, asked.id)
