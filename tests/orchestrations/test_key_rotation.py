"""All of a firm's secrets sealed anew, in steps that may be cut off or run twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from orchestrations import key_rotation as rotation
from orchestrations.operation.work import WORK
from shared.clients import clients, sealed_tins
from shared.clients.models import NewClient
from shared.documents import revealing, storage
from shared.identity import key_rotation, keys
from shared.identity.refusals import MfaRequired
from shared.identity.revealing import Reason
from shared.operations import operations, running
from shared.operations.models import Job, OperationState
from shared.platform import blob
from shared.platform.actor import Actor, Role, system
from shared.platform.crypto import Keyring, sealed_with
from shared.platform.db import transaction
from shared.platform.errors import Forbidden
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.key_wrapping import FileWrapper
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague
from tests.make.identity import firm as make_firm
from tests.shared.identity.test_keys import retired_two_days_ago
from tests.shared.platform.test_master_key import key_file

WHY = Reason(reason="To see whether it opens")
TINS = [f"41{number}-55-7834" for number in range(10)]


@pytest.fixture
def owner(firm: Firm) -> Actor:
    return replace(firm.actor, has_second_factor=True)


@pytest.fixture
async def known(firm: Firm) -> dict[UUID, str]:
    """The firm's clients, and their TINs."""
    made = {uuid4(): tin for tin in TINS}
    for client_id, tin in made.items():
        await clients.add_client(firm.actor, client_id, NewClient(name=tin[:3], tin=tin))
    return made


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    monkeypatch.setattr(rotation, "DOCUMENTS", 1)


async def require_all_there(owner: Actor, known: dict[UUID, str]) -> None:
    for client_id, tin in known.items():
        assert (await sealed_tins.reveal_tin(owner, client_id, WHY)).tin == tin
        found = await sealed_tins.find_by_tin(owner, tin)
        assert [each.id for each in found.items] == [client_id]


async def keyring_of(firm: Firm) -> Keyring:
    async with transaction(firm.actor) as tx:
        return await keys.open_keyring(tx)


async def versions(firm: Firm) -> list[int]:
    ring = await keyring_of(firm)
    return [each.version for each in (ring.active, *ring.retired)]


def new_job(from_version: int | None = 1) -> Job:
    return Job(
        operation_id=uuid4(),
        kind=rotation.KIND,
        user_id=None,
        input={"from_version": from_version},
        step=0,
        cursor=None,
        done=0,
        total=None,
    )


async def steps(firm: Firm, job: Job) -> AsyncGenerator[Job]:
    """The job of each step after it, to its end."""
    actor = system(firm.organization_id)
    while True:
        made = await rotation.rotate_step(actor, job)
        job = job.model_copy(update={"cursor": made.cursor, "done": made.done, "total": made.total})
        yield job
        if made.cursor is None:
            return


async def carry_out(firm: Firm, from_version: int | None = 1) -> None:
    async for _ in steps(firm, new_job(from_version)):
        pass


async def sealed_versions(firm: Firm) -> set[int]:
    async with transaction(firm.actor) as tx:
        return set(
            await tx.value(
                list, "SELECT array_agg(DISTINCT tin_sealed_key) FROM clients WHERE tin_hash <> ''"
            )
        )


