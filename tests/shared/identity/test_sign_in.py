from uuid import uuid4

import pytest

from shared.identity import organizations
from shared.identity.models import NewMember
from shared.identity.sign_in import NotAMember, OrganizationRequired, sign_in
from shared.platform.actor import Origin, Role
from shared.platform.tokens import Claims
from tests.make.identity import ISSUER, Firm, colleague


def claims(firm: Firm) -> Claims:
    return Claims(issuer=ISSUER, subject=firm.subject)


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


async def test_a_member_of_one_firm_acts_for_it(firm: Firm) -> None:
    actor = await sign_in(claims(firm), None, Origin("request-1"))

    assert actor.organization_id == firm.organization_id
    assert actor.user_id == firm.actor.user_id
    assert (actor.role, actor.client_id) == (Role.OWNER, None)
    assert actor.origin.request_id == "request-1"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
async def test_the_role_arrives(firm: Firm, role: Role) -> None:
    person = await colleague(firm, role)

    actor = await sign_in(claims(person), None, Origin("request-1"))

    assert actor.role is role
    assert actor.client_id == (firm.client_id if role is Role.CLIENT else None)


async def test_an_identity_nobody_knows_is_no_member() -> None:
    stranger = Claims(issuer=ISSUER, subject=str(uuid4()))

    with pytest.raises(NotAMember) as refused:
        await sign_in(stranger, None, Origin("request-1"))
    assert (refused.value.status, refused.value.code) == (403, "not_a_member")


async def test_the_same_subject_of_another_issuer_is_somebody_else(firm: Firm) -> None:
    with pytest.raises(NotAMember):
        await sign_in(Claims("https://another.test", firm.subject), None, Origin("request-1"))


async def test_naming_a_firm_one_does_not_belong_to_opens_nothing(
    firm: Firm, other_firm: Firm
) -> None:
    """Whether that firm exists is not told."""
    told: list[str] = []
    for organization_id in (other_firm.organization_id, uuid4()):
        with pytest.raises(NotAMember) as refused:
            await sign_in(claims(firm), organization_id, Origin("request-1"))
        told.append(str(refused.value))

    assert told[0] == told[1]


class TestSomebodyWhoWorksForSeveralFirms:
    async def test_has_to_say_which(self, firm: Firm, other_firm: Firm) -> None:
        await employ(other_firm, firm, Role.STAFF)

        with pytest.raises(OrganizationRequired) as asked:
            await sign_in(claims(firm), None, Origin("request-1"))
        assert (asked.value.status, asked.value.code) == (422, "organization_required")

    async def test_has_in_each_the_role_it_has_there(self, firm: Firm, other_firm: Firm) -> None:
        await employ(other_firm, firm, Role.STAFF)

        here = await sign_in(claims(firm), firm.organization_id, Origin("request-1"))
        there = await sign_in(claims(firm), other_firm.organization_id, Origin("request-1"))

        assert (here.organization_id, here.role) == (firm.organization_id, Role.OWNER)
        assert (there.organization_id, there.role) == (other_firm.organization_id, Role.STAFF)
        assert here.user_id != there.user_id
