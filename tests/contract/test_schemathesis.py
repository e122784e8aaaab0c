"""No 5xx, no answer that the description does not know, no bad input that is taken for good."""

from collections import Counter
from collections.abc import Callable

import pytest
from schemathesis import GenerationMode

from shared.platform.actor import Role
from tests.contract.cases import Attempt, Operation, every_operation, made_up, send
from tests.isolation.things import PLAIN
from tests.isolation.world import World, caller, filled, make_world
from tests.make import identity as make

OPERATIONS = every_operation()
GOOD, BAD, EXAMPLES = GenerationMode.POSITIVE, GenerationMode.NEGATIVE, 10


@pytest.fixture(scope="module")
async def world(storage: None) -> World:
    return await make_world(await make.firm())


async def attempts(
    operation: Operation, mode: GenerationMode, world: World, *, is_ours: bool
) -> list[Attempt]:
    """By an owner who came a moment ago: others may have ended their own membership or session.

    ``is_ours``: of a thing that is there, as it was when the firm was made.
    """
    partner = await make.colleague(world.firm, Role.OWNER)
    headers = {
        "x-organization": str(world.firm.organization_id),
        "authorization": f"Bearer {make.token(partner.subject)}",
    }
    path: dict[str, str] = {}
    if is_ours:
        known = PLAIN | dict(world.ids)
        path = {each.name: known[each.name] for each in operation.path_parameters}
        address = filled(operation.path, known)
        headers["if-match"] = world.tags.get(address, '"1"')
    async with caller(None) as http:
        return [
            await send(http, case)
            for case in made_up(operation, mode, EXAMPLES, path=path, headers=headers)
        ]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
class TestEveryOperation:
    async def test_answers_good_requests_as_described(
        self, world: World, operation: Operation, record_property: Callable[[str, object], None]
    ) -> None:
        """For things that are there and for things that are not."""
        made = await attempts(operation, GOOD, world, is_ours=False)
        made += await attempts(operation, GOOD, world, is_ours=True)

        assert [each for attempt in made for each in attempt.failures(is_bad=False)] == []
        record_property("counts", counted(made))

    async def test_refuses_bad_requests_as_described(
        self, world: World, operation: Operation, record_property: Callable[[str, object], None]
    ) -> None:
        made = await attempts(operation, BAD, world, is_ours=True)

        assert [each for attempt in made for each in attempt.failures(is_bad=True)] == []
        record_property("counts", counted(made))


def counted(made: list[Attempt]) -> str:
    statuses = Counter(each.answer.status_code for each in made)
    told = ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items()))
    return f"{len(made)} requests: {told}"
