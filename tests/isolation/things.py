"""How a firm comes to something of every kind, as its owner does: over the API where it can."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from uuid import UUID, uuid4

from httpx import AsyncClient

from orchestrations.operation.work import WORK
from shared.compliance import seals
from shared.identity import engagement_roles
from shared.identity.models import EngagementRole
from shared.operations import running
from shared.platform.actor import Role, system
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.roster import Vendors
from tests.make import documents, readings
from tests.make import identity as make
from tests.make.identity import Firm

Maker: TypeAlias = Callable[[Firm, AsyncClient], Awaitable[str]]


async def _client(firm: Firm, http: AsyncClient) -> str:
    await http.get("/clients")
    return str(firm.client_id)


async def _document(firm: Firm, http: AsyncClient) -> str:
    """One that waits for a person, so that everything can be done to it."""
    page = readings.w2(box_4="2000.00")
    with roster.playing(Vendors(reader=FakeReader(reading=readings.reading(page)))):
        return str((await documents.processed(firm)).id)


async def _colleague(firm: Firm, http: AsyncClient) -> str:
    return str((await make.colleague(firm, Role.STAFF)).actor.user_id)


async def _api_key(firm: Firm, http: AsyncClient) -> str:
    return await posted(http, "/api-keys", {"name": "Import", "scopes": ["clients:read"]})


async def _session(firm: Firm, http: AsyncClient) -> str:
    return (await http.get("/sessions")).json()["items"][0]["id"]


async def _operation(firm: Firm, http: AsyncClient) -> str:
    """An export that has been made, so that there is a file to get."""
    operation_id = await posted(http, "/exports", {"kind": "clients"})
    await running.advance(system(firm.organization_id), UUID(operation_id), WORK)
    return operation_id


async def _invitation(firm: Firm, http: AsyncClient) -> str:
    new = {"email": f"{uuid4()}@firm.test", "name": "Nora New", "role": "cpa"}
    return await posted(http, "/invitations", new)


async def posted(http: AsyncClient, path: str, body: Mapping[str, object]) -> str:
    answer = await http.post(path, json=body, headers={"idempotency-key": str(uuid4())})
    assert answer.is_success, answer.text
    return answer.json()["id"]


IDS: dict[str, Maker] = {
    "client_id": _client,
    "subject_id": _client,
    "tin_of": _client,
    "document_id": _document,
    "user_id": _colleague,
    "successor_id": _colleague,
    "key_id": _api_key,
    "session_id": _session,
    "operation_id": _operation,
    "invitation_id": _invitation,
}
"""By the name that routes and bodies give to the thing's id."""

PLAIN = {"page": "1", "kind": "w2", "name": "employee_name", "flag": "client_portal"}
"""What stands in a path and belongs to no firm."""


async def fill(firm: Firm, http: AsyncClient) -> None:
    """What has no id of its own in any route, and yet a table."""
    first = {"if-match": '"0"'}
    for path, change in (
        ("/settings", {"time_zone": "America/Denver"}),
        ("/feature-flags/client_portal", {"note": "For this season"}),
    ):
        changed = await http.patch(path, json=change, headers=first)
        assert changed.is_success, changed.text
    leaver, successor = await _preparer(firm), str(firm.actor.user_id)
    leaving = {"statement": "Everything is handed over", "successor_id": successor}
    await posted(http, f"/members/{leaver}/offboard", leaving)
    await _preparer(firm)
    await seals.seal_entries(firm.organization_id)


async def _preparer(firm: Firm) -> UUID:
    user_id = (await make.colleague(firm, Role.CPA)).actor.user_id
    assert user_id
    await engagement_roles.assign_role(firm.actor, uuid4(), user_id, EngagementRole.PREPARER)
    return user_id
