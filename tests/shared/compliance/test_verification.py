"""Finding what somebody with all rights in the database has done to the audit trail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.compliance import chain, seals, tombstone, verification
from shared.compliance.models import BreakReason, BrokenLink
from shared.identity.entitlements import PlanLimitReached
from shared.platform.actor import Actor, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden
from shared.platform.messages import Change
from tests.make import audit as make
from tests.make.identity import Firm, colleague

Tamper = Callable[..., None]


@pytest.fixture
def tamper(database: str) -> Tamper:
    def do(command: str, **params: object) -> None:
        make.tamper(database, command, **params)

    return do


@pytest.fixture
async def chained(firm: Firm) -> list[int]:
    """Three seals; the ids of the entries, of which the last four are two each of the last two."""
    await seals.seal_entries(firm.organization_id)
    for _ in range(2):
        await make.entries(firm.actor, 2, detail={"name": "Ada"})
        await seals.seal_entries(firm.organization_id)
    return await make.ids(firm.actor)


async def broken(actor: Actor) -> BrokenLink | None:
    found = await verification.verify_trail(actor)
    assert found.is_intact == (found.broken is None)
    return found.broken


def link(reason: BreakReason, seal: int, entry_id: int | None = None) -> BrokenLink:
    return BrokenLink(reason=reason, seal=seal, entry_id=entry_id)


class TestATrailAsItWasSealed:
    async def test_is_intact_to_its_end(self, firm: Firm, chained: list[int]) -> None:
        found = await verification.verify_trail(firm.actor)

        assert (found.is_intact, found.broken, found.next) == (True, None, None)
        assert (found.seals, found.entries, found.archived) == (3, len(chained), 0)
        assert found.head
        assert found.head.startswith("3-")

    async def test_says_what_no_seal_covers_yet(self, firm: Firm, chained: list[int]) -> None:
        before = datetime.now(UTC)
        await make.entries(firm.actor, 2)

        tail = (await verification.verify_trail(firm.actor)).tail

        assert (tail.count, tail.is_overdue) == (2, False)
        assert tail.since
        assert tail.since > before - timedelta(minutes=1)

    async def test_of_a_new_firm_is_all_tail(self, firm: Firm) -> None:
        found = await verification.verify_trail(firm.actor)

        assert (found.is_intact, found.seals, found.head) == (True, 0, None)
        assert found.tail.count == len(await make.ids(firm.actor))

    async def test_can_be_followed_from_any_seal(self, firm: Firm, chained: list[int]) -> None:
        found = await verification.verify_trail(firm.actor, start=3)

        assert (found.is_intact, found.seals, found.entries) == (True, 1, 2)

    async def test_that_is_long_is_followed_in_several_answers(
        self, firm: Firm, chained: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(verification, "PAGE", 1)
        monkeypatch.setattr(verification, "MOST_ENTRIES", 1)
        starts, seen, start = [1], 0, 1
        while start:
            found = await verification.verify_trail(firm.actor, start=start)
            seen += found.entries
            start = found.next
            starts += [start] if start else []

        assert starts[:3] == [1, 2, 3]
        assert seen == len(chained)


class TestTheFirstBrokenLinkIsFound:
    @pytest.mark.parametrize(
        "change",
        [
            "action = 'something.else', entity = 'something'",
            'detail = \'{"name": "Grace"}\'',
            "before = '{}'",
            "user_id = gen_random_uuid()",
            "subject_id = gen_random_uuid()",
            "tin_of = gen_random_uuid()",
            "role = 'client'",
            "ip = '198.51.100.1'",
            "recorded_at = recorded_at + interval '1 microsecond'",
        ],
    )
    async def test_when_an_entry_was_changed(
        self, firm: Firm, chained: list[int], tamper: Tamper, change: str
    ) -> None:
        tamper(f"UPDATE audit_entries SET {change} WHERE id = %(id)s", id=chained[-3])

        assert await broken(firm.actor) == link(BreakReason.ENTRY_CHANGED, 2, chained[-3])

    async def test_when_an_entry_was_deleted(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        tamper("DELETE FROM audit_entries WHERE id = %(id)s", id=chained[-2])

        assert await broken(firm.actor) == link(BreakReason.ENTRY_MISSING, 3, chained[-2])

    async def test_when_every_entry_of_a_seal_was_deleted(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        tamper("DELETE FROM audit_entries WHERE id = ANY(%(ids)s)", ids=chained[-4:-2])

        assert await broken(firm.actor) == link(BreakReason.ENTRY_MISSING, 2, chained[-4])

    async def test_when_an_entry_was_added_among_those_sealed(
        self, firm: Firm, other_firm: Firm, database: str, tamper: Tamper
    ) -> None:
        await make.entries(firm.actor, 1)
        (gap,) = await make.entries(other_firm.actor, 1)  # an id between two of the firm's
        await make.entries(firm.actor, 1)
        await seals.seal_entries(firm.organization_id)

        make.copy_entry(database, gap, firm.organization_id)

        assert await broken(firm.actor) == link(BreakReason.ENTRY_ADDED, 1, gap)

    async def test_when_a_second_entry_has_the_id_of_a_sealed_one(
        self, firm: Firm, chained: list[int], database: str
    ) -> None:
        make.copy_entry(database, chained[-1], firm.organization_id)

        assert await broken(firm.actor) == link(BreakReason.ENTRY_ADDED, 3, chained[-1])

    async def test_when_more_entries_were_added_than_a_page_holds(
        self, firm: Firm, chained: list[int], database: str
    ) -> None:
        for _ in range(len(chained) + 5):
            make.copy_entry(database, chained[-4], firm.organization_id)

        assert await broken(firm.actor) == link(BreakReason.ENTRY_ADDED, 2, chained[-4])

    @pytest.mark.parametrize(
        "change",
        [
            "hash = repeat('0', 64)",
            "previous_hash = repeat('1', 64)",
            "sealed_at = sealed_at + interval '1 second'",
            "count = count + 1",
            "last_id = last_id + 1",
            "entries = '[]'",
        ],
    )
    async def test_when_a_seal_was_changed(
        self, firm: Firm, chained: list[int], tamper: Tamper, change: str
    ) -> None:
        tamper(
            f"UPDATE audit_seals SET {change} WHERE number = 2 AND organization_id = %(firm)s",
            firm=firm.organization_id,
        )

        assert await broken(firm.actor) == link(BreakReason.SEAL_CHANGED, 2)

    async def test_when_a_seal_was_made_to_fit_the_entry_that_was_changed(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        """The next seal still has the hash of what it was."""
        tamper("UPDATE audit_entries SET ip = '198.51.100.1' WHERE id = %(id)s", id=chained[-4])
        await forge(firm, 2, chained[-4:-2], tamper)

        assert await broken(firm.actor) == link(BreakReason.SEAL_CHANGED, 3)

    @pytest.mark.parametrize("number", [1, 2])
    async def test_when_a_seal_was_removed(
        self, firm: Firm, chained: list[int], tamper: Tamper, number: int
    ) -> None:
        tamper(
            "DELETE FROM audit_seals WHERE number = %(number)s AND organization_id = %(firm)s",
            number=number,
            firm=firm.organization_id,
        )

        assert await broken(firm.actor) == link(BreakReason.SEAL_MISSING, number)

    async def test_when_seals_have_changed_places(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        for number, place in ((2, 99), (3, 2), (99, 3)):
            tamper(
                """
                UPDATE audit_seals SET number = %(place)s
                WHERE number = %(number)s AND organization_id = %(firm)s
                """,
                number=number,
                place=place,
                firm=firm.organization_id,
            )

        assert await broken(firm.actor) == link(BreakReason.SEAL_CHANGED, 2)

    async def test_when_it_is_asked_for_from_a_seal_that_is_not_there(
        self, firm: Firm, chained: list[int]
    ) -> None:
        found = await verification.verify_trail(firm.actor, start=9)

        assert found.broken == link(BreakReason.SEAL_MISSING, 8)

    async def test_and_not_the_second(self, firm: Firm, chained: list[int], tamper: Tamper) -> None:
        tamper("DELETE FROM audit_entries WHERE id = ANY(%(ids)s)", ids=chained[-3:])

        assert await broken(firm.actor) == link(BreakReason.ENTRY_MISSING, 2, chained[-3])


async def forge(firm: Firm, number: int, ids: list[int], tamper: Tamper) -> None:
    """A seal that fits what the entries are now."""
    async with transaction(firm.actor) as tx:
        before = await verification.queries.find_seal(tx, number - 1)
        found = await verification.trail.list_in_order(
            tx, after=ids[0] - 1, until=ids[-1], limit=len(ids)
        )
    assert before
    forged = chain.next_seal(firm.organization_id, before, found, datetime.now(UTC))
    tamper(
        """
        UPDATE audit_seals
        SET hash = %(hash)s, sealed_at = %(at)s, entries = %(entries)s::jsonb
        WHERE number = %(number)s AND organization_id = %(firm)s
        """,
        hash=forged.hash,
        at=forged.sealed_at,
        entries=chain.canonical(forged.entries).decode(),
        number=number,
        firm=firm.organization_id,
    )


class TestTheLastSeal:
    """Nothing in the database tells that it was there."""

    async def remove(self, firm: Firm, tamper: Tamper) -> None:
        tamper(
            "DELETE FROM audit_seals WHERE number = 3 AND organization_id = %(firm)s",
            firm=firm.organization_id,
        )

    async def test_removed_is_missed_by_whoever_kept_the_head(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        head = (await verification.verify_trail(firm.actor)).head
        await self.remove(firm, tamper)

        found = await verification.verify_trail(firm.actor, head=head)

        assert found.broken == link(BreakReason.HEAD_MISSING, 3)

    async def test_made_again_without_its_entries_is_missed_too(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        head = (await verification.verify_trail(firm.actor)).head
        await self.remove(firm, tamper)
        tamper("DELETE FROM audit_entries WHERE id = ANY(%(ids)s)", ids=chained[-2:])
        await make.entries(firm.actor, 1)
        await seals.seal_entries(firm.organization_id)

        found = await verification.verify_trail(firm.actor, head=head)

        assert await broken(firm.actor) is None
        assert found.broken == link(BreakReason.HEAD_MISSING, 3)

    async def test_removed_leaves_entries_that_have_waited_too_long(
        self, firm: Firm, chained: list[int], tamper: Tamper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.remove(firm, tamper)
        monkeypatch.setattr(verification, "OVERDUE_AFTER", timedelta(0))  # as if an hour had passed

        tail = (await verification.verify_trail(firm.actor)).tail

        assert (tail.count, tail.is_overdue) == (2, True)

    async def test_stays_the_same_while_others_follow(self, firm: Firm, chained: list[int]) -> None:
        head = (await verification.verify_trail(firm.actor)).head
        await make.entries(firm.actor, 1)
        await seals.seal_entries(firm.organization_id)

        assert (await verification.verify_trail(firm.actor, head=head)).is_intact


class TestEntriesTakenOutAfterSevenYears:
    async def test_are_no_broken_link(
        self, firm: Firm, chained: list[int], tamper: Tamper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tamper("DELETE FROM audit_entries WHERE id = ANY(%(ids)s)", ids=chained[:-4])

        async def in_a_while(_: object) -> datetime:
            return datetime.now(UTC)

        monkeypatch.setattr(verification.queries, "archived_before", in_a_while)
        found = await verification.verify_trail(firm.actor)

        assert (found.is_intact, found.entries) == (True, 4)
        assert found.archived == len(chained) - 4

    async def test_are_missed_before(self, firm: Firm, chained: list[int], tamper: Tamper) -> None:
        tamper("DELETE FROM audit_entries WHERE id = ANY(%(ids)s)", ids=chained[:-4])

        assert await broken(firm.actor) == link(BreakReason.ENTRY_MISSING, 1, chained[0])


class TestWhoMayAsk:
    @pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_who_may_not_read_the_trail(self, firm: Firm, role: Role) -> None:
        with pytest.raises(Forbidden):
            await verification.verify_trail((await colleague(firm, role)).actor)

    async def test_not_a_firm_whose_plan_has_no_audit_tools(
        self, firm: Firm, tamper: Tamper
    ) -> None:
        tamper(
            "UPDATE organizations SET plan = 'professional' WHERE id = %(firm)s",
            firm=firm.organization_id,
        )

        with pytest.raises(PlanLimitReached):
            await verification.verify_trail(firm.actor)

    async def test_another_firm_follows_its_own_chain(
        self, firm: Firm, other_firm: Firm, chained: list[int]
    ) -> None:
        assert (await verification.verify_trail(other_firm.actor)).seals == 0


class TestAnErasedFirm:
    async def test_leaves_a_trail_that_can_be_verified_to_its_end(
        self, firm: Firm, chained: list[int], tamper: Tamper
    ) -> None:
        async with transaction(firm.actor) as tx:
            await tx.record(Change(action="client.deleted", subject_id=uuid4()))
            await tombstone.tombstone(tx)
        tamper(
            "UPDATE organizations SET state = 'erased' WHERE id = %(firm)s",
            firm=firm.organization_id,
        )
        await seals.seal_every_firm()

        found = await verification.verify_as_service(firm.organization_id)

        assert (found.is_intact, found.tail.count) == (True, 0)
        assert found.entries == len(chained) + 2
        assert await last_action(firm.actor) == "organization.erased"

    async def test_of_no_firm_at_all_there_is_nothing(self) -> None:
        found = await verification.verify_as_service(uuid4())

        assert (found.is_intact, found.seals, found.tail.count) == (True, 0, 0)


async def last_action(actor: Actor) -> str:
    async with transaction(actor) as tx:
        return await tx.value(str, "SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1")