@pytest.mark.usefixtures("small_batches")
class TestRotation:
    async def test_every_tin_opens_and_is_found_before_during_and_after(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        count = 0
        await require_all_there(owner, known)
        async for _ in steps(firm, new_job()):
            await require_all_there(owner, known)
            count += 1

        assert count > 5
        assert await sealed_versions(firm) == {2}
        assert await versions(firm) == [2, 1]

    async def test_a_step_that_runs_twice_rotates_once(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        actor, job = system(firm.organization_id), new_job()
        await rotation.rotate_step(actor, job)  # its process dies before it is noted
        async for following in steps(firm, job):
            if following.cursor:
                await rotation.rotate_step(actor, following)

        assert await versions(firm) == [2, 1]
        await require_all_there(owner, known)

    async def test_cut_off_between_batches_it_goes_on_from_the_start(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        walk = steps(firm, new_job())
        for _ in range(3):
            await anext(walk)
        await walk.aclose()
        assert await sealed_versions(firm) == {1, 2}

        await carry_out(firm)

        assert await sealed_versions(firm) == {2}
        await require_all_there(owner, known)

    async def test_who_reads_and_writes_meanwhile_notices_nothing(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        added: dict[UUID, str] = {}
        is_over = asyncio.Event()

        async def use() -> None:
            number = 0
            while not is_over.is_set() or number < 5:
                client_id, tin = uuid4(), f"52{number % 10}-66-{1000 + number}"
                new = NewClient(name="Meanwhile", tin=tin)
                await clients.add_client(firm.actor, client_id, new)
                added[client_id] = tin
                await require_all_there(owner, dict([*known.items()][number % 10 :][:1]))
                number += 1

        async def rotate() -> None:
            for version in (1, 2, 3):
                await carry_out(firm, version)
            is_over.set()

        await asyncio.gather(use(), rotate())
        await carry_out(firm, None)

        assert await sealed_versions(firm) == {4}
        await require_all_there(owner, known | added)

    async def test_old_keys_are_destroyed_when_nobody_can_have_them_any_more(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        await carry_out(firm)
        await carry_out(firm, None)
        assert await versions(firm) == [2, 1]

        await retired_two_days_ago(firm)
        await carry_out(firm, None)

        assert await versions(firm) == [2]
        await require_all_there(owner, known)

    async def test_keys_that_something_still_needs_are_kept(
        self, firm: Firm, known: dict[UUID, str]
    ) -> None:
        await key_rotation.begin_rotation(system(firm.organization_id), 1)
        await retired_two_days_ago(firm)

        gone = await key_rotation.destroy_retired(firm.actor, datetime.now(UTC))

        assert gone == []
        assert await versions(firm) == [2, 1]

    async def test_what_was_read_from_documents_is_sealed_anew_too(
        self, firm: Firm, owner: Actor, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        await carry_out(firm)
        await retired_two_days_ago(firm)
        await carry_out(firm, None)

        assert await versions(firm) == [2]
        keyring = await keyring_of(firm)
        assert await storage.load_reading(firm.actor, keyring, document.id, 1) == reader.reading
        shown = await revealing.reveal_field(owner, document.id, "employee_ssn", WHY)
        assert shown.tin == readings.SSN
        folder = f"{storage.upload_name(firm.organization_id, document.id)}/"
        for name in await blob.names(blob.DERIVED, folder):
            if not name.endswith(".png"):
                assert sealed_with(await blob.read(blob.DERIVED, name)) == 2

    async def test_another_firm_keeps_its_keys(self, firm: Firm, other_firm: Firm) -> None:
        await carry_out(firm)

        assert await versions(other_firm) == [1]


class TestAskingForIt:
    async def test_an_owner_asks_and_the_operation_does_it(
        self, firm: Firm, owner: Actor, known: dict[UUID, str]
    ) -> None:
        asked = await key_rotation.request_rotation(owner, uuid4())

        assert not await running.advance(system(firm.organization_id), asked.id, WORK)

        done = await operations.get_operation(owner, asked.id)
        assert done.state is OperationState.SUCCEEDED
        assert await versions(firm) == [2, 1]
        await require_all_there(owner, known)

    async def test_not_without_a_second_factor(self, firm: Firm) -> None:
        with pytest.raises(MfaRequired):
            await key_rotation.request_rotation(firm.actor, uuid4())

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)
        with pytest.raises(Forbidden):
            await key_rotation.request_rotation(
                replace(somebody.actor, has_second_factor=True), uuid4()
            )

    async def test_keys_of_more_than_a_year_are_replaced_without_asking(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE organization_keys SET created_at = now() - interval '400 days'")

        for _ in range(2):
            await key_rotation.tend_keys(datetime.now(UTC))

        async with transaction(firm.actor) as tx:
            asked = await tx.value(
                int, "SELECT count(*) FROM operations WHERE kind = 'key_rotation'"
            )
        assert asked == 1

    async def test_keys_of_this_year_are_left_alone(self, firm: Firm) -> None:
        await key_rotation.tend_keys(datetime.now(UTC) + timedelta(hours=1))

        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT count(*) FROM operations") == 0


class TestAnotherMasterKey:
    async def test_wraps_the_keys_anew_and_changes_none_of_them(self, tmp_path: Path) -> None:
        old_key, new_key = bytes(range(32)), bytes(range(32, 64))
        with wrapping_with(key_file(tmp_path, old_key)):
            firm = await make_firm()
            before = await keyring_of(firm)

        with wrapping_with(key_file(tmp_path, new_key, old_key)):
            actor = system(firm.organization_id)
            assert await key_rotation.rewrap_keys(actor) == 1
            assert await key_rotation.rewrap_keys(actor) == 0

        with wrapping_with(key_file(tmp_path, new_key)):
            assert await keyring_of(firm) == before


def wrapping_with(path: str) -> AbstractContextManager[None]:
    return roster.playing(replace(roster.vendors(), wrapper=FileWrapper(path)))
