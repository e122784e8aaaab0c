import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import pytest
import time_machine

from functions.http.members import HANDOVERS
from shared.identity import invitations, members, organizations, settings
from shared.identity.admission import AlreadyAMember, EmailTaken
from shared.identity.entitlements import PlanLimitReached
from shared.identity.invitations import (
    AlreadyInvited,
    ClientMismatch,
    InvitationNotOpen,
    InvitationNotValid,
)
from shared.identity.membership_rules import RoleAboveOwn
from shared.identity.models import (
    InvitationState,
    Leaving,
    MemberChange,
    MemberState,
    NewInvitation,
    SentInvitation,
    SettingsChange,
    StaffRole,
)
from shared.identity.plans import PLANS, Limit, Plan
from shared.platform.actor import Actor, Origin, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound, UnknownReference
from shared.platform.paging import Asked
from shared.platform.tokens import Claims
from tests.make.identity import ISSUER, Firm, colleague
from tests.shared.identity.audit import alerts, events, trail

ORIGIN = Origin(request_id="request-1", ip="198.51.100.7")


def somebody(subject: str | None = None) -> Claims:
    return Claims(
        issuer=ISSUER,
        subject=subject or str(uuid4()),
        session="a session",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        signed_in_at=datetime.now(UTC),
        email="quite.another@address.test",
    )


async def invite(actor: Actor, role: Any = Role.STAFF, **wanted: Any) -> SentInvitation:
    given: dict[str, Any] = {
        "email": f"{uuid4()}@new.test",
        "name": "Nora New",
        "role": role,
    } | wanted
    return await invitations.send_invitation(actor, NewInvitation(**given))


async def accept(secret: str, claims: Claims | None = None) -> Any:
    return await invitations.accept_invitation(claims or somebody(), secret, ORIGIN)


