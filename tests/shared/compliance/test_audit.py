"""Reading the audit trail, filtered and page by page."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.compliance import audit
from shared.compliance.audit import UnsupportedFilter
from shared.compliance.models import AuditEntry
from shared.platform.actor import Actor, Origin, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden
from shared.platform.messages import Change
from shared.platform.paging import Asked
from tests.make import audit as make
from tests.make.identity import Firm, colleague

ADA, GRACE = uuid4(), uuid4()
DONE = [
    ("client.updated", ADA),
    ("client.tin_revealed", ADA),
    ("client.tin_revealed", GRACE),
    ("document.accepted", GRACE),
]


@pytest.fixture
async def someone(firm: Firm) -> Actor:
    """Has done each of these, and so has the firm's owner."""
    actor = (await colleague(firm, Role.CPA)).actor
    for who in (actor, firm.actor):
        for action, subject_id in DONE:
            await make.entry(who, action, subject_id=subject_id)
    return actor


async def listed(actor: Actor, **filters: Any) -> list[AuditEntry]:
    return (await audit.list_entries(actor, Asked(limit=200), **filters)).items


async def told(actor: Actor, **filters: Any) -> list[tuple[str, UUID]]:
    return [(entry.action, entry.subject_id) for entry in await listed(actor, **filters)]


class TestListing:
    async def test_is_newest_first(self, firm: Firm, someone: Actor) -> None:
        found = await listed(firm.actor)

        assert [(each.action, each.subject_id) for each in found[:4]] == DONE[::-1]
        assert [each.id for each in found] == (await make.ids(firm.actor))[::-1]

    async def test_tells_who_from_where_and_what_changed(self, firm: Firm) -> None:
        origin = Origin(request_id="r-1", ip="203.0.113.7", user_agent="a browser")
        session, key = uuid4(), uuid4()
        actor = Actor(
            firm.organization_id,
            firm.actor.user_id,
            Role.MANAGER,
            session_id=session,
            api_key_id=key,
            origin=origin,
        )
        async with transaction(actor) as tx:
            await tx.record(
                Change(
                    action="client.updated",
                    subject_id=ADA,
                    detail={"why": "typo"},
                    before={"name": "Adda"},
                    after={"name": "Ada"},
                )
            )

        entry = (await listed(firm.actor))[0]

        assert (entry.entity, entry.action, entry.subject_id) == ("client", "client.updated", ADA)
        assert (entry.user_id, entry.role) == (firm.actor.user_id, Role.MANAGER)
        assert (entry.session_id, entry.api_key_id) == (session, key)
        assert (entry.request_id, entry.ip, entry.user_agent) == (
            "r-1",
            "203.0.113.7",
            "a browser",
        )
        assert entry.detail == {"why": "typo"}
        assert (entry.before, entry.after) == ({"name": "Adda"}, {"name": "Ada"})

    async def test_filters_by_each_and_by_action_with_whom_or_who(
        self, firm: Firm, someone: Actor
    ) -> None:
        def of(*wanted: tuple[str, UUID]) -> list[tuple[str, UUID]]:
            return [each for each in DONE[::-1] if each in wanted]

        one_user = {"user_id": someone.user_id}
        assert await told(firm.actor, **one_user) == of(*DONE)
        assert await told(firm.actor, subject_id=GRACE) == of(*DONE[2:]) * 2
        assert await told(firm.actor, entity="document") == of(DONE[3]) * 2
        assert await told(firm.actor, action="client.tin_revealed") == of(*DONE[1:3]) * 2
        assert (
            await told(firm.actor, action="client.tin_revealed", subject_id=ADA) == of(DONE[1]) * 2
        )
        assert await told(firm.actor, action="client.tin_revealed", **one_user) == of(*DONE[1:3])
        assert await told(firm.actor, action="client.deleted") == []

    @pytest.mark.parametrize(
        "filters",
        [
            {"entity": "client", "action": "client.updated"},
            {"entity": "client", "subject_id": ADA},
            {"user_id": ADA, "subject_id": GRACE},
            {"user_id": ADA, "subject_id": GRACE, "action": "client.updated"},
        ],
    )
    async def test_refuses_filters_that_no_index_serves(
        self, firm: Firm, filters: Mapping[str, Any]
    ) -> None:
        with pytest.raises(UnsupportedFilter):
            await listed(firm.actor, **filters)

    async def test_from_a_moment_and_before_another(self, firm: Firm, someone: Actor) -> None:
        moments = [each.recorded_at for each in await listed(firm.actor, subject_id=ADA)]
        newest, oldest = moments[0], moments[-1]

        between = await listed(firm.actor, subject_id=ADA, since=oldest, until=newest)

        assert [each.recorded_at for each in between] == moments[1:]
        assert await listed(firm.actor, since=datetime.now(UTC) + timedelta(hours=1)) == []

    async def test_goes_on_from_page_to_page_and_back(self, firm: Firm, someone: Actor) -> None:
        first = await audit.list_entries(firm.actor, Asked(limit=3), subject_id=GRACE)
        second = await audit.list_entries(firm.actor, Asked(first.next, 3), subject_id=GRACE)
        back = await audit.list_entries(firm.actor, Asked(second.prev, 3), subject_id=GRACE)

        assert len(first.items + second.items) == 4
        assert len({each.id for each in first.items + second.items}) == 4
        assert (first.prev, second.next) == (None, None)
        assert back.items == first.items

    async def test_another_firm_sees_none_of_it(
        self, firm: Firm, other_firm: Firm, someone: Actor
    ) -> None:
        assert await listed(other_firm.actor, subject_id=ADA) == []
        assert await listed(other_firm.actor, user_id=someone.user_id) == []

    @pytest.mark.parametrize(
        "role", [Role.SENIOR_CPA, Role.CPA, Role.STAFF, Role.INTERN, Role.CLIENT]
    )
    async def test_is_not_for_staff_and_clients(self, firm: Firm, role: Role) -> None:
        with pytest.raises(Forbidden):
            await listed((await colleague(firm, role)).actor)


