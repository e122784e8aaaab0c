import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from functions.http.members import HANDOVERS
from shared.identity import access, api_keys, callers, key_format, members, organizations, settings
from shared.identity.access_models import ApiKeyChange, IssuedKey, NewApiKey, Rotation
from shared.identity.api_keys import (
    ApiKeyExists,
    ApiKeyRevoked,
    KeyHolderUnfit,
    ScopeNotGrantable,
)
from shared.identity.entitlements import PlanLimitReached
from shared.identity.membership_rules import RoleAboveOwn
from shared.identity.models import Leaving, MemberChange, SettingsChange, StaffRole
from shared.identity.permissions import Permission, effective, may
from shared.identity.plans import Plan
from shared.identity.refusals import (
    AddressRefused,
    InvalidApiKey,
    MemberSuspended,
    MfaRequired,
    NotAMember,
)
from shared.platform.actor import Actor, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, Invalid, NotFound, Stale, UnknownReference
from shared.platform.paging import Asked
from tests.make.identity import Firm, colleague
from tests.shared.identity.signing_in import HOME, kinds, told

READ = [Permission.READ_CLIENTS]
MANAGERS = {Role.OWNER, Role.ADMIN}
HOLDERS = {Role.OWNER, Role.ADMIN, Role.MANAGER, Role.SENIOR_CPA, Role.CPA}


async def issue(firm: Firm, **given: Any) -> IssuedKey:
    new = NewApiKey.model_validate({"name": "Nightly import", "scopes": READ} | given)
    return await api_keys.issue_key(proved(firm.actor), new)


def proved(actor: Actor) -> Actor:
    return replace(actor, has_second_factor=True)


def claimed(firm: Firm) -> Firm:
    """Asking with an Idempotency-Key: the same request may run again."""
    origin = replace(firm.actor.origin, claim_id=uuid4())
    return replace(firm, actor=replace(firm.actor, origin=origin))


async def use(key: IssuedKey | str, organization_id: UUID | None = None) -> Actor:
    secret = key if isinstance(key, str) else key.secret
    return await callers.identify(secret, organization_id, HOME)


async def use_later(firm: Firm, key: IssuedKey, after: timedelta) -> Actor:
    access.forget(firm.organization_id)
    with time_machine.travel(datetime.now(UTC) + after):
        return await use(key)


async def give_role(firm: Firm, whom: Firm, role: StaffRole) -> None:
    assert whom.actor.user_id
    version = (await members.get_member(firm.actor, whom.actor.user_id)).version
    change = MemberChange(role=role)
    await members.change_member(firm.actor, whom.actor.user_id, version, change)


def from_now(**after: float) -> datetime:
    return datetime.now(UTC) + timedelta(**after)


