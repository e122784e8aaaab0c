from uuid import uuid4

import pytest

from shared.identity import flags, members, organizations, refusals, settings
from shared.identity.models import Flag, FlagChange, NewMember, SettingsChange
from shared.identity.refusals import (
    AddressRefused,
    MemberSuspended,
    MfaRequired,
    NotAMember,
    OrganizationRequired,
    OrganizationSuspended,
    PortalClosed,
)
from shared.identity.sign_in import sign_in
from shared.platform.actor import Actor, Origin, Role
from shared.platform.settings import settings as configuration
from shared.platform.tokens import Claims
from tests.make.identity import ISSUER, Firm, colleague
from tests.shared.identity.signing_in import HOME, claims, come, kinds, told

NEEDS_A_SECOND_FACTOR = {Role.OWNER, Role.MANAGER, Role.SENIOR_CPA, Role.CPA}
EVERYBODY = [role for role in Role if role is not Role.SYSTEM]


async def actor_of(said: Claims, firm: Firm | None = None, origin: Origin = HOME) -> Actor:
    return (await sign_in(said, firm.organization_id if firm else None, origin)).actor


async def employ(firm: Firm, person: Firm, role: Role) -> None:
    """Let somebody who works elsewhere in, too."""
    await organizations.add_member(
        firm.actor,
        NewMember(
            issuer=ISSUER,
            subject=person.subject,
            email=f"{person.subject}@both.test",
            name="Somebody",
            role=role,
        ),
    )


async def choose(firm: Firm, **chosen: object) -> None:
    version = (await settings.get_settings(firm.actor)).version
    change = SettingsChange.model_validate(chosen)
    await settings.change_settings(firm.actor, version, change)


async def test_a_member_of_one_firm_acts_for_it(firm: Firm) -> None:
    actor = await actor_of(claims(firm))

    assert actor.organization_id == firm.organization_id
    assert actor.user_id == firm.actor.user_id
    assert (actor.role, actor.client_id) == (Role.OWNER, None)
    assert actor.origin.request_id == "request-1"
    assert actor.session_id
    assert actor.has_second_factor
    assert (actor.api_key_id, actor.scopes) == (None, None)


@pytest.mark.parametrize("role", EVERYBODY)
async def test_the_role_arrives(firm: Firm, role: Role) -> None:
    person = await colleague(firm, role)

    actor = await actor_of(claims(person))

    assert actor.role is role
    assert actor.client_id == (firm.client_id if role is Role.CLIENT else None)


async def test_an_identity_nobody_knows_is_no_member(firm: Firm) -> None:
    stranger = claims(firm, subject=str(uuid4()))

    with pytest.raises(NotAMember) as refused:
        await actor_of(stranger)
    assert (refused.value.status, refused.value.code) == (403, "not_a_member")


async def test_the_same_subject_of_another_issuer_is_somebody_else(firm: Firm) -> None:
    with pytest.raises(NotAMember):
        await actor_of(claims(firm, issuer="https://another.test"))


async def test_naming_a_firm_one_does_not_belong_to_opens_nothing(
    firm: Firm, other_firm: Firm
) -> None:
    """Whether that firm exists is not told."""
    answers: list[str] = []
    for organization_id in (other_firm.organization_id, uuid4()):
        with pytest.raises(NotAMember) as refused:
            await sign_in(claims(firm), organization_id, HOME)
        answers.append(str(refused.value))

    assert answers[0] == answers[1]
    assert await kinds(other_firm) == []


class TestThePortalForClients:
    CLOSED = FlagChange(enabled=False)

    async def test_that_is_closed_lets_no_client_in(self, firm: Firm) -> None:
        client, staff = await colleague(firm, Role.CLIENT), await colleague(firm, Role.STAFF)
        assert await come(client)

        await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, self.CLOSED)

        with pytest.raises(PortalClosed) as refused:
            await come(client)
        assert (refused.value.status, refused.value.code) == (403, "client_portal_off")
        assert await come(staff)

    async def test_that_is_opened_again_lets_them_in(self, firm: Firm, other_firm: Firm) -> None:
        client, theirs = (
            await colleague(firm, Role.CLIENT),
            await colleague(other_firm, Role.CLIENT),
        )
        await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, self.CLOSED)
        assert await come(theirs)

        await flags.reset_flag(firm.actor, Flag.CLIENT_PORTAL)

        assert await come(client)


