import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege

from functions.http.members import HANDOVERS
from shared.identity import (
    api_keys,
    engagement_roles,
    idempotency,
    invitations,
    members,
    organizations,
)
from shared.identity.access_models import NewApiKey
from shared.identity.actions import Action
from shared.identity.admission import EmailTaken
from shared.identity.engagement_roles import SeparationOfDuties
from shared.identity.idempotency import KeyedRequest
from shared.identity.members import SuccessorUnfit
from shared.identity.membership_rules import (
    ClientRoleFixed,
    LastOwner,
    MemberHasLeft,
    MemberNotActive,
    MemberNotSuspended,
    OwnMembership,
    RoleAboveOwn,
)
from shared.identity.models import (
    EngagementRole,
    Leaving,
    MemberChange,
    MemberState,
    NewInvitation,
    NewMember,
    PracticeArea,
)
from shared.identity.refusals import SessionRevoked
from shared.platform.actor import Actor, Role
from shared.platform.db import transaction
from shared.platform.errors import AppError, Forbidden, NotFound, Stale
from shared.platform.paging import Asked
from tests.make.identity import ISSUER, Firm, colleague
from tests.shared.identity.audit import alerts, events, trail
from tests.shared.identity.signing_in import come

UNPRIVILEGED = [Role.MANAGER, Role.SENIOR_CPA, Role.CPA, Role.STAFF, Role.INTERN, Role.CLIENT]


def id_of(person: Firm) -> UUID:
    assert person.actor.user_id
    return person.actor.user_id


def leaving(successor: Firm | None) -> Leaving:
    return Leaving(successor_id=successor and id_of(successor), statement="All is handed over")


async def change(actor: Actor, user_id: UUID, **wanted: Any) -> Any:
    version = (await members.get_member(actor, user_id)).version
    return await members.change_member(actor, user_id, version, MemberChange(**wanted))


async def state_of(firm: Firm, person: Firm) -> MemberState:
    return (await members.get_member(firm.actor, id_of(person))).state