class TestAKey:
    async def test_acts_for_whoever_made_it_within_its_scopes(self, firm: Firm) -> None:
        key = await issue(firm)

        actor = await use(key)

        assert (actor.organization_id, actor.user_id) == (
            firm.organization_id,
            firm.actor.user_id,
        )
        assert (actor.api_key_id, actor.session_id) == (key.id, None)
        assert effective(actor) == {Permission.READ_CLIENTS}
        assert not actor.has_second_factor

    async def test_may_no_more_than_its_member_may_now(self, firm: Firm) -> None:
        person = await colleague(firm, Role.MANAGER)
        key = await issue(firm, user_id=person.actor.user_id, scopes=[Permission.EXPORT_CLIENTS])
        assert may(await use(key), Permission.EXPORT_CLIENTS)

        async with transaction(firm.actor) as tx:
            await tx.run(
                "UPDATE memberships SET role = 'cpa' WHERE user_id = %(id)s",
                id=person.actor.user_id,
            )
        access.forget(firm.organization_id)

        assert effective(await use(key)) == frozenset()

    async def test_of_a_member_who_may_no_longer_use_the_api_opens_nothing(
        self, firm: Firm
    ) -> None:
        person = await colleague(firm, Role.CPA)
        key = await issue(firm, user_id=person.actor.user_id)
        async with transaction(firm.actor) as tx:
            await tx.run(
                "UPDATE memberships SET role = 'staff' WHERE user_id = %(id)s",
                id=person.actor.user_id,
            )

        with pytest.raises(Forbidden):
            await use(key)

    async def test_of_a_suspended_member_opens_nothing(self, firm: Firm) -> None:
        person = await colleague(firm, Role.CPA)
        assert person.actor.user_id
        key = await issue(firm, user_id=person.actor.user_id)
        await members.suspend_member(firm.actor, person.actor.user_id)

        with pytest.raises(MemberSuspended):
            await use(key)

    async def test_of_a_firm_that_went_to_a_smaller_plan_opens_nothing(self, firm: Firm) -> None:
        key = await issue(firm)
        await organizations.change_plan(firm.organization_id, Plan.STARTER, None)
        access.forget(firm.organization_id)

        with pytest.raises(PlanLimitReached):
            await use(key)

    async def test_from_outside_the_firms_networks_opens_nothing(self, firm: Firm) -> None:
        key = await issue(firm)
        change = SettingsChange.model_validate({"ip_allow_list": ["198.51.100.0/24"]})
        version = (await settings.get_settings(firm.actor)).version
        await settings.change_settings(firm.actor, version, change)

        with pytest.raises(AddressRefused):
            await use(key)

    async def test_opens_no_other_firm(self, firm: Firm, other_firm: Firm) -> None:
        key = await issue(firm)

        assert (await use(key, firm.organization_id)).organization_id == firm.organization_id
        with pytest.raises(NotAMember):
            await use(key, other_firm.organization_id)

    async def test_is_not_found_by_its_prefix(self, firm: Firm, other_firm: Firm) -> None:
        known = str(key_format.new_key((await issue(firm)).prefix))
        unknown = str(key_format.new_key())

        told: set[tuple[str, str]] = set()
        for guess in (known, unknown):
            for organization_id in (None, firm.organization_id, other_firm.organization_id):
                with pytest.raises(InvalidApiKey) as refused:
                    await use(guess, organization_id)
                told.add((refused.value.code, str(refused.value)))

        assert told == {("invalid_api_key", "There is no such API key")}

    async def test_notes_when_it_was_used_at_most_once_a_minute(self, firm: Firm) -> None:
        key = await issue(firm)
        await use(key)
        first = (await api_keys.get_api_key(firm.actor, key.id)).last_used_at
        access.forget(firm.organization_id)
        await use(key)
        second = (await api_keys.get_api_key(firm.actor, key.id)).last_used_at

        assert first
        assert first == second

    async def test_ends_when_it_expires_even_for_who_was_let_in_before(self, firm: Firm) -> None:
        key = await issue(firm, expires_at=from_now(seconds=20))
        await use(key)

        with (
            time_machine.travel(from_now(seconds=21)),
            pytest.raises(InvalidApiKey),
        ):
            await use(key)


class TestWhatIsNoKey:
    @pytest.mark.parametrize(
        "shape",
        ["aos_live_", "aos_live_abc", "aos_live_0123456789ab_" + "0" * 49, "{}x", "{}\n", "{}!"],
    )
    async def test_is_refused_by_its_shape(self, shape: str) -> None:
        with pytest.raises(InvalidApiKey, match="shape") as refused:
            await use(shape.format(key_format.new_key()))
        assert (refused.value.status, refused.value.code) == (401, "invalid_api_key")

    async def test_or_is_nobodys_is_refused(self) -> None:
        with pytest.raises(InvalidApiKey):
            await use(str(key_format.new_key()))

    async def test_a_wrong_secret_of_a_known_prefix_is_told_to_the_firm(self, firm: Firm) -> None:
        key = await issue(firm)
        guess = key_format.new_key(key.prefix)

        for _ in range(3):
            with pytest.raises(InvalidApiKey):
                await use(str(guess))

        (event,) = await told(firm)
        assert (event.kind, event.subject_id) == ("api_key_misused", key.id)
        assert guess.secret not in event.model_dump_json()

    def test_with_one_wrong_letter_is_none(self) -> None:
        secret = str(key_format.new_key())
        wrong = secret[:40] + ("a" if secret[40] != "a" else "b") + secret[41:]

        assert key_format.parse_key(secret)
        assert key_format.parse_key(wrong) is None


