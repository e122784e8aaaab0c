"""Each role on each route: who may is let in, who may not is told so and changes nothing."""

from collections.abc import Callable
from uuid import uuid4

import httpx

from shared.identity import api_keys
from shared.identity.access_models import NewApiKey
from shared.identity.permissions import ROLES
from shared.platform.actor import Role
from tests.isolation.routes import Json, Route, requests
from tests.isolation.rows import Rows
from tests.isolation.things import IDS
from tests.isolation.world import World, ask, caller, caller_of
from tests.make import identity as make
from tests.make.identity import Firm

LEAST_TRUSTED_FIRST = (
    Role.CLIENT,
    Role.INTERN,
    Role.STAFF,
    Role.CPA,
    Role.SENIOR_CPA,
    Role.MANAGER,
    Role.ADMIN,
    Role.OWNER,
)
OF_ROLES = [(route, body) for route, body in requests() if route.permissions]


def may(role: Role, route: Route) -> bool:
    return route.permissions <= ROLES[role]


async def as_role(firm: Firm, role: Role, route: Route, body: Json | None) -> httpx.Response:
    """With ids that are nobody's: whoever is let in finds nothing to change."""
    somebody = firm if role is Role.OWNER else await make.colleague(firm, role)
    async with caller_of(somebody) as http:
        return await ask(http, route, body, {name: str(uuid4()) for name in IDS}, '"1"')


def test_every_role_is_tried() -> None:
    assert set(LEAST_TRUSTED_FIRST) == set(Role) - {Role.SYSTEM}


async def test_a_role_with_the_permission_is_let_in(
    storage: None, record_property: Callable[[str, object], None]
) -> None:
    """By the use case, too: it asks again, and must not ask for more than the route says."""
    turned_away: list[str] = []
    tried = 0
    for route, body in OF_ROLES:
        firm = await make.firm()
        for role in LEAST_TRUSTED_FIRST:
            if may(role, route):
                answer = await as_role(firm, role, route, body)
                tried += 1
                if answer.status_code in (401, 403) or answer.is_server_error:
                    turned_away.append(f"{role} {route}: {answer.status_code} {answer.text}")

    assert turned_away == []
    record_property("counts", f"{tried} requests of roles that may")


async def test_a_role_without_the_permission_is_told_so(
    world: World, rows: Rows, record_property: Callable[[str, object], None]
) -> None:
    """With the firm's own ids, which an allowed role could use."""
    let_in: list[str] = []
    people = {
        role: await make.colleague(world.firm, role)
        for role in LEAST_TRUSTED_FIRST
        if role is not Role.OWNER
    }
    before = rows.of_things(world.firm.organization_id, set(world.ids.values()))
    tried = 0
    for role, somebody in people.items():
        async with caller_of(somebody) as http:
            for route, body in OF_ROLES:
                if not may(role, route):
                    answer = await ask(http, route, body, world.ids, world.tag(route))
                    tried += 1
                    if (answer.status_code, answer.json()["code"]) != (403, "forbidden"):
                        let_in.append(f"{role} {route}: {answer.status_code} {answer.text}")

    assert let_in == []
    assert rows.of_things(world.firm.organization_id, set(world.ids.values())) == before
    record_property("counts", f"{tried} requests of roles that may not")


async def test_an_api_key_without_the_scope_is_told_so(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    """With every scope but the one that the route asks for, and an owner's role behind it."""
    let_in: list[str] = []
    for permission in sorted({each for route, _ in OF_ROLES for each in route.permissions}):
        scopes = sorted(api_keys.GRANTABLE - {permission})
        key = await api_keys.issue_key(world.firm.actor, NewApiKey(name="Import", scopes=scopes))
        async with caller(key.secret) as http:
            for route, body in OF_ROLES:
                if permission in route.permissions:
                    answer = await ask(http, route, body, world.ids, world.tag(route))
                    if (answer.status_code, answer.json()["code"]) != (403, "scope_missing"):
                        let_in.append(f"{route}: {answer.status_code} {answer.text}")

    assert let_in == []
    record_property("counts", f"{len(OF_ROLES)} requests with keys that lack the scope")
