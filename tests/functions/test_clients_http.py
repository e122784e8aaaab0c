from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from shared.clients import clients
from shared.clients.models import NewClient
from shared.identity import api_keys
from shared.identity.access_models import NewApiKey
from shared.identity.permissions import Permission
from shared.platform.actor import Role
from shared.platform.db import transaction
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents
from tests.make.identity import Firm, colleague
from tests.make.identity import token as make_token

TIN = "412-55-7834"
WHY = {"reason": "To file the return"}


async def test_a_client_shows_the_last_four_digits_of_its_tin(
    http: AsyncClient, firm: Firm
) -> None:
    client_id = uuid4()
    await clients.add_client(firm.actor, client_id, NewClient(name="Grace", tin="412-55-7834"))

    answer = await http.get(f"/clients/{client_id}")

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["name"], shown["entity_type"]) == ("Grace", "individual")
    assert shown["tin_masked"] == "***-**-7834"
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
    assert answer.json()["next"] is None


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


class TestAClientsLife:
    async def test_opened_changed_and_deleted(self, http: AsyncClient) -> None:
        opened = await http.post("/clients", json={"name": "Grace", "tin": TIN})
        assert opened.status_code == 201
        where = opened.headers["location"].removeprefix("/api/v1")

        changed = await http.patch(
            where, json={"name": "Grace Hopper"}, headers={"if-match": opened.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
        assert (await http.get(where)).json()["name"] == "Grace Hopper"

        deleted = await http.delete(where, headers={"if-match": changed.headers["etag"]})
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert (await http.get(where)).status_code == 404

    async def test_opened_twice_with_one_key_is_one(self, http: AsyncClient) -> None:
        key = {"idempotency-key": "a-key-of-mine"}

        made = [
            (await http.post("/clients", json={"name": "Grace"}, headers=key)).json()["id"]
            for _ in range(2)
        ]

        assert made[0] == made[1]
        assert len((await http.get("/clients")).json()["items"]) == 2

    async def test_not_changed_without_its_version(self, http: AsyncClient, firm: Firm) -> None:
        where = f"/clients/{firm.client_id}"

        assert (await http.patch(where, json={"name": "Mine"})).status_code == 428
        stale = await http.patch(where, json={"name": "Mine"}, headers={"if-match": '"7"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")

    async def test_with_documents_it_is_archived_instead(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        await documents.expected(firm)
        where, first = f"/clients/{firm.client_id}", {"if-match": '"1"'}

        refused = await http.delete(where, headers=first)
        assert (refused.status_code, refused.json()["code"]) == (409, "client_in_use")
        actions = {each["name"]: each for each in (await http.get(f"{where}/actions")).json()}
        assert actions["delete"]["code"] == "client_in_use"

        await http.patch(where, json={"state": "archived"}, headers=first)
        assert (await http.get("/clients")).json()["items"] == []
        archived = (await http.get("/clients", params={"state": "archived"})).json()["items"]
        assert [each["id"] for each in archived] == [str(firm.client_id)]

    async def test_a_tin_that_cannot_be_one_is_pointed_at_and_not_repeated(
        self, http: AsyncClient
    ) -> None:
        for tin in ("666-12-3456", "078051120", "41255783x"):
            refused = await http.post("/clients", json={"name": "Grace", "tin": tin})

            assert refused.status_code == 422
            assert [each["pointer"] for each in refused.json()["errors"]] == ["/tin"]
            assert tin not in refused.text

    async def test_the_mask_is_no_tin(self, http: AsyncClient, firm: Firm) -> None:
        """An editor that sends back what it was shown forgets nothing by that."""
        refused = await http.patch(
            f"/clients/{firm.client_id}",
            json={"tin": "***-**-7834"},
            headers={"if-match": '"1"'},
        )

        assert refused.status_code == 422


class TestATin:
    async def test_is_shown_to_whoever_says_why(self, http: AsyncClient, firm: Firm) -> None:
        client_id = await known(firm)

        shown = await http.post(f"/clients/{client_id}/reveal-tin", json=WHY)

        assert (shown.status_code, shown.json()) == (200, {"tin": TIN})
        assert "no-store" in shown.headers["cache-control"]
        asked = {"action": "client.tin_revealed", "subject_id": str(client_id)}
        seen = (await http.get("/audit", params=asked)).json()["items"]
        assert [each["user_id"] for each in seen] == [str(firm.actor.user_id)]
        assert seen[0]["detail"] == WHY
        assert TIN not in str(seen)

    @pytest.mark.parametrize("reason", [None, "", "because", "x" * 501])
    async def test_is_shown_to_nobody_else(
        self, http: AsyncClient, firm: Firm, reason: str | None
    ) -> None:
        client_id = await known(firm)

        refused = await http.post(f"/clients/{client_id}/reveal-tin", json={"reason": reason})

        assert refused.status_code == 422
        assert TIN not in refused.text

    async def test_lies_nowhere_when_the_request_had_a_key(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        client_id, key = await known(firm), {"idempotency-key": "a-key-of-mine"}

        for _ in range(2):
            await http.post(f"/clients/{client_id}/reveal-tin", json=WHY, headers=key)

        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT count(answer_sealed) FROM idempotency_keys") == 0

    async def test_is_not_shown_without_a_second_factor(self, firm: Firm, durable: Durable) -> None:
        client_id = await known(firm)
        async with client_of(firm, durable) as http:
            token = make_token(firm.subject, amr=["pwd"])
            refused = await http.post(
                f"/clients/{client_id}/reveal-tin",
                json=WHY,
                headers={"authorization": f"Bearer {token}"},
            )

        assert (refused.status_code, refused.json()["code"]) == (403, "mfa_required")

    async def test_is_not_shown_to_an_api_key(self, firm: Firm, durable: Durable) -> None:
        client_id = await known(firm)
        wanted = NewApiKey(name="A script", scopes=[Permission.READ_CLIENTS])
        issued = await api_keys.issue_key(firm.actor, wanted)
        key = {"authorization": f"Bearer {issued.secret}"}
        async with client_of(firm, durable) as http:
            assert (await http.get(f"/clients/{client_id}", headers=key)).status_code == 200
            refused = await http.post(f"/clients/{client_id}/reveal-tin", json=WHY, headers=key)

        assert refused.status_code == 403

    async def test_finds_its_client_and_never_stands_in_an_address(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        client_id = await known(firm)

        found = await http.post("/clients/find-by-tin", json={"tin": TIN.replace("-", "")})

        assert [each["id"] for each in found.json()["items"]] == [str(client_id)]
        assert TIN not in found.text
        assert (await http.get("/clients", params={"tin": TIN})).status_code == 422


async def known(firm: Firm) -> UUID:
    client_id = uuid4()
    await clients.add_client(firm.actor, client_id, NewClient(name="Grace", tin=TIN))
    return client_id