class TestItsSecret:
    async def test_is_kept_nowhere(self, firm: Firm) -> None:
        key = await issue(firm)
        parsed = key_format.parse_key(key.secret)
        assert parsed
        async with transaction(firm.actor) as tx:
            kept = await tx.value(
                str,
                """
                SELECT string_agg(t.row, ' ') FROM (
                    SELECT k::text AS row FROM api_keys AS k
                    UNION ALL SELECT a::text FROM audit_entries AS a
                    UNION ALL SELECT o::text FROM outbox_events AS o
                ) AS t
                """,
            )

        assert parsed.prefix in kept
        assert parsed.secret not in kept
        assert parsed.secret not in repr(parsed)

    async def test_has_256_bits_and_is_never_the_same(self) -> None:
        keys = {key_format.new_key().secret for _ in range(100)}

        assert len(keys) == 100
        assert {len(each) for each in keys} == {43}
        assert key_format.SECRET_LETTERS * 5.954 > 256  # log2(62)


class TestIssuing:
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
    async def test_is_for_whoever_manages_keys(self, firm: Firm, role: Role) -> None:
        person = await colleague(firm, role)

        if role in MANAGERS:
            assert (await issue(person)).made_by == person.actor.user_id
            return
        with pytest.raises(Forbidden):
            await issue(person)

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
    async def test_is_for_a_member_who_may_use_the_api(self, firm: Firm, role: Role) -> None:
        person = await colleague(firm, role)

        if role is Role.OWNER:
            with pytest.raises(RoleAboveOwn):
                await issue(firm, user_id=person.actor.user_id)
            return
        if role in HOLDERS:
            assert await issue(firm, user_id=person.actor.user_id)
            return
        with pytest.raises(KeyHolderUnfit):
            await issue(firm, user_id=person.actor.user_id)

    @pytest.mark.parametrize(
        "scope",
        [
            Permission.REVEAL_TINS,
            Permission.MANAGE_API_KEYS,
            Permission.ADMINISTER,
            Permission.MANAGE_SETTINGS,
            Permission.CREATE_USERS,
            Permission.UPDATE_USERS,
            Permission.INVITE_USERS,
            Permission.DELETE_USERS,
        ],
    )
    async def test_never_gives_away_the_crown_jewels(self, firm: Firm, scope: Permission) -> None:
        with pytest.raises(ScopeNotGrantable, match=scope):
            await issue(firm, scopes=[Permission.READ_CLIENTS, scope])

    async def test_gives_no_more_than_its_member_has(self, firm: Firm) -> None:
        person = await colleague(firm, Role.CPA)

        with pytest.raises(ScopeNotGrantable):
            await issue(firm, user_id=person.actor.user_id, scopes=[Permission.DELETE_CLIENTS])

    async def test_for_a_colleague_is_only_for_those_above_them(self, firm: Firm) -> None:
        """Or an admin could act as the owner."""
        admin = await colleague(firm, Role.ADMIN)
        for above in (firm, await colleague(firm, Role.ADMIN)):
            with pytest.raises(RoleAboveOwn):
                await issue(admin, user_id=above.actor.user_id)

        below = await colleague(firm, Role.MANAGER)
        assert (await issue(admin, user_id=below.actor.user_id)).user_id == below.actor.user_id

    async def test_for_a_role_that_needs_a_second_factor_takes_one(self, firm: Firm) -> None:
        admin, cpa = await colleague(firm, Role.ADMIN), await colleague(firm, Role.CPA)
        new = NewApiKey(name="Theirs", scopes=READ, user_id=cpa.actor.user_id)

        with pytest.raises(MfaRequired):
            await api_keys.issue_key(admin.actor, new)
        assert await api_keys.issue_key(proved(admin.actor), new)

    async def test_while_its_member_is_off_boarded_leaves_no_key_that_is_good(
        self, firm: Firm
    ) -> None:
        for _ in range(5):
            leaver = await colleague(firm, Role.MANAGER)
            assert leaver.actor.user_id
            leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")
            await asyncio.gather(
                members.offboard_member(firm.actor, leaver.actor.user_id, leaving, HANDOVERS),
                issue(firm, user_id=leaver.actor.user_id),
                return_exceptions=True,
            )
        keys = (await api_keys.list_api_keys(firm.actor, Asked())).items
        assert [key.id for key in keys if not key.revoked_at] == []

    async def test_is_not_for_a_key(self, firm: Firm) -> None:
        program = await use(await issue(firm, scopes=[Permission.READ_USERS]))

        with pytest.raises(Forbidden):
            await issue(replace(firm, actor=program))

    async def test_is_for_firms_whose_plan_has_it(self, firm: Firm) -> None:
        await organizations.change_plan(firm.organization_id, Plan.PROFESSIONAL, None)

        with pytest.raises(PlanLimitReached):
            await issue(firm)

    async def test_for_another_firms_member_or_for_nobody_looks_the_same(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        for user_id in (other_firm.actor.user_id, uuid4()):
            with pytest.raises(UnknownReference):
                await issue(firm, user_id=user_id)

    async def test_with_an_end_that_has_passed_is_refused(self, firm: Firm) -> None:
        with pytest.raises(Invalid):
            await issue(firm, expires_at=from_now(seconds=-1))

    async def test_again_by_the_same_request_gives_the_same_key_another_secret(
        self, firm: Firm
    ) -> None:
        asking = claimed(firm)
        lost = await issue(asking)
        key = await issue(asking)

        assert (await use(key)).api_key_id == lost.id
        with pytest.raises(InvalidApiKey):
            await use(lost)
        assert len((await api_keys.list_api_keys(firm.actor, Asked())).items) == 1

    async def test_again_by_the_same_request_ends_no_secret_made_since(self, firm: Firm) -> None:
        asking = claimed(firm)
        lost = await issue(asking)
        rotated = await api_keys.rotate_key(proved(firm.actor), lost.id, Rotation(overlap_hours=0))

        with pytest.raises(ApiKeyExists):
            await issue(asking)
        assert await use(rotated)

    async def test_is_audited_without_the_secret(self, firm: Firm) -> None:
        key = await issue(firm)
        async with transaction(firm.actor) as tx:
            after = await tx.value(
                dict,
                "SELECT after FROM audit_entries WHERE action = 'api_key.issued'",
            )

        assert after == {
            "name": "Nightly import",
            "scopes": ["clients:read"],
            "expires_at": None,
            "user_id": str(key.user_id),
        }


class TestRotating:
    async def test_leaves_the_old_secret_for_a_while(self, firm: Firm) -> None:
        old = await issue(firm)
        new = await api_keys.rotate_key(firm.actor, old.id, Rotation(overlap_hours=2))

        assert (new.id, new.prefix) == (old.id, old.prefix)
        assert new.secret != old.secret
        for key in (old, new):
            assert (await use(key)).api_key_id == old.id
        assert await use_later(firm, new, timedelta(hours=3))
        with pytest.raises(InvalidApiKey):
            await use_later(firm, old, timedelta(hours=3))

    async def test_without_overlap_ends_the_old_one_at_once(self, firm: Firm) -> None:
        old = await issue(firm)
        await use(old)
        new = await api_keys.rotate_key(firm.actor, old.id, Rotation(overlap_hours=0))

        assert await use(new)
        with pytest.raises(InvalidApiKey):
            await use(old)

    async def test_twice_leaves_only_the_last_two(self, firm: Firm) -> None:
        first = await issue(firm)
        second = await api_keys.rotate_key(firm.actor, first.id, Rotation(overlap_hours=24))
        third = await api_keys.rotate_key(firm.actor, first.id, Rotation(overlap_hours=24))

        assert await use(second)
        assert await use(third)
        with pytest.raises(InvalidApiKey):
            await use(first)

    async def test_again_by_the_same_request_leaves_the_old_secret_its_while(
        self, firm: Firm
    ) -> None:
        old = await issue(firm)
        asking, overlap = claimed(firm).actor, Rotation(overlap_hours=2)
        lost = await api_keys.rotate_key(asking, old.id, overlap)
        new = await api_keys.rotate_key(asking, old.id, overlap)

        assert new.previous_until == lost.previous_until
        assert await use(old)
        assert await use(new)
        with pytest.raises(InvalidApiKey):
            await use(lost)

    async def test_at_once_by_two_leaves_a_key_that_works(self, firm: Firm) -> None:
        key = await issue(firm)
        both = await asyncio.gather(
            *(api_keys.rotate_key(firm.actor, key.id, Rotation(overlap_hours=24)) for _ in range(2))
        )

        for each in both:
            assert await use(each)

    async def test_a_revoked_key_is_refused(self, firm: Firm) -> None:
        key = await issue(firm)
        await api_keys.revoke_key(firm.actor, key.id)

        with pytest.raises(ApiKeyRevoked):
            await api_keys.rotate_key(firm.actor, key.id, Rotation(overlap_hours=24))

    @pytest.mark.parametrize("hours", [-1, 169])
    def test_overlaps_a_week_at_most(self, hours: int) -> None:
        with pytest.raises(ValueError, match="overlap_hours"):
            Rotation(overlap_hours=hours)


class TestChanging:
    async def test_holds_at_once_and_is_audited(self, firm: Firm) -> None:
        key = await issue(firm)
        await use(key)
        change = ApiKeyChange(scopes=[Permission.READ_DOCUMENTS])

        changed = await api_keys.change_key(firm.actor, key.id, 1, change)

        assert (changed.version, changed.name) == (2, "Nightly import")
        assert effective(await use(key)) == {Permission.READ_DOCUMENTS}
        async with transaction(firm.actor) as tx:
            before = await tx.value(
                dict, "SELECT before FROM audit_entries WHERE action = 'api_key.changed'"
            )
        assert before == {"scopes": ["clients:read"]}

    async def test_null_takes_the_end_away(self, firm: Firm) -> None:
        key = await issue(firm, expires_at=from_now(days=1))
        change = ApiKeyChange.model_validate({"expires_at": None})

        assert (await api_keys.change_key(firm.actor, key.id, 1, change)).expires_at is None

    async def test_of_what_somebody_changed_since_is_refused(self, firm: Firm) -> None:
        key = await issue(firm)
        await api_keys.change_key(firm.actor, key.id, 1, ApiKeyChange(name="One"))

        with pytest.raises(Stale):
            await api_keys.change_key(firm.actor, key.id, 1, ApiKeyChange(name="Two"))

    async def test_to_the_same_changes_nothing(self, firm: Firm) -> None:
        key = await issue(firm)
        same = ApiKeyChange(name=key.name)

        assert (await api_keys.change_key(firm.actor, key.id, 1, same)).version == 1

    async def test_gives_no_more_than_issuing_would(self, firm: Firm) -> None:
        key = await issue(firm)

        with pytest.raises(ScopeNotGrantable):
            await api_keys.change_key(
                firm.actor, key.id, 1, ApiKeyChange(scopes=[Permission.REVEAL_TINS])
            )


class TestAKeyOfSomebodyAbove:
    async def test_is_neither_changed_nor_rotated_but_can_be_revoked(self, firm: Firm) -> None:
        admin = proved((await colleague(firm, Role.ADMIN)).actor)
        key = await issue(firm)

        told = {each.name: each.code for each in await api_keys.list_actions(admin, key.id)}
        for attempt in (
            api_keys.change_key(admin, key.id, 1, ApiKeyChange(scopes=[Permission.READ_USERS])),
            api_keys.rotate_key(admin, key.id, Rotation(overlap_hours=24)),
        ):
            with pytest.raises(RoleAboveOwn):
                await attempt
        await api_keys.revoke_key(admin, key.id)

        assert told == {"change": "role_above_own", "rotate": "role_above_own", "revoke": None}


class TestWhoeverWasShownTheSecret:
    """Somebody other than the key's member can act as them; here an admin, as a manager."""

    @pytest.fixture
    async def admin(self, firm: Firm) -> Firm:
        return await colleague(firm, Role.ADMIN)

    @pytest.fixture
    async def manager(self, firm: Firm) -> Firm:
        return await colleague(firm, Role.MANAGER)

    @pytest.fixture
    async def key(self, admin: Firm, manager: Firm) -> IssuedKey:
        return await issue(admin, user_id=manager.actor.user_id)

    async def leave(self, firm: Firm, leaver: Firm) -> dict[str, int]:
        assert leaver.actor.user_id
        leaving = Leaving(successor_id=firm.actor.user_id, statement="Left")
        left = await members.offboard_member(firm.actor, leaver.actor.user_id, leaving, HANDOVERS)
        return left.handed_over

    async def test_takes_it_along_when_they_leave(
        self, firm: Firm, admin: Firm, key: IssuedKey
    ) -> None:
        assert await use(key)

        assert (await self.leave(firm, admin))["api_keys_revoked"] == 1

        with pytest.raises(InvalidApiKey):
            await use(key)
        assert (await api_keys.get_api_key(firm.actor, key.id)).revoked_at

    async def test_by_rotating_it_takes_it_along_too(
        self, firm: Firm, admin: Firm, manager: Firm
    ) -> None:
        key = await issue(firm, user_id=manager.actor.user_id)
        rotated = await api_keys.rotate_key(proved(admin.actor), key.id, Rotation(overlap_hours=24))
        assert rotated.made_by == admin.actor.user_id

        assert (await self.leave(firm, admin))["api_keys_revoked"] == 1

        with pytest.raises(InvalidApiKey):
            await use(rotated)

    async def test_leaves_the_one_that_has_replaced_it(
        self, firm: Firm, admin: Firm, key: IssuedKey
    ) -> None:
        rotated = await api_keys.rotate_key(proved(firm.actor), key.id, Rotation(overlap_hours=24))
        assert await use(key)

        await self.leave(firm, admin)

        assert await use(rotated)
        with pytest.raises(InvalidApiKey):
            await use(key)

    async def test_can_use_it_only_while_they_are_active(
        self, firm: Firm, admin: Firm, key: IssuedKey
    ) -> None:
        assert admin.actor.user_id
        await members.suspend_member(firm.actor, admin.actor.user_id)
        with pytest.raises(InvalidApiKey):
            await use(key)

        await members.reinstate_member(firm.actor, admin.actor.user_id)
        assert await use(key)

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.INTERN])
    async def test_can_use_it_only_while_they_are_above_its_member(
        self, firm: Firm, admin: Firm, key: IssuedKey, role: StaffRole
    ) -> None:
        await give_role(firm, admin, role)

        with pytest.raises(InvalidApiKey):
            await use(key)

    async def test_does_not_rise_with_its_member(
        self, firm: Firm, manager: Firm, key: IssuedKey
    ) -> None:
        await give_role(firm, manager, Role.OWNER)

        with pytest.raises(InvalidApiKey):
            await use(key)