class TestTheList:
    async def test_is_in_the_order_in_which_they_joined_page_by_page(self, firm: Firm) -> None:
        people = [firm, *[await colleague(firm, Role.STAFF) for _ in range(4)]]

        page = await members.list_members(firm.actor, Asked(limit=2))
        pages = [[each.id for each in page.items]]
        while page.next:
            page = await members.list_members(firm.actor, Asked(page.next, 2))
            pages.append([each.id for each in page.items])

        assert [each for page in pages for each in page] == [id_of(person) for person in people]
        assert [len(page) for page in pages] == [2, 2, 1]
        back = await members.list_members(firm.actor, Asked(page.prev, 2))
        assert [each.id for each in back.items] == pages[1]

    async def test_shows_a_role_a_state_or_both(self, firm: Firm) -> None:
        away, here, cpa = [
            await colleague(firm, role) for role in (Role.STAFF, Role.STAFF, Role.CPA)
        ]
        await members.suspend_member(firm.actor, id_of(away))

        async def ids(**filters: Any) -> list[UUID]:
            found = await members.list_members(firm.actor, Asked(), **filters)
            return [each.id for each in found.items]

        assert await ids(role=Role.STAFF) == [id_of(away), id_of(here)]
        assert await ids(state=MemberState.SUSPENDED) == [id_of(away)]
        assert await ids(role=Role.STAFF, state=MemberState.ACTIVE) == [id_of(here)]
        assert await ids(role=Role.CPA, state=MemberState.SUSPENDED) == []
        assert id_of(cpa) in await ids()

    async def test_is_the_firms_own(self, firm: Firm, other_firm: Firm) -> None:
        found = await members.list_members(other_firm.actor, Asked())

        assert [each.id for each in found.items] == [id_of(other_firm)]

    @pytest.mark.parametrize("role", [Role.INTERN, Role.CLIENT])
    async def test_is_not_for_interns_and_clients(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await members.list_members(somebody.actor, Asked())


class TestChangingAMember:
    async def test_keeps_what_is_not_named(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)

        first = await change(
            firm.actor, id_of(staff), practice_area=PracticeArea.TAX, weekly_hours=20
        )
        second = await change(firm.actor, id_of(staff), skills=["1040"], weekly_hours=None)

        assert (first.practice_area, first.weekly_hours, first.skills) == ("tax", 20, [])
        assert (second.practice_area, second.weekly_hours) == ("tax", None)
        assert (second.skills, second.version) == (["1040"], 3)

    async def test_of_the_role_is_audited_and_an_alert(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)

        await change(firm.actor, id_of(staff), role=Role.CPA)

        (entry,) = await trail(firm.actor, id_of(staff), "member.updated")
        assert entry.user_id == firm.actor.user_id
        assert (entry.before, entry.after) == ({"role": "staff"}, {"role": "cpa"})
        assert await alerts(firm.actor, id_of(staff)) == ["role_changed"]

    async def test_into_what_they_are_already_is_no_change(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)

        same = await change(firm.actor, id_of(staff), role=Role.STAFF)

        assert same.version == 1
        assert await trail(firm.actor, id_of(staff), "member.updated") == []

    async def test_that_somebody_else_has_changed_is_stale(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)
        await change(firm.actor, id_of(staff), weekly_hours=20)

        with pytest.raises(Stale):
            await members.change_member(firm.actor, id_of(staff), 1, MemberChange(weekly_hours=30))

    async def test_to_an_address_that_is_taken_is_refused(self, firm: Firm) -> None:
        staff, other = await colleague(firm, Role.STAFF), await colleague(firm, Role.STAFF)
        taken = (await members.get_member(firm.actor, id_of(other))).email.upper()

        with pytest.raises(EmailTaken):
            await change(firm.actor, id_of(staff), email=taken)

    async def test_to_an_address_of_another_firms_member_is_nobodys_business(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        staff = await colleague(firm, Role.STAFF)
        theirs = (await members.get_member(other_firm.actor, id_of(other_firm))).email

        assert (await change(firm.actor, id_of(staff), email=theirs)).email == theirs

    @pytest.mark.parametrize("role", UNPRIVILEGED)
    async def test_is_for_owners_and_admins(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)

        for attempt in (
            members.change_member(somebody.actor, id_of(firm), 1, MemberChange(name="Mallory")),
            members.suspend_member(somebody.actor, id_of(firm)),
            members.reinstate_member(somebody.actor, id_of(firm)),
            members.offboard_member(somebody.actor, id_of(firm), leaving(somebody), HANDOVERS),
        ):
            with pytest.raises(Forbidden):
                await attempt

    async def test_of_another_firm_finds_nobody(self, firm: Firm, other_firm: Firm) -> None:
        for attempt in (
            members.get_member(other_firm.actor, id_of(firm)),
            members.change_member(other_firm.actor, id_of(firm), 1, MemberChange(name="Mallory")),
            members.suspend_member(other_firm.actor, id_of(firm)),
            members.reinstate_member(other_firm.actor, id_of(firm)),
            members.offboard_member(other_firm.actor, id_of(firm), leaving(other_firm), HANDOVERS),
            members.get_offboarding(other_firm.actor, id_of(firm)),
            members.list_actions(other_firm.actor, id_of(firm)),
        ):
            with pytest.raises(NotFound):
                await attempt


class TestRoles:
    async def test_nobody_changes_their_own(self, firm: Firm) -> None:
        with pytest.raises(OwnMembership):
            await change(firm.actor, id_of(firm), role=Role.ADMIN)

    async def test_but_their_own_name_they_may(self, firm: Firm) -> None:
        assert (await change(firm.actor, id_of(firm), name="Grace")).name == "Grace"

    async def test_above_their_own_an_admin_neither_gives_nor_touches(self, firm: Firm) -> None:
        admin, staff = await colleague(firm, Role.ADMIN), await colleague(firm, Role.STAFF)

        for attempt in (
            change(admin.actor, id_of(staff), role=Role.OWNER),
            change(admin.actor, id_of(firm), role=Role.STAFF),
            change(admin.actor, id_of(firm), email="mallory@firm.test"),
            members.suspend_member(admin.actor, id_of(firm)),
            members.offboard_member(admin.actor, id_of(firm), leaving(staff), HANDOVERS),
        ):
            with pytest.raises(RoleAboveOwn):
                await attempt

    async def test_of_clients_and_of_staff_do_not_mix(self, firm: Firm) -> None:
        client = await colleague(firm, Role.CLIENT)

        with pytest.raises(ClientRoleFixed):
            await change(firm.actor, id_of(client), role=Role.STAFF)

    async def test_the_last_owner_stays_one_whoever_tries(self, firm: Firm) -> None:
        """Two owners who demote each other at once leave one."""
        second = await colleague(firm, Role.OWNER)

        answers = await asyncio.gather(
            change(firm.actor, id_of(second), role=Role.STAFF),
            change(second.actor, id_of(firm), role=Role.STAFF),
            return_exceptions=True,
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["LastOwner", "Member"]

    async def test_a_suspended_owner_does_not_count_as_one(self, firm: Firm) -> None:
        second = await colleague(firm, Role.OWNER)
        await members.suspend_member(firm.actor, id_of(second))

        for attempt in (
            change(second.actor, id_of(firm), role=Role.ADMIN),
            members.suspend_member(second.actor, id_of(firm)),
            members.offboard_member(second.actor, id_of(firm), leaving(None), HANDOVERS),
        ):
            with pytest.raises(LastOwner):
                await attempt


class TestASuspendedMember:
    async def test_can_be_reinstated(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)

        assert (await members.suspend_member(firm.actor, id_of(staff))).state == "suspended"
        assert (await members.reinstate_member(firm.actor, id_of(staff))).state == "active"
        told = await trail(firm.actor, id_of(staff), "member.updated")
        assert [each.after for each in told] == [{"state": "suspended"}, {"state": "active"}]

    async def test_is_not_suspended_again(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)
        await members.suspend_member(firm.actor, id_of(staff))

        with pytest.raises(MemberNotActive):
            await members.suspend_member(firm.actor, id_of(staff))

    async def test_alone_can_be_reinstated(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)

        with pytest.raises(MemberNotSuspended):
            await members.reinstate_member(firm.actor, id_of(staff))

    async def test_was_not_suspended_by_themselves(self, firm: Firm) -> None:
        await colleague(firm, Role.OWNER)

        with pytest.raises(OwnMembership):
            await members.suspend_member(firm.actor, id_of(firm))

    async def test_signs_in_anew_after_it(self, firm: Firm) -> None:
        """Their tokens may have been somebody else's: that is why one suspends."""
        staff = await colleague(firm, Role.STAFF)
        await come(staff)
        await members.suspend_member(firm.actor, id_of(staff))
        await members.reinstate_member(firm.actor, id_of(staff))

        for sid in (f"session of {staff.subject}", "unseen"):
            with pytest.raises(SessionRevoked):
                await come(staff, sid=sid)
        soon = int(datetime.now(UTC).timestamp()) + 5
        assert await come(staff, auth_time=soon)


class TestOffboarding:
    async def test_ends_tokens_that_have_not_come_yet_for_good(self, firm: Firm) -> None:
        leaver = await colleague(firm, Role.STAFF)
        await members.offboard_member(firm.actor, id_of(leaver), leaving(firm), HANDOVERS)
        await organizations.add_member(
            firm.actor,
            NewMember(
                issuer=ISSUER,
                subject=leaver.subject,
                email="back@firm.test",
                name="Back again",
                role=Role.STAFF,
            ),
        )

        with pytest.raises(SessionRevoked):
            await come(leaver)

    async def test_drops_the_answers_that_are_kept_for_them(self, firm: Firm) -> None:
        leaver = await colleague(firm, Role.STAFF)
        for person in (leaver, firm):
            await idempotency.claim_request(KeyedRequest(person.actor, "a key", b"a request"))

        await members.offboard_member(firm.actor, id_of(leaver), leaving(firm), HANDOVERS)

        async with transaction(firm.actor) as tx:
            left = await tx.value(UUID, "SELECT caller_id FROM idempotency_keys")
            assert left == firm.actor.user_id
            assert await tx.value(int, "SELECT count(*) FROM idempotency_keys") == 1

    async def test_hands_over_ends_access_and_is_attested(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.ADMIN), await colleague(firm, Role.CPA)
        engagement = uuid4()
        await engagement_roles.assign_role(
            firm.actor, engagement, id_of(leaver), EngagementRole.REVIEWER
        )
        sent = await invitations.send_invitation(
            leaver.actor, NewInvitation(email="new@firm.test", name="New", role=Role.STAFF)
        )
        await api_keys.issue_key(
            leaver.actor, NewApiKey.model_validate({"name": "k", "scopes": ["clients:read"]})
        )

        attested = await members.offboard_member(
            firm.actor, id_of(leaver), leaving(successor), HANDOVERS
        )

        assert attested.handed_over == {
            "engagement_roles": 1,
            "sessions_ended": 0,
            "api_keys_revoked": 1,
            "invitations_revoked": 1,
        }
        assert attested == await members.get_offboarding(firm.actor, id_of(leaver))
        assert (attested.attested_by, attested.successor_id) == (id_of(firm), id_of(successor))
        assert attested.statement == "All is handed over"
        assert await state_of(firm, leaver) is MemberState.OFFBOARDED
        assert (await invitations.get_invitation(firm.actor, sent.id)).state == "revoked"
        async with transaction(successor.actor) as tx:
            await engagement_roles.require_engagement_role(tx, engagement, EngagementRole.REVIEWER)

    async def test_is_told_to_the_auditor_the_watch_and_the_listeners(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)

        await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)

        (entry,) = await trail(firm.actor, id_of(leaver), "member.offboarded")
        assert entry.user_id == id_of(firm)
        assert (entry.before, entry.after) == ({"state": "active"}, {"state": "offboarded"})
        assert entry.detail["successor_id"] == str(id_of(successor))
        assert "member_offboarded" in await alerts(firm.actor, id_of(leaver))
        assert [each["topic"] for each in await events(firm.actor, id_of(leaver))] == [
            "member.offboarded"
        ]

    async def test_is_refused_whole_where_duties_would_no_longer_be_apart(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)
        engagement = uuid4()
        for person, role in (
            (leaver, EngagementRole.REVIEWER),
            (successor, EngagementRole.PREPARER),
        ):
            await engagement_roles.assign_role(firm.actor, engagement, id_of(person), role)

        with pytest.raises(SeparationOfDuties):
            await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)

        assert await state_of(firm, leaver) is MemberState.ACTIVE
        async with transaction(leaver.actor) as tx:
            await engagement_roles.require_engagement_role(tx, engagement, EngagementRole.REVIEWER)

    async def test_needs_an_active_colleague_of_the_same_firm(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        leaver, client = await colleague(firm, Role.CPA), await colleague(firm, Role.CLIENT)
        suspended = await colleague(firm, Role.CPA)
        await members.suspend_member(firm.actor, id_of(suspended))

        for unfit in (None, leaver, client, suspended, other_firm):
            with pytest.raises(SuccessorUnfit):
                await members.offboard_member(firm.actor, id_of(leaver), leaving(unfit), HANDOVERS)
        assert await state_of(firm, leaver) is MemberState.ACTIVE

    async def test_of_a_clients_person_needs_no_successor(self, firm: Firm) -> None:
        client = await colleague(firm, Role.CLIENT)

        attested = await members.offboard_member(
            firm.actor, id_of(client), leaving(None), HANDOVERS
        )

        assert attested.successor_id is None

    async def test_of_oneself_or_of_whoever_has_left_is_refused(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)
        await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)

        with pytest.raises(MemberHasLeft):
            await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)
        with pytest.raises(OwnMembership):
            await members.offboard_member(firm.actor, id_of(firm), leaving(successor), HANDOVERS)

    async def test_frees_the_address_and_keeps_the_row(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)
        email = (await members.get_member(firm.actor, id_of(leaver))).email

        await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)

        assert (await change(firm.actor, id_of(successor), email=email)).email == email
        assert (await members.get_member(firm.actor, id_of(leaver))).email == email

    async def test_cannot_be_rewritten(self, firm: Firm) -> None:
        leaver, successor = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)
        await members.offboard_member(firm.actor, id_of(leaver), leaving(successor), HANDOVERS)

        for statement in ("UPDATE offboardings SET statement = ''", "DELETE FROM offboardings"):
            with pytest.raises(InsufficientPrivilege, match="permission denied"):
                async with transaction(firm.actor) as tx:
                    await tx.connection.execute(statement.encode())