class TestSomebodyWhoWorksForSeveralFirms:
    async def test_has_to_say_which(self, firm: Firm, other_firm: Firm) -> None:
        await employ(other_firm, firm, Role.STAFF)

        with pytest.raises(OrganizationRequired) as asked:
            await actor_of(claims(firm))
        assert (asked.value.status, asked.value.code) == (422, "organization_required")

    async def test_has_in_each_the_role_it_has_there(self, firm: Firm, other_firm: Firm) -> None:
        await employ(other_firm, firm, Role.STAFF)

        here = await actor_of(claims(firm), firm)
        there = await actor_of(claims(firm), other_firm)

        assert (here.organization_id, here.role) == (firm.organization_id, Role.OWNER)
        assert (there.organization_id, there.role) == (other_firm.organization_id, Role.STAFF)
        assert here.user_id != there.user_id
        assert here.session_id != there.session_id

    async def test_is_out_of_one_when_that_one_suspends_them(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        await employ(other_firm, firm, Role.STAFF)
        there = await actor_of(claims(firm), other_firm)
        assert there.user_id
        await members.suspend_member(other_firm.actor, there.user_id)

        assert await actor_of(claims(firm), firm)
        with pytest.raises(MemberSuspended):
            await actor_of(claims(firm), other_firm)


class TestASuspendedMember:
    async def test_is_told_so_and_the_firm_hears_of_it(self, firm: Firm) -> None:
        person = await colleague(firm, Role.STAFF)
        assert person.actor.user_id
        await members.suspend_member(firm.actor, person.actor.user_id)

        with pytest.raises(MemberSuspended) as refused:
            await actor_of(claims(person))

        assert refused.value.status == 403
        last = (await told(firm))[-1]
        assert (last.kind, last.detail) == ("sign_in_failed", {"code": "member_suspended"})

    async def test_comes_in_again_once_reinstated(self, firm: Firm) -> None:
        person = await colleague(firm, Role.STAFF)
        assert person.actor.user_id
        await members.suspend_member(firm.actor, person.actor.user_id)
        await members.reinstate_member(firm.actor, person.actor.user_id)

        assert await actor_of(claims(person))


async def test_a_suspended_firm_lets_nobody_in_until_it_is_reinstated(firm: Firm) -> None:
    await organizations.suspend_organization(firm.organization_id)
    with pytest.raises(OrganizationSuspended):
        await actor_of(claims(firm))

    await organizations.reinstate_organization(firm.organization_id)
    assert await actor_of(claims(firm))


class TestTheSecondFactor:
    @pytest.mark.parametrize("role", EVERYBODY)
    async def test_is_asked_of_whoever_may_see_tins(self, firm: Firm, role: Role) -> None:
        person = claims(await colleague(firm, role), has_second_factor=False)

        if role not in NEEDS_A_SECOND_FACTOR:
            assert not (await actor_of(person)).has_second_factor
            return
        with pytest.raises(MfaRequired) as refused:
            await actor_of(person)
        assert (refused.value.status, refused.value.code) == (403, "mfa_required")

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_is_asked_of_everybody_where_the_firm_wants_it(
        self, firm: Firm, role: Role
    ) -> None:
        person = await colleague(firm, role)
        signed_in = await actor_of(claims(firm))
        version = (await settings.get_settings(signed_in)).version
        await settings.change_settings(signed_in, version, SettingsChange(mfa_required=True))

        with pytest.raises(MfaRequired):
            await actor_of(claims(person, has_second_factor=False))
        assert await actor_of(claims(person))

    async def test_missing_is_told_to_the_firm_and_begins_no_session(self, firm: Firm) -> None:
        with pytest.raises(MfaRequired):
            await actor_of(claims(firm, has_second_factor=False))
        assert await kinds(firm) == ["mfa_missing"]

        await actor_of(claims(firm, session="s2"))
        assert await kinds(firm) == ["mfa_missing"]  # so the second was the first

    async def test_missing_tells_the_application_how_to_ask_for_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert MfaRequired("x").headers == {
            "www-authenticate": 'Bearer error="insufficient_user_authentication"'
        }
        config = configuration().model_copy(update={"mfa_acr_values": "c1 c2"})
        monkeypatch.setattr(refusals, "settings", lambda: config)
        assert MfaRequired("x").headers["www-authenticate"].endswith('acr_values="c1 c2"')


class TestTheFirmsNetworks:
    async def test_keep_others_out_even_with_a_token_that_was_good(self, firm: Firm) -> None:
        await choose(firm, ip_allow_list=["203.0.113.0/24", "2001:db8::/32"])
        assert await come(firm)

        for ip in ("198.51.100.1", None):
            with pytest.raises(AddressRefused):
                await come(firm, Origin("request-2", ip=ip))
        assert "address_refused" in await kinds(firm)

    async def test_let_both_families_of_addresses_in(self, firm: Firm) -> None:
        await choose(firm, ip_allow_list=["203.0.113.0/24", "2001:db8::/32"])

        for ip in ("203.0.113.200", "2001:db8::7", "::ffff:203.0.113.9"):
            assert await come(firm, Origin("request-2", ip=ip))

    async def test_an_address_refused_begins_no_session(self, firm: Firm) -> None:
        await choose(firm, ip_allow_list=["203.0.113.0/24"])

        with pytest.raises(AddressRefused):
            await come(firm, Origin("request-2", ip="198.51.100.1", user_agent="Evil"))
        await come(firm)
        assert "new_device" not in await kinds(firm)


async def test_what_is_refused_again_and_again_is_told_once_in_a_while(firm: Firm) -> None:
    for _ in range(5):
        with pytest.raises(MfaRequired):
            await actor_of(claims(firm, has_second_factor=False))

    assert await kinds(firm) == ["mfa_missing"]