class TestAnInvitation:
    async def test_makes_a_member_with_its_role_whatever_their_address(self, firm: Firm) -> None:
        sent = await invite(firm.actor, Role.CPA, email="Nora@New.test")

        member = await accept(sent.secret)

        assert (member.role, member.state, member.client_id) == ("cpa", "active", None)
        assert (member.email, member.name) == ("nora@new.test", "Nora New")
        found = await invitations.get_invitation(firm.actor, sent.id)
        assert (found.state, found.accepted_by) == ("accepted", member.id)

    async def test_of_a_clients_person_opens_that_client(self, firm: Firm) -> None:
        sent = await invite(firm.actor, Role.CLIENT, client_id=firm.client_id)

        member = await accept(sent.secret)

        assert (member.role, member.client_id) == ("client", firm.client_id)

    async def test_is_told_to_the_auditor_the_watch_and_the_listeners(self, firm: Firm) -> None:
        sent = await invite(firm.actor)
        member = await accept(sent.secret)

        (invited,) = await trail(firm.actor, sent.id, "invitation.sent")
        (joined,) = await trail(firm.actor, member.id, "member.joined")
        assert invited.user_id == firm.actor.user_id
        assert (joined.user_id, joined.after) == (member.id, {"role": "staff"})
        assert await alerts(firm.actor, member.id) == ["member_joined"]
        (event,) = await events(firm.actor, sent.id)
        assert event["topic"] == "invitation.sent"
        assert (await events(firm.actor, member.id))[0]["topic"] == "member.joined"

    async def test_that_was_lost_on_the_way_is_found_by_the_same_request(self, firm: Firm) -> None:
        origin = replace(ORIGIN, claim_id=uuid4())
        asking = replace(firm.actor, origin=origin)
        lost = await invite(asking, email="nora@new.test")
        sent = await invite(asking, email="nora@new.test")

        assert sent.id == lost.id
        with pytest.raises(InvitationNotValid):
            await accept(lost.secret)
        assert (await accept(sent.secret)).email == "nora@new.test"
        with pytest.raises(InvitationNotOpen):
            await invite(asking, email="nora@new.test")

    async def test_that_was_lost_is_found_though_it_took_the_last_seat(self, firm: Firm) -> None:
        await organizations.change_plan(firm.organization_id, Plan.STARTER, None)
        asking = replace(firm.actor, origin=replace(ORIGIN, claim_id=uuid4()))
        seats = PLANS[Plan.STARTER].limits[Limit.USERS]
        assert seats is not None
        for _ in range(seats - 2):
            await invite(firm.actor)
        lost = await invite(asking, email="nora@new.test")

        assert (await invite(asking, email="nora@new.test")).id == lost.id

    async def test_keeps_a_hash_of_its_secret_and_nothing_else(self, firm: Firm) -> None:
        sent = await invite(firm.actor)
        tables: list[LiteralString] = [
            "SELECT coalesce(string_agg(i::text, ' '), '') FROM invitations AS i",
            "SELECT coalesce(string_agg(a::text, ' '), '') FROM audit_entries AS a",
            "SELECT coalesce(string_agg(o::text, ' '), '') FROM outbox_events AS o",
        ]

        async with transaction(firm.actor) as tx:
            kept = " ".join([await tx.value(str, each) for each in tables])

        assert hashlib.sha256(sent.secret.encode()).hexdigest() in kept
        assert sent.secret.removeprefix("aos_inv_") not in kept
        assert len(sent.secret) == len("aos_inv_") + 43  # 256 bits

    async def test_is_good_for_as_long_as_the_firm_has_chosen(self, firm: Firm) -> None:
        await settings.change_settings(firm.actor, 0, SettingsChange(invitation_days=2))
        now = datetime.now(UTC)
        sent = await invite(firm.actor)

        assert timedelta(days=2) <= sent.expires_at - now < timedelta(days=2, minutes=1)
        with (
            time_machine.travel(sent.expires_at, tick=False),
            pytest.raises(InvitationNotValid),
        ):
            await accept(sent.secret)

    async def test_is_sent_by_owners_and_admins_alone(self, firm: Firm) -> None:
        sent = await invite((await colleague(firm, Role.ADMIN)).actor)

        for role in (Role.MANAGER, Role.STAFF, Role.CLIENT):
            person = (await colleague(firm, role)).actor
            for attempt in (
                invite(person),
                invitations.list_invitations(person, Asked()),
                invitations.get_invitation(person, sent.id),
                invitations.resend_invitation(person, sent.id),
                invitations.revoke_invitation(person, sent.id),
                invitations.list_actions(person, sent.id),
            ):
                with pytest.raises(Forbidden):
                    await attempt

    async def test_to_a_role_above_ones_own_is_refused(self, firm: Firm) -> None:
        admin = (await colleague(firm, Role.ADMIN)).actor
        by_owner = await invite(firm.actor, Role.OWNER)

        for attempt in (
            invite(admin, Role.OWNER),
            invitations.resend_invitation(admin, by_owner.id),
            invitations.revoke_invitation(admin, by_owner.id),
        ):
            with pytest.raises(RoleAboveOwn):
                await attempt

    async def test_names_a_client_for_the_role_client_and_for_no_other(self, firm: Firm) -> None:
        for role, client_id in ((Role.CLIENT, None), (Role.STAFF, firm.client_id)):
            with pytest.raises(ClientMismatch):
                await invite(firm.actor, role, client_id=client_id)

    async def test_to_another_firms_client_points_at_nothing(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        with pytest.raises(UnknownReference):
            await invite(firm.actor, Role.CLIENT, client_id=other_firm.client_id)

    async def test_of_another_firm_is_not_there(self, firm: Firm, other_firm: Firm) -> None:
        sent = await invite(firm.actor)

        assert (await invitations.list_invitations(other_firm.actor, Asked())).items == []
        for attempt in (
            invitations.get_invitation(other_firm.actor, sent.id),
            invitations.resend_invitation(other_firm.actor, sent.id),
            invitations.revoke_invitation(other_firm.actor, sent.id),
            invitations.list_actions(other_firm.actor, sent.id),
        ):
            with pytest.raises(NotFound):
                await attempt

    async def test_for_an_address_is_open_once(self, firm: Firm, other_firm: Firm) -> None:
        await invite(firm.actor, email="nora@new.test")

        with pytest.raises(AlreadyInvited):
            await invite(firm.actor, email="NORA@new.test")
        await invite(other_firm.actor, email="nora@new.test")

    async def test_for_a_members_address_is_refused(self, firm: Firm) -> None:
        assert firm.actor.user_id
        taken = (await members.get_member(firm.actor, firm.actor.user_id)).email

        with pytest.raises(EmailTaken):
            await invite(firm.actor, email=taken)


class TestASecret:
    async def test_is_used_once(self, firm: Firm) -> None:
        sent = await invite(firm.actor)
        await accept(sent.secret)

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret)

    async def test_of_somebody_who_has_left_since_is_dead(self, firm: Firm) -> None:
        sent, nora = await invite(firm.actor), somebody()
        member = await accept(sent.secret, nora)
        leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")
        assert await accept(sent.secret, nora) == member
        await members.offboard_member(firm.actor, member.id, leaving, HANDOVERS)

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret, nora)

    async def test_is_used_once_also_by_five_at_once(self, firm: Firm) -> None:
        sent = await invite(firm.actor)

        answers = await asyncio.gather(
            *(accept(sent.secret) for _ in range(5)), return_exceptions=True
        )

        names = sorted(type(answer).__name__ for answer in answers)
        assert names == ["InvitationNotValid"] * 4 + ["Member"]
        page = await members.list_members(firm.actor, Asked())
        assert len(page.items) == 2

    async def test_may_be_sent_again_by_whom_it_let_in(self, firm: Firm) -> None:
        """Their first answer may have been lost."""
        sent, nora = await invite(firm.actor), somebody()

        first, again = await accept(sent.secret, nora), await accept(sent.secret, nora)

        assert first == again
        assert len(await trail(firm.actor, first.id, "member.joined")) == 1

    async def test_that_is_unknown_used_revoked_old_or_replaced_is_told_nothing_more(
        self, firm: Firm
    ) -> None:
        used, revoked, replaced = [await invite(firm.actor) for _ in range(3)]
        await accept(used.secret)
        await invitations.revoke_invitation(firm.actor, revoked.id)
        renewed = await invitations.resend_invitation(firm.actor, replaced.id)
        suspended = await invite(firm.actor)
        await organizations.suspend_organization(firm.organization_id)

        told = set[tuple[str, str]]()
        secrets = [used, revoked, replaced, renewed, suspended]
        for secret in (*(each.secret for each in secrets), "aos_inv_guessed"):
            with pytest.raises(InvitationNotValid) as refused:
                await accept(secret)
            told.add((refused.value.code, str(refused.value)))

        assert told == {("invitation_not_valid", "The invitation is not valid")}

    async def test_made_anew_is_good_and_the_one_before_is_dead(self, firm: Firm) -> None:
        sent = await invite(firm.actor)
        with time_machine.travel(sent.expires_at + timedelta(days=1), tick=False):
            renewed = await invitations.resend_invitation(firm.actor, sent.id)

            with pytest.raises(InvitationNotValid):
                await accept(sent.secret)
            assert (await accept(renewed.secret)).role == "staff"

    async def test_does_not_lift_a_suspension(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)
        assert staff.actor.user_id
        await members.suspend_member(firm.actor, staff.actor.user_id)
        sent = await invite(firm.actor, Role.ADMIN)

        with pytest.raises(AlreadyAMember):
            await accept(sent.secret, somebody(staff.subject))

        found = await members.get_member(firm.actor, staff.actor.user_id)
        assert (found.state, found.role) == (MemberState.SUSPENDED, Role.STAFF)
        assert (await invitations.get_invitation(firm.actor, sent.id)).state == "open"

    async def test_brings_back_whoever_had_left_as_the_same_user(self, firm: Firm) -> None:
        staff = await colleague(firm, Role.STAFF)
        assert staff.actor.user_id
        leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")
        await members.offboard_member(firm.actor, staff.actor.user_id, leaving, HANDOVERS)
        email = (await members.get_member(firm.actor, staff.actor.user_id)).email
        sent = await invite(firm.actor, Role.MANAGER, email=email)

        back = await accept(sent.secret, somebody(staff.subject))

        assert (back.id, back.role, back.state) == (staff.actor.user_id, "manager", "active")