async def test_the_whole_trail_is_read_oldest_first(firm: Firm, someone: Actor) -> None:
    rows: list[int] = []
    page: list[AuditEntry] = []
    while page or not rows:
        async with transaction(firm.actor) as tx:
            page = await audit.audit_rows(tx, rows[-1] if rows else None, 3)
        rows += [each.id for each in page]

    assert rows == await make.ids(firm.actor)


class TestWhatIsRecorded:
    async def test_never_holds_a_tin_wherever_it_was_put(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.record(
                Change(
                    action="client.updated",
                    subject_id=ADA,
                    detail={"note": ["it is 219-09-9999", {"deep": "219099999"}]},
                    before={"tin": "219-09-9999"},
                    after={"tin": "12-3456789"},
                )
            )

        entry = (await listed(firm.actor))[0]

        assert entry.detail == {"note": ["it is ***-**-9999", {"deep": "***-**-9999"}]}
        assert (entry.before, entry.after) == ({"tin": "***-**-9999"}, {"tin": "***-**-6789"})

    async def test_keeps_ids_whose_digits_look_like_a_tin(self, firm: Firm) -> None:
        like_a_tin = "a1234567-1234-4123-8a12-3456789abcde"
        await make.entry(firm.actor, detail={"client_id": like_a_tin})

        assert (await listed(firm.actor))[0].detail == {"client_id": like_a_tin}

    async def test_outlives_the_person_who_did_it(self, firm: Firm, database: str) -> None:
        leaver = (await colleague(firm, Role.CPA)).actor
        await make.entry(leaver, "client.updated", subject_id=ADA)
        for table in ("memberships", "users"):
            make.tamper(
                database,
                f"DELETE FROM {table} WHERE {'user_' if table == 'memberships' else ''}id = %(id)s",
                id=leaver.user_id,
            )

        assert [each.user_id for each in await listed(firm.actor, subject_id=ADA)] == [
            leaver.user_id
        ]
