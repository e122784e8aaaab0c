from uuid import uuid4

from httpx import AsyncClient

from shared.clients import clients
from shared.clients.models import NewClient
from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague


async def test_a_client_shows_the_last_four_digits_of_its_tin(
    http: AsyncClient, firm: Firm
) -> None:
    client_id = uuid4()
    await clients.add_client(firm.actor, client_id, NewClient(name="Grace", tin="412-55-7834"))

    answer = await http.get(f"/clients/{client_id}")

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["name"], shown["entity_type"]) == ("Grace", "individual")
    assert shown["tin_last4"] == "7834"
    assert "412" not in answer.text.replace(shown["id"], "").replace(shown["created_at"], "")


async def test_the_list_is_by_name(http: AsyncClient, firm: Firm) -> None:
    for name in ("Zuse", "Babbage"):
        await clients.add_client(firm.actor, uuid4(), NewClient(name=name))

    answer = await http.get("/clients")

    assert [client["name"] for client in answer.json()["items"]] == [
        "Ada Lovelace",
        "Babbage",
        "Zuse",
    ]
    assert answer.json()["next_cursor"] is None


async def test_a_firm_sees_its_own_clients_alone(
    http: AsyncClient, firm: Firm, other_firm: Firm
) -> None:
    found = (await http.get("/clients")).json()["items"]

    assert [client["id"] for client in found] == [str(firm.client_id)]
    assert (await http.get(f"/clients/{other_firm.client_id}")).status_code == 404


async def test_a_client_sees_itself_alone(firm: Firm, durable: Durable) -> None:
    neighbour = uuid4()
    await clients.add_client(firm.actor, neighbour, NewClient(name="Grace"))

    async with client_of(await colleague(firm, Role.CLIENT), durable) as portal:
        found = (await portal.get("/clients")).json()["items"]
        other = await portal.get(f"/clients/{neighbour}")

    assert [client["id"] for client in found] == [str(firm.client_id)]
    assert other.status_code == 404