class TestWhoeverSentIt:
    """They have seen the secret: none of theirs is a way back in."""

    @pytest.fixture
    async def admin(self, firm: Firm) -> Firm:
        return await colleague(firm, Role.ADMIN)

    async def test_takes_it_along_when_they_leave(self, firm: Firm, admin: Firm) -> None:
        assert admin.actor.user_id
        sent = await invite(admin.actor, Role.ADMIN)
        leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")
        left = await members.offboard_member(firm.actor, admin.actor.user_id, leaving, HANDOVERS)

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret, somebody(admin.subject))
        assert left.handed_over["invitations_revoked"] == 1
        assert (await invitations.get_invitation(firm.actor, sent.id)).state == "revoked"
        (told,) = await trail(firm.actor, admin.actor.user_id, "invitation.revoked")
        assert told.detail == {"count": 1}

    async def test_ends_it_when_they_are_suspended(self, firm: Firm, admin: Firm) -> None:
        assert admin.actor.user_id
        sent, other = await invite(admin.actor), await invite(firm.actor)
        await members.suspend_member(firm.actor, admin.actor.user_id)

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret)
        assert await accept(other.secret)

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.INTERN])
    async def test_could_do_so_now_or_it_is_good_for_nothing(
        self, firm: Firm, admin: Firm, role: StaffRole
    ) -> None:
        assert admin.actor.user_id
        sent = await invite(admin.actor, Role.INTERN)
        version = (await members.get_member(firm.actor, admin.actor.user_id)).version
        await members.change_member(
            firm.actor, admin.actor.user_id, version, MemberChange(role=role)
        )

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret)

    async def test_above_their_own_role_is_no_longer_heard(self, firm: Firm) -> None:
        owner = await colleague(firm, Role.OWNER)
        assert owner.actor.user_id
        sent = await invite(owner.actor, Role.OWNER)
        version = (await members.get_member(firm.actor, owner.actor.user_id)).version
        await members.change_member(
            firm.actor, owner.actor.user_id, version, MemberChange(role=Role.ADMIN)
        )

        with pytest.raises(InvitationNotValid):
            await accept(sent.secret)

    async def test_is_whoever_has_sent_it_again(self, firm: Firm, admin: Firm) -> None:
        assert admin.actor.user_id
        sent = await invite(firm.actor)
        renewed = await invitations.resend_invitation(admin.actor, sent.id)
        assert renewed.invited_by == admin.actor.user_id

        await members.suspend_member(firm.actor, admin.actor.user_id)

        with pytest.raises(InvitationNotValid):
            await accept(renewed.secret)


