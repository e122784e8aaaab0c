from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from shared.clients import clients
from shared.clients.models import Client, EntityType, NewClient
from shared.identity.keys import open_keyring
from shared.platform.actor import Actor, Role, system
from shared.platform.crypto import place
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound
from shared.platform.paging import BadCursor
from tests.make.identity import Firm, colleague

TIN = "412-55-7834"
DIGITS = "412557834"


async def add(firm: Firm, name: str, tin: str | None = None) -> Client:
    return await clients.add_client(firm.actor, uuid4(), NewClient(name=name, tin=tin))


async def names(actor: Actor, limit: int) -> list[str]:
    """All of them, page by page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await clients.list_clients(actor, cursor, limit)
        assert len(page.items) <= limit
        found += [client.name for client in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


class TestAddClient:
    async def test_opens_a_file(self, firm: Firm) -> None:
        client_id = uuid4()

        added = await clients.add_client(
            firm.actor, client_id, NewClient(name="Analytical Engines", entity_type=EntityType.LLC)
        )

        assert added == await clients.get_client(firm.actor, client_id)
        assert (added.name, added.entity_type) == ("Analytical Engines", EntityType.LLC)
        assert added.tin_last4 is None

    async def test_asked_twice_opens_one(self, firm: Firm) -> None:
        client_id = uuid4()

        first = await clients.add_client(firm.actor, client_id, NewClient(name="Grace", tin=TIN))
        again = await clients.add_client(firm.actor, client_id, NewClient(name="Somebody else"))

        assert first == again
        assert await audited(firm, client_id) == 1

    async def test_does_not_take_over_another_firms_id(self, firm: Firm, other_firm: Firm) -> None:
        """It is not added, and not shown: as if the id were nobody's."""
        with pytest.raises(NotFound):
            await clients.add_client(firm.actor, other_firm.client_id, NewClient(name="Mine"))

        theirs = await clients.get_client(other_firm.actor, other_firm.client_id)
        assert theirs.name == "Ada Lovelace"

    @pytest.mark.parametrize("role", [Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        person = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await add(person, "Grace")

    @pytest.mark.parametrize(
        "tin", ["", "12345678", "1234567890", "12-34-56789", "412-557834", "41255783a", "4125578३4"]
    )
    def test_takes_nine_digits_and_nothing_else(self, tin: str) -> None:
        with pytest.raises(ValidationError):
            NewClient(name="Grace", tin=tin)


class TestATin:
    async def test_lies_in_no_column(self, firm: Firm) -> None:
        added = await add(firm, "Grace", TIN)

        async with transaction(firm.actor) as tx:
            row = await tx.value(
                str, "SELECT to_jsonb(c)::text FROM clients AS c WHERE id = %(id)s", id=added.id
            )
            audit = await tx.value(
                str,
                "SELECT jsonb_agg(a)::text FROM audit_entries AS a WHERE subject_id = %(id)s",
                id=added.id,
            )
        for kept in (row, audit):
            assert TIN not in kept
            assert DIGITS not in kept
            assert DIGITS.encode().hex() not in kept
        assert added.tin_last4 == "7834"

    async def test_can_be_unsealed_for_its_own_row_alone(self, firm: Firm) -> None:
        added = await add(firm, "Grace", TIN)

        async with transaction(firm.actor) as tx:
            sealed = await tx.value(
                bytes, "SELECT tin_sealed FROM clients WHERE id = %(id)s", id=added.id
            )
            keyring = await open_keyring(tx)
        assert keyring.unseal(sealed, place("clients", "tin_sealed", added.id)) == DIGITS.encode()

    @pytest.mark.parametrize("written", ["412-55-7834", "412557834", "41-2557834"])
    async def test_is_found_by_its_hash_however_it_was_written(
        self, firm: Firm, written: str
    ) -> None:
        added = await add(firm, "Grace", written)

        async with transaction(firm.actor) as tx:
            keyring = await open_keyring(tx)
            found = await tx.value(
                UUID,
                "SELECT id FROM clients WHERE tin_hash = %(hash)s",
                hash=keyring.hash(DIGITS),
            )
        assert found == added.id


class TestGetClient:
    async def test_not_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        with pytest.raises(NotFound):
            await clients.get_client(other_firm.actor, firm.client_id)

    @pytest.mark.parametrize("nobody", [Role.INTERN, Role.SYSTEM])
    async def test_not_by_every_role(self, firm: Firm, nobody: Role) -> None:
        actor = (
            system(firm.organization_id)
            if nobody is Role.SYSTEM
            else (await colleague(firm, nobody)).actor
        )

        with pytest.raises(Forbidden):
            await clients.get_client(actor, firm.client_id)
        with pytest.raises(Forbidden):
            await clients.list_clients(actor, None, 10)

    async def test_a_client_sees_itself_alone(self, firm: Firm) -> None:
        neighbour = await add(firm, "Grace")
        client = await colleague(firm, Role.CLIENT)

        assert (await clients.get_client(client.actor, firm.client_id)).name == "Ada Lovelace"
        assert await names(client.actor, 10) == ["Ada Lovelace"]
        with pytest.raises(NotFound):
            await clients.get_client(client.actor, neighbour.id)


class TestListClients:
    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
    async def test_pages_by_name_and_loses_nobody_of_the_same_name(
        self, firm: Firm, limit: int
    ) -> None:
        for name in ("Grace", "Babbage", "Grace", "Grace", "Zuse"):
            await add(firm, name)

        assert await names(firm.actor, limit) == [
            "Ada Lovelace",
            "Babbage",
            "Grace",
            "Grace",
            "Grace",
            "Zuse",
        ]

    async def test_somebody_added_meanwhile_shifts_nothing(self, firm: Firm) -> None:
        await add(firm, "Grace")
        first = await clients.list_clients(firm.actor, None, 1)
        await add(firm, "Aaron")

        second = await clients.list_clients(firm.actor, first.next_cursor, 1)

        assert [client.name for client in second.items] == ["Grace"]

    async def test_shows_no_client_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        await add(other_firm, "Somebody else's")

        assert await names(firm.actor, 10) == ["Ada Lovelace"]

    async def test_another_firms_cursor_opens_nothing(self, firm: Firm, other_firm: Firm) -> None:
        await add(other_firm, "Grace")
        theirs = await clients.list_clients(other_firm.actor, None, 1)
        await add(firm, "Zuse")

        page = await clients.list_clients(firm.actor, theirs.next_cursor, 10)

        assert {client.name for client in page.items} <= {"Ada Lovelace", "Zuse"}

    async def test_refuses_a_cursor_it_did_not_give_out(self, firm: Firm) -> None:
        with pytest.raises(BadCursor):
            await clients.list_clients(firm.actor, "bm90aGluZw", 10)


async def audited(firm: Firm, subject: UUID) -> int:
    async with transaction(firm.actor) as tx:
        return await tx.value(
            int,
            "SELECT count(*) FROM audit_entries WHERE subject_id = %(subject)s",
            subject=subject,
        )