class TestRevoking:
    async def test_is_for_good_and_told(self, firm: Firm) -> None:
        key = await issue(firm)
        await use(key)

        await api_keys.revoke_key(firm.actor, key.id)
        await api_keys.revoke_key(firm.actor, key.id)  # changes nothing

        with pytest.raises(InvalidApiKey):
            await use(key)
        assert await kinds(firm) == ["key_revoked", "api_key_misused"]
        assert (await api_keys.get_api_key(firm.actor, key.id)).revoked_at

    async def test_all_of_a_member_ends_those_that_act_for_them(self, firm: Firm) -> None:
        person = await colleague(firm, Role.MANAGER)
        assert person.actor.user_id
        theirs = await issue(firm, user_id=person.actor.user_id)
        ours = await issue(firm)

        async with transaction(firm.actor) as tx:
            assert await api_keys.revoke_keys_of(tx, person.actor.user_id) == 1
            assert await api_keys.revoke_keys_of(tx, person.actor.user_id) == 0

        assert await use(ours)
        with pytest.raises(InvalidApiKey):
            await use(theirs)


class TestAnotherFirm:
    async def test_finds_no_key_of_ours(self, firm: Firm, other_firm: Firm) -> None:
        key = await issue(firm)

        assert (await api_keys.list_api_keys(other_firm.actor, Asked())).items == []
        for attempt in (
            api_keys.get_api_key(other_firm.actor, key.id),
            api_keys.change_key(other_firm.actor, key.id, 1, ApiKeyChange(name="Mine")),
            api_keys.rotate_key(other_firm.actor, key.id, Rotation(overlap_hours=24)),
            api_keys.revoke_key(other_firm.actor, key.id),
        ):
            with pytest.raises(NotFound):
                await attempt
        assert await use(key)


async def test_keys_are_listed_the_latest_first_page_by_page(firm: Firm) -> None:
    made = [(await issue(firm, name=f"Key {number}")).id for number in range(5)]

    first = await api_keys.list_api_keys(firm.actor, Asked(limit=3))
    second = await api_keys.list_api_keys(firm.actor, Asked(first.next, limit=3))
    back = await api_keys.list_api_keys(firm.actor, Asked(second.prev, limit=3))

    assert [each.id for page in (first, second) for each in page.items] == made[::-1]
    assert second.next is None
    assert back.items == first.items
