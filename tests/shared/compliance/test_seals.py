"""Sealing the audit trail while others write to it."""

import asyncio
from uuid import uuid4

import pytest

from shared.compliance import seals, verification
from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.platform.messages import Change
from tests.make import audit as make
from tests.make.identity import Firm


class Broken(Exception):
    """Raised to end a transaction."""


async def record_in_vain(actor: Actor) -> None:
    async with transaction(actor) as tx:
        await tx.record(happened())
        raise Broken


def happened() -> Change:
    return Change(action="something.happened", subject_id=uuid4())


async def covered(actor: Actor) -> list[int]:
    """The ids that seals cover, seal by seal."""
    async with transaction(actor) as tx:
        return await tx.value(
            list,
            """
            SELECT coalesce(array_agg((e ->> 0)::bigint ORDER BY number, place), '{}')
            FROM audit_seals, jsonb_array_elements(entries) WITH ORDINALITY AS t (e, place)
            """,
        )


class TestSealing:
    async def test_covers_every_entry_once_in_order(self, firm: Firm) -> None:
        await make.entries(firm.actor, 3)

        sealed = await seals.seal_entries(firm.organization_id)

        assert await covered(firm.actor) == await make.ids(firm.actor)
        assert sealed == len(await make.ids(firm.actor))

    async def test_goes_on_where_it_ended(self, firm: Firm) -> None:
        await seals.seal_entries(firm.organization_id)
        await make.entries(firm.actor, 2)

        assert await seals.seal_entries(firm.organization_id) == 2
        assert await make.seal_numbers(firm.actor) == [1, 2]

    async def test_makes_no_seal_of_nothing(self, firm: Firm) -> None:
        await seals.seal_entries(firm.organization_id)

        assert await seals.seal_entries(firm.organization_id) == 0
        assert await seals.seal_entries(uuid4()) == 0
        assert await make.seal_numbers(firm.actor) == [1]

    async def test_of_many_entries_makes_several_seals(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(seals, "SEAL_SIZE", 3)
        await make.entries(firm.actor, 7)

        await seals.seal_entries(firm.organization_id)

        assert len(await make.seal_numbers(firm.actor)) >= 3
        assert await covered(firm.actor) == await make.ids(firm.actor)

    async def test_leaves_another_firms_entries_to_its_own_chain(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        await seals.seal_entries(firm.organization_id)

        assert await make.seal_numbers(other_firm.actor) == []
        assert set(await covered(firm.actor)) == set(await make.ids(firm.actor))

    async def test_finds_the_firms_that_have_something_to_seal(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        await seals.seal_entries(other_firm.organization_id)

        await seals.seal_every_firm()

        assert await make.seal_numbers(firm.actor) == [1]
        assert await make.seal_numbers(other_firm.actor) == [1]


class TestAnEntryThatCommitsLate:
    """Its id is lower than that of one that has committed already."""

    async def test_is_waited_for(self, firm: Firm) -> None:
        async with transaction(firm.actor) as late:
            await late.record(happened())
            await make.entries(firm.actor, 1)
            sealing = asyncio.create_task(seals.seal_entries(firm.organization_id))
            done, _ = await asyncio.wait({sealing}, timeout=0.5)
            assert not done
            assert await make.seal_numbers(firm.actor) == []
        await sealing

        assert await covered(firm.actor) == await make.ids(firm.actor)
        assert (await verification.verify_trail(firm.actor)).is_intact

    async def test_is_left_to_the_next_timer_when_it_takes_too_long(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        with monkeypatch.context() as impatient:
            impatient.setattr(seals, "MOST_PATIENCE", 0)
            async with transaction(firm.actor) as late:
                await late.record(happened())
                await make.entries(firm.actor, 1)
                assert await seals.seal_entries(firm.organization_id) == 0
        assert "a transaction takes long" in caplog.text

        await seals.seal_entries(firm.organization_id)

        assert await covered(firm.actor) == await make.ids(firm.actor)

    async def test_that_is_rolled_back_leaves_a_gap_that_nobody_minds(self, firm: Firm) -> None:
        with pytest.raises(Broken):
            await record_in_vain(firm.actor)
        await make.entries(firm.actor, 1)

        await seals.seal_entries(firm.organization_id)

        assert (await verification.verify_trail(firm.actor)).is_intact

    async def test_of_whoever_only_reads_nobody_waits(self, firm: Firm) -> None:
        async with transaction(firm.actor) as reading:
            await reading.value(int, "SELECT count(*) FROM audit_entries")

            assert await seals.seal_entries(firm.organization_id) > 0


class TestSeveralTimersAtOnce:
    async def test_make_one_chain(self, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seals, "SEAL_SIZE", 2)
        await make.entries(firm.actor, 9)

        sealed = await asyncio.gather(*(seals.seal_entries(firm.organization_id) for _ in range(3)))

        assert sum(sealed) == len(await make.ids(firm.actor))
        assert await covered(firm.actor) == await make.ids(firm.actor)
        assert (await verification.verify_trail(firm.actor)).is_intact

    async def test_seal_while_others_write(self, firm: Firm) -> None:
        async def write() -> None:
            await make.entries(firm.actor, 15)

        async def seal() -> None:
            for _ in range(5):
                await seals.seal_entries(firm.organization_id)

        await asyncio.gather(write(), write(), seal(), seal())
        await seals.seal_entries(firm.organization_id)

        assert await covered(firm.actor) == await make.ids(firm.actor)
        assert (await verification.verify_trail(firm.actor)).is_intact


async def test_what_was_sealed_is_in_the_log_which_is_kept_elsewhere(
    firm: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="shared.compliance.seals")
    await seals.seal_entries(firm.organization_id)

    found = await verification.verify_trail(firm.actor)

    assert found.head
    assert found.head.partition("-")[2] in caplog.text