class TestWhatIsAllowed:
    """Each action that is told to be refused ends, when tried, in the error that was told."""

    @pytest.mark.parametrize("who", ["owner", "admin", "staff"])
    @pytest.mark.parametrize("whom", ["owner", "admin", "staff", "client", "suspended", "left"])
    async def test_is_what_the_use_cases_do(self, firm: Firm, who: str, whom: str) -> None:
        people = {"owner": firm} | {
            role: await colleague(firm, Role(role)) for role in ("admin", "staff", "client")
        }
        for name in ("suspended", "left"):
            people[name] = await colleague(firm, Role.STAFF)
        await members.suspend_member(firm.actor, id_of(people["suspended"]))
        await members.offboard_member(
            firm.actor, id_of(people["left"]), leaving(people["admin"]), HANDOVERS
        )
        actor, subject = people[who].actor, people[whom]
        successor = await colleague(firm, Role.STAFF)

        told = {each.name: each for each in await members.list_actions(actor, id_of(subject))}

        other_role = Role.MANAGER
        version = (await members.get_member(firm.actor, id_of(subject))).version
        attempts = {
            "update": lambda: change(actor, id_of(subject), name="Somebody else"),
            "change_role": lambda: members.change_member(
                actor, id_of(subject), version, MemberChange(role=other_role)
            ),
            "suspend": lambda: members.suspend_member(actor, id_of(subject)),
            "reinstate": lambda: members.reinstate_member(actor, id_of(subject)),
            "offboard": lambda: members.offboard_member(
                actor, id_of(subject), leaving(successor), HANDOVERS
            ),
        }
        assert told.keys() == attempts.keys()
        refused = {name: each for name, each in told.items() if not each.allowed}
        for name, each in refused.items():
            with pytest.raises(AppError) as error:
                await attempts[name]()
            assert (error.value.code, str(error.value)) == (each.code, each.reason), name
        for name in told.keys() - refused.keys():
            assert told[name] == Action(name=name, allowed=True)
        if may_end := (told.keys() - refused.keys()) & {"suspend", "offboard"}:
            await attempts[min(may_end)]()
