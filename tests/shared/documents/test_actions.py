"""What one may do with a document is told by the checks that its use cases make."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from shared.documents import actions, corrections, review, views
from shared.documents.kinds import DocumentKind
from shared.documents.models import Accept, FieldCorrection, Reject
from shared.identity.actions import Action
from shared.platform.actor import Actor, Role
from shared.platform.errors import AppError, Forbidden, NotFound
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

Attempts = dict[str, Callable[[], Awaitable[object]]]
WAITING = readings.w2(number=1, box_4="2000.00")

ALL = {"accept", "reject", "correct", "change_kind", "reread"}
ALLOWED = {
    "expected": set[str](),
    "received": set[str](),
    "accepted": {"correct", "change_kind", "reread"},
    "needs_review": ALL,
    "rejected": {"reread"},
    "packet": ALL - {"change_kind"},
    "part": ALL - {"reread"},
    "part_of_a_file_under_way": set[str](),
}


async def document(firm: Firm, reader: FakeReader, state: str) -> UUID:
    """One in that state; the states are those of ALLOWED."""
    if state == "expected":
        return await make.expected(firm)
    if state == "received":
        return (await make.received(firm)).document_id
    if "part" in state or state == "packet":
        reader.reading = readings.reading(WAITING, readings.tax_return(number=2))
        packet = await make.processed(firm)
        if state == "part_of_a_file_under_way":
            await corrections.request_reread(firm.actor, packet.id)
        return packet.id if state == "packet" else packet.children[0].document_id
    reader.reading = readings.reading(readings.w2() if state == "accepted" else WAITING)
    read = await make.processed(firm)
    if state == "rejected":
        await review.decide_document(firm.actor, read.id, read.version, Reject(verdict="rejected"))
    return read.id


async def attempts(firm: Firm, actor: Actor, document_id: UUID) -> Attempts:
    version = (await views.get_document(firm.actor, document_id)).version
    value = FieldCorrection(value="3100.00")
    return {
        "accept": lambda: review.decide_document(
            actor, document_id, version, Accept(verdict="accepted")
        ),
        "reject": lambda: review.decide_document(
            actor, document_id, version, Reject(verdict="rejected")
        ),
        "correct": lambda: corrections.correct_field(actor, document_id, version, "box_4", value),
        "change_kind": lambda: corrections.change_kind(
            actor, document_id, version, DocumentKind.OTHER
        ),
        "reread": lambda: corrections.request_reread(actor, document_id),
    }


async def told(actor: Actor, document_id: UUID) -> dict[str, Action]:
    return {each.name: each for each in await actions.list_actions(actor, document_id)}


@pytest.mark.parametrize("state", ALLOWED)
async def test_what_is_refused_ends_in_the_error_that_was_told(
    firm: Firm, reader: FakeReader, state: str
) -> None:
    document_id = await document(firm, reader, state)

    found = await told(firm.actor, document_id)

    assert {name for name, each in found.items() if each.allowed} == ALLOWED[state] | {"reveal"}
    for name, attempt in (await attempts(firm, firm.actor, document_id)).items():
        if not found[name].allowed:
            with pytest.raises(AppError) as refused:
                await attempt()
            assert (refused.value.code, str(refused.value)) == (
                found[name].code,
                found[name].reason,
            )


@pytest.mark.parametrize("name", sorted(ALL))
async def test_what_is_allowed_can_be_done(firm: Firm, reader: FakeReader, name: str) -> None:
    state = "accepted" if name == "reread" else "needs_review"
    document_id = await document(firm, reader, state)
    assert (await told(firm.actor, document_id))[name].allowed

    if name == "correct":  # box_4 is there to correct
        assert "box_4" in (await views.get_document(firm.actor, document_id)).fields
    await (await attempts(firm, firm.actor, document_id))[name]()


@pytest.mark.parametrize(
    ("role", "may_review", "may_reveal"),
    [
        (Role.ADMIN, True, False),
        (Role.CPA, True, True),
        (Role.STAFF, True, False),
        (Role.INTERN, False, False),
        (Role.CLIENT, False, False),
    ],
)
async def test_the_role_says_the_rest(
    firm: Firm, reader: FakeReader, role: Role, *, may_review: bool, may_reveal: bool
) -> None:
    document_id = await document(firm, reader, "needs_review")
    person = (await colleague(firm, role)).actor

    found = await told(person, document_id)

    assert {name for name, each in found.items() if each.allowed} == (
        (ALL if may_review else set()) | ({"reveal"} if may_reveal else set())
    )
    if not may_review:
        assert {found[name].code for name in ALL} == {Forbidden.code}


async def test_another_firms_document_is_not_there(
    firm: Firm, other_firm: Firm, reader: FakeReader
) -> None:
    document_id = await document(firm, reader, "needs_review")

    with pytest.raises(NotFound):
        await actions.list_actions(other_firm.actor, document_id)
