"""Redis: what lies there of a firm lies under its id, and a firm cannot name another's."""

import re

import pytest

from shared.platform import cache
from shared.platform.actor import system
from tests.isolation.world import World, caller_of
from tests.make.identity import Firm

OF_A_FIRM = re.compile(r"\{[0-9a-f-]{36}\}:.+")
OF_NO_FIRM = re.compile(r"rate:address:.+")
"""What is counted before anybody has said who they are."""


async def every_key() -> list[str]:
    return [str(key) async for key in cache.client().scan_iter(count=1000)]


async def test_every_key_carries_its_firm(world: World) -> None:
    """Whatever the walk, and every test before it, has left there."""
    async with caller_of(world.firm) as http:
        await http.get("/clients")
    keys = await every_key()

    assert [
        key for key in keys if not OF_A_FIRM.fullmatch(key) and not OF_NO_FIRM.fullmatch(key)
    ] == []
    assert any(str(world.firm.organization_id) in key for key in keys)


@pytest.mark.parametrize("part", ["{%s}:x", "}:{%s}", "../%s", "x}:{%s}:x"])
async def test_no_part_of_a_name_leads_to_another_firm(
    firm: Firm, other_firm: Firm, part: str
) -> None:
    made = cache.key(system(firm.organization_id), part % other_firm.organization_id)

    assert made.startswith(f"{{{firm.organization_id}}}:")