class TestAnEndedInvitation:
    @pytest.mark.parametrize("state", ["accepted", "revoked"])
    async def test_stays_as_it_is(self, firm: Firm, state: str) -> None:
        sent = await invite(firm.actor)
        if state == "accepted":
            await accept(sent.secret)
        else:
            await invitations.revoke_invitation(firm.actor, sent.id)

        for attempt in (
            invitations.resend_invitation(firm.actor, sent.id),
            invitations.revoke_invitation(firm.actor, sent.id),
        ):
            with pytest.raises(InvitationNotOpen):
                await attempt
        assert (await invitations.get_invitation(firm.actor, sent.id)).state == state

    async def test_leaves_the_address_free_to_be_invited_again(self, firm: Firm) -> None:
        first = await invite(firm.actor, email="nora@new.test")
        await invitations.revoke_invitation(firm.actor, first.id)

        second = await invite(firm.actor, email="nora@new.test")

        page = await invitations.list_invitations(firm.actor, Asked())
        assert [each.id for each in page.items] == [second.id, first.id]
        revoked = await invitations.list_invitations(
            firm.actor, Asked(), state=InvitationState.REVOKED
        )
        assert [each.id for each in revoked.items] == [first.id]

    async def test_tells_why_nothing_can_be_done_with_it(self, firm: Firm) -> None:
        sent = await invite(firm.actor)
        before = await invitations.list_actions(firm.actor, sent.id)
        await invitations.revoke_invitation(firm.actor, sent.id)
        after = await invitations.list_actions(firm.actor, sent.id)

        assert {each.name: each.allowed for each in before} == {"resend": True, "revoke": True}
        assert {each.code for each in after} == {"invitation_not_open"}


class TestSeats:
    MOST = PLANS[Plan.STARTER].limits[Limit.USERS]

    @pytest.fixture
    async def nearly_full(self, firm: Firm) -> UUID:
        """One place is left."""
        await organizations.change_plan(firm.organization_id, Plan.STARTER, None)
        for _ in range(self.MOST - 2):
            await colleague(firm, Role.STAFF)
        return firm.organization_id

    async def test_an_open_invitation_takes_one(self, firm: Firm, nearly_full: UUID) -> None:
        last = await invite(firm.actor)

        with pytest.raises(PlanLimitReached):
            await invite(firm.actor)
        assert (await accept(last.secret)).state == "active"
        with pytest.raises(PlanLimitReached):
            await invite(firm.actor)

    async def test_the_last_one_goes_to_one_of_many_who_ask_at_once(
        self, firm: Firm, nearly_full: UUID
    ) -> None:
        answers = await asyncio.gather(
            *(invite(firm.actor) for _ in range(4)), return_exceptions=True
        )

        names = sorted(type(answer).__name__ for answer in answers)
        assert names == ["PlanLimitReached"] * 3 + ["SentInvitation"]

    async def test_the_people_of_clients_take_none(self, firm: Firm, nearly_full: UUID) -> None:
        await invite(firm.actor)

        await invite(firm.actor, Role.CLIENT, client_id=firm.client_id)

    async def test_are_free_again_when_somebody_leaves(self, firm: Firm, nearly_full: UUID) -> None:
        last = await invite(firm.actor)
        member = await accept(last.secret)
        leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")

        await members.offboard_member(firm.actor, member.id, leaving, HANDOVERS)

        await invite(firm.actor)

    async def test_of_an_expired_invitation_are_free_until_it_is_sent_again(
        self, firm: Firm, nearly_full: UUID
    ) -> None:
        late = await invite(firm.actor)
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE invitations SET expires_at = now() - interval '1 day'")

        await invite(firm.actor)
        with pytest.raises(PlanLimitReached):
            await invitations.resend_invitation(firm.actor, late.id)
