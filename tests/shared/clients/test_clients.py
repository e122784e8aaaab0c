import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from shared.clients import clients, sealed_tins
from shared.clients.entities import EntityType
from shared.clients.errors import BadTin, ClientInUse, TinUnknown
from shared.clients.models import (
    Client,
    ClientChange,
    ClientFilter,
    ClientState,
    NewClient,
)
from shared.compliance import audit, security_events, watch
from shared.identity.actions import Action
from shared.identity.entitlements import PlanLimitReached
from shared.identity.keys import open_keyring
from shared.identity.refusals import MfaRequired
from shared.identity.revealing import Reason
from shared.platform.actor import Actor, Role, system
from shared.platform.alerts import AlertKind
from shared.platform.crypto import place
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound, Stale
from shared.platform.paging import Asked, BadCursor
from tests.make import documents
from tests.make.identity import Firm, colleague

TIN = "412-55-7834"
DIGITS = "412557834"
ANY = ClientFilter()
WHY = Reason(reason="To file the return")


async def add(firm: Firm, name: str, tin: str | None = None) -> Client:
    return await clients.add_client(firm.actor, uuid4(), NewClient(name=name, tin=tin))


async def names(actor: Actor, limit: int) -> list[str]:
    """All of them, page by page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await clients.list_clients(actor, Asked(cursor, limit), ANY)
        assert len(page.items) <= limit
        found += [client.name for client in page.items]
        cursor = page.next
        if cursor is None:
            return found


class TestAddClient:
    async def test_tells_the_auditor_what_it_was_opened_with(self, firm: Firm) -> None:
        added = await add(firm, "Grace", TIN)

        told = await audit.list_entries(firm.actor, Asked(limit=10), subject_id=added.id)
        assert told.items[0].action == "client.added"
        assert told.items[0].after == {
            "name": "Grace",
            "entity_type": "individual",
            "state": "active",
            "tin": "***-**-7834",
        }

    async def test_opens_a_file(self, firm: Firm) -> None:
        client_id = uuid4()

        added = await clients.add_client(
            firm.actor, client_id, NewClient(name="Analytical Engines", entity_type=EntityType.LLC)
        )

        assert added == await clients.get_client(firm.actor, client_id)
        assert (added.name, added.entity_type) == ("Analytical Engines", EntityType.LLC)
        assert added.tin_masked is None

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
        assert added.tin_masked == "***-**-7834"

    async def test_can_be_unsealed_for_its_own_row_alone(self, firm: Firm) -> None:
        added = await add(firm, "Grace", TIN)

        async with transaction(firm.actor) as tx:
            sealed = await tx.value(
                bytes, "SELECT tin_sealed FROM clients WHERE id = %(id)s", id=added.id
            )
            keyring = await open_keyring(tx)
        assert keyring.unseal(sealed, place("clients", "tin_sealed", added.id)) == TIN.encode()

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
            await clients.list_clients(actor, Asked(), ANY)

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
        first = await clients.list_clients(firm.actor, Asked(limit=1), ANY)
        await add(firm, "Aaron")

        second = await clients.list_clients(firm.actor, Asked(first.next, 1), ANY)

        assert [client.name for client in second.items] == ["Grace"]

    async def test_shows_no_client_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        await add(other_firm, "Somebody else's")

        assert await names(firm.actor, 10) == ["Ada Lovelace"]

    async def test_another_firms_cursor_is_refused(self, firm: Firm, other_firm: Firm) -> None:
        await add(other_firm, "Grace")
        theirs = await clients.list_clients(other_firm.actor, Asked(limit=1), ANY)
        await add(firm, "Zuse")

        assert theirs.next
        with pytest.raises(BadCursor):
            await clients.list_clients(firm.actor, Asked(theirs.next), ANY)

    async def test_refuses_a_cursor_it_did_not_give_out(self, firm: Firm) -> None:
        with pytest.raises(BadCursor):
            await clients.list_clients(firm.actor, Asked("bm90aGluZw"), ANY)


async def audited(firm: Firm, subject: UUID) -> int:
    async with transaction(firm.actor) as tx:
        return await tx.value(
            int,
            "SELECT count(*) FROM audit_entries WHERE subject_id = %(subject)s",
            subject=subject,
        )


async def changed(firm: Firm, client: Client, **change: object) -> Client:
    given = ClientChange.model_validate(change)
    return await clients.change_client(firm.actor, client.id, client.version, given)


class TestChangeClient:
    async def test_what_is_not_given_stays(self, firm: Firm) -> None:
        before = await add(firm, "Grace", TIN)

        after = await changed(firm, before, name="Grace Hopper")

        assert (after.name, after.tin_masked) == ("Grace Hopper", "***-**-7834")
        assert (after.entity_type, after.state) == (before.entity_type, before.state)
        assert (after.version, after.updated_at > before.updated_at) == (2, True)

    async def test_a_change_to_what_is_there_is_none(self, firm: Firm) -> None:
        before = await add(firm, "Grace")

        assert await changed(firm, before, name="Grace") == before
        assert await audited(firm, before.id) == 1

    async def test_a_tin_is_replaced_and_forgotten(self, firm: Firm) -> None:
        client = await add(firm, "Grace", TIN)

        replaced = await changed(firm, client, tin="413-55-9999")
        assert replaced.tin_masked == "***-**-9999"
        assert await found_by(firm, TIN) == []
        assert await found_by(firm, "413559999") == [client.id]

        forgotten = await changed(firm, replaced, tin=None)
        assert forgotten.tin_masked is None
        assert await found_by(firm, "413559999") == []

    async def test_bare_digits_are_judged_by_what_the_client_is(self, firm: Firm) -> None:
        client = await add(firm, "Grace")

        with pytest.raises(BadTin) as refused:
            await changed(firm, client, tin="666123456")
        assert "666123456" not in str(refused.value)

        assert (await changed(firm, client, tin="666123456", entity_type="llc")).tin_masked

    async def test_the_auditor_sees_what_changed_and_no_tin(self, firm: Firm) -> None:
        client = await add(firm, "Grace", TIN)

        await changed(firm, client, state="inactive", tin="413-55-9999")

        async with transaction(firm.actor) as tx:
            told = await tx.value(
                str,
                """
                SELECT before::text || after::text FROM audit_entries
                WHERE subject_id = %(id)s AND action = 'client.updated'
                """,
                id=client.id,
            )
        assert '"state": "active"' in told
        assert '"state": "inactive"' in told
        assert "***-**-7834" in told
        assert "413" not in told
        assert "Grace" not in told

    async def test_of_two_at_once_the_second_is_told(self, firm: Firm) -> None:
        client = await add(firm, "Grace")
        await changed(firm, client, name="Grace Hopper")

        with pytest.raises(Stale):
            await changed(firm, client, name="Grace Murray")

    @pytest.mark.parametrize("name", ["name", "state", "entity_type"])
    def test_what_a_client_must_have_is_not_cleared(self, name: str) -> None:
        with pytest.raises(ValidationError):
            ClientChange.model_validate({name: None})

    async def test_not_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        client = await add(firm, "Grace")

        with pytest.raises(NotFound):
            await changed(other_firm, client, name="Mine")

    @pytest.mark.parametrize("role", [Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        client = await clients.get_client(firm.actor, firm.client_id)

        with pytest.raises(Forbidden):
            await changed(await colleague(firm, role), client, name="Mine")


class TestDeleteClient:
    async def test_one_without_records_goes(self, firm: Firm) -> None:
        client = await add(firm, "Grace", TIN)

        await clients.delete_client(firm.actor, client.id, client.version)

        with pytest.raises(NotFound):
            await clients.get_client(firm.actor, client.id)

    async def test_one_with_documents_stays(self, firm: Firm) -> None:
        await documents.expected(firm)

        with pytest.raises(ClientInUse):
            await clients.delete_client(firm.actor, firm.client_id, 1)

    async def test_one_that_somebody_signs_in_for_stays(self, firm: Firm) -> None:
        await colleague(firm, Role.CLIENT)

        with pytest.raises(ClientInUse):
            await clients.delete_client(firm.actor, firm.client_id, 1)

    async def test_not_when_somebody_changed_it_since(self, firm: Firm) -> None:
        client = await add(firm, "Grace")
        await changed(firm, client, name="Grace Hopper")

        with pytest.raises(Stale):
            await clients.delete_client(firm.actor, client.id, client.version)

    async def test_not_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        with pytest.raises(NotFound):
            await clients.delete_client(other_firm.actor, firm.client_id, 1)

    @pytest.mark.parametrize("role", [Role.CPA, Role.STAFF, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await clients.delete_client(somebody.actor, firm.client_id, 1)


class TestFindByTin:
    async def test_tells_the_auditor_of_each_client_that_was_found(self, firm: Firm) -> None:
        found = [await add(firm, name, TIN) for name in ("Grace", "Grace again")]

        await sealed_tins.find_by_tin(proved(firm), DIGITS)

        assert await searches(firm) == {(each.id, each.id) for each in found}

    async def test_tells_the_auditor_when_there_is_none(self, firm: Firm) -> None:
        await sealed_tins.find_by_tin(proved(firm), DIGITS)

        assert await searches(firm) == {(firm.organization_id, None)}

    async def test_trying_numbers_is_told_of(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watch, "MASS_REVEAL", 3)
        await add(firm, "Grace", TIN)

        for group in range(54, 58):
            await sealed_tins.find_by_tin(proved(firm), f"412-{group}-7834")

        told = await security_events.list_events(
            firm.actor, Asked(limit=10), kind=AlertKind.MASS_REVEAL
        )
        assert [event.detail for event in told.items] == [{"count": 4}]

    async def test_not_without_a_second_factor(self, firm: Firm) -> None:
        with pytest.raises(MfaRequired):
            await sealed_tins.find_by_tin(firm.actor, TIN)


class TestRevealTin:
    async def test_shows_it_with_its_dashes_and_tells_the_auditor_why(self, firm: Firm) -> None:
        client = await add(firm, "Grace", DIGITS)

        assert (await sealed_tins.reveal_tin(proved(firm), client.id, WHY)).tin == TIN

        async with transaction(firm.actor) as tx:
            told = await tx.value(
                str,
                "SELECT detail::text FROM audit_entries WHERE action = 'client.tin_revealed'",
            )
        assert WHY.reason in told
        assert DIGITS not in told.replace("-", "")

    async def test_not_when_it_is_not_known(self, firm: Firm) -> None:
        with pytest.raises(TinUnknown):
            await sealed_tins.reveal_tin(proved(firm), firm.client_id, WHY)

    async def test_not_without_a_second_factor(self, firm: Firm) -> None:
        client = await add(firm, "Grace", TIN)

        with pytest.raises(MfaRequired):
            await sealed_tins.reveal_tin(firm.actor, client.id, WHY)

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await sealed_tins.reveal_tin(proved(somebody), firm.client_id, WHY)
        with pytest.raises(Forbidden):
            await sealed_tins.find_by_tin(proved(somebody), TIN)

    async def test_not_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        client = await add(firm, "Grace", TIN)

        with pytest.raises(NotFound):
            await sealed_tins.reveal_tin(proved(other_firm), client.id, WHY)
        assert await found_by(other_firm, TIN) == []


class TestThePlan:
    async def test_has_room_for_so_many_clients(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE organizations SET plan = 'starter'")
        for number in range(24):
            await add(firm, f"Client {number}")

        with pytest.raises(PlanLimitReached):
            await add(firm, "One too many")

    async def test_has_room_again_when_one_is_archived(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE organizations SET plan = 'starter'")
        last = [await add(firm, f"Client {number}") for number in range(24)][-1]

        await changed(firm, last, state="archived")

        assert await add(firm, "Another")

    async def test_is_not_exceeded_by_two_at_once(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE organizations SET plan = 'starter'")
        for number in range(23):
            await add(firm, f"Client {number}")

        made = await asyncio.gather(
            *(add(firm, f"Late {number}") for number in range(4)), return_exceptions=True
        )

        assert sum(isinstance(each, Client) for each in made) == 1


class TestFilters:
    @pytest.fixture
    async def all_kinds(self, firm: Firm) -> None:
        for name, kind, state in (
            ("rivera", "individual", "active"),
            ("Rivera LLC", "llc", "active"),
            ("Riverside", "llc", "prospect"),
            ("Zuse", "llc", "archived"),
            ("\U0010fffd", "individual", "inactive"),
        ):
            new = NewClient(name=name, entity_type=EntityType(kind), state=ClientState(state))
            await clients.add_client(firm.actor, uuid4(), new)

    @pytest.mark.usefixtures("all_kinds")
    @pytest.mark.parametrize(
        ("wanted", "shown"),
        [
            ({}, ["Ada Lovelace", "rivera", "Rivera LLC", "Riverside", "\U0010fffd"]),
            ({"search": "RIVER"}, ["rivera", "Rivera LLC", "Riverside"]),
            ({"search": "rivera l"}, ["Rivera LLC"]),
            ({"search": "%"}, []),
            ({"state": "archived"}, ["Zuse"]),
            ({"entity_type": "llc"}, ["Rivera LLC", "Riverside"]),
            ({"entity_type": "llc", "state": "prospect"}, ["Riverside"]),
            ({"entity_type": "llc", "state": "prospect", "search": "z"}, []),
        ],
    )
    @pytest.mark.parametrize("limit", [1, 2, 50])
    async def test_narrow_the_list_page_by_page_there_and_back(
        self, firm: Firm, wanted: dict[str, str], shown: list[str], limit: int
    ) -> None:
        given = ClientFilter.model_validate(wanted)
        page = await clients.list_clients(firm.actor, Asked(limit=limit), given)
        found, pages = [each.name for each in page.items], 1
        while page.next:
            page = await clients.list_clients(firm.actor, Asked(page.next, limit), given)
            found += [each.name for each in page.items]
            pages += 1
        assert found == shown

        back = [each.name for each in page.items]
        while page.prev:
            page = await clients.list_clients(firm.actor, Asked(page.prev, limit), given)
            back = [each.name for each in page.items] + back
        assert back == shown


class TestListActions:
    async def test_tells_what_the_use_case_would(self, firm: Firm) -> None:
        await documents.expected(firm)

        told = {each.name: each for each in await self.actions(proved(firm), firm)}

        assert told["update"].allowed
        assert told["delete"].code == "client_in_use"
        assert told["reveal_tin"].code == "tin_unknown"

    async def test_tells_a_client_that_it_may_only_look(self, firm: Firm) -> None:
        client = await colleague(firm, Role.CLIENT)

        assert not any(each.allowed for each in await self.actions(client.actor, firm))

    @staticmethod
    async def actions(actor: Actor, firm: Firm) -> list[Action]:
        return await clients.list_actions(actor, firm.client_id)


def proved(firm: Firm) -> Actor:
    return replace(firm.actor, has_second_factor=True)


async def searches(firm: Firm) -> set[tuple[UUID, UUID | None]]:
    """What each was about, and whose TIN was found; none of them holds the number."""
    found = await audit.list_entries(firm.actor, Asked(limit=10), action="client.searched_by_tin")
    assert not any("7834" in each.model_dump_json() for each in found.items)
    return {(each.subject_id, each.tin_of) for each in found.items}


async def found_by(firm: Firm, tin: str) -> list[UUID]:
    found = await sealed_tins.find_by_tin(proved(firm), tin)
    return [each.id for each in found.items]
