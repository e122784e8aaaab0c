from uuid import uuid4

import pytest

from shared.clients.clients import add_client
from shared.clients.models import NewClient
from shared.identity import key_rotation
from shared.identity.keys import open_keyring
from shared.platform.actor import system
from shared.platform.crypto import Keyring, NotOurs, new_data_keys, place
from shared.platform.db import transaction
from shared.platform.errors import UnknownReference
from tests.make.identity import Firm

HERE = place("clients", "tin_sealed", "the-row")


async def keyring_of(firm: Firm) -> Keyring:
    async with transaction(firm.actor) as tx:
        return await open_keyring(tx)


async def test_a_firm_opens_tomorrow_what_it_sealed_today(firm: Firm) -> None:
    sealed = (await keyring_of(firm)).seal(b"412557834", HERE)

    assert (await keyring_of(firm)).unseal(sealed, HERE) == b"412557834"


async def test_another_firm_opens_nothing_and_finds_nothing(firm: Firm, other_firm: Firm) -> None:
    ours, theirs = await keyring_of(firm), await keyring_of(other_firm)

    with pytest.raises(NotOurs):
        theirs.unseal(ours.seal(b"412557834", HERE), HERE)
    assert ours.hash("412557834") != theirs.hash("412557834")


async def test_sealing_and_finding_have_keys_of_their_own(firm: Firm) -> None:
    ours = (await keyring_of(firm)).active

    assert ours.seal_key != ours.hash_key


async def test_no_key_lies_open_in_the_database(firm: Firm) -> None:
    ours = (await keyring_of(firm)).active
    async with transaction(firm.actor) as tx:
        kept = [
            await tx.value(bytes, "SELECT seal_key_wrapped FROM organization_keys"),
            await tx.value(bytes, "SELECT hash_key_wrapped FROM organization_keys"),
        ]

    for key in (ours.seal_key, ours.hash_key):
        assert not any(key in each for each in kept)


async def test_a_wrapped_key_of_another_firm_opens_nothing(firm: Firm, other_firm: Firm) -> None:
    """Whoever can write to the table cannot lend one firm's key to another."""
    async with transaction(other_firm.actor) as tx:
        theirs = await tx.value(bytes, "SELECT seal_key_wrapped FROM organization_keys")
    async with transaction(firm.actor) as tx:
        await tx.run("UPDATE organization_keys SET seal_key_wrapped = %(theirs)s", theirs=theirs)

    with pytest.raises(NotOurs):
        await keyring_of(firm)


async def test_active_keys_are_deleted_by_nobody(firm: Firm) -> None:
    """What is lost with a data key is lost for good."""
    async with transaction(firm.actor) as tx:
        assert await tx.run("DELETE FROM organization_keys") == 0


async def test_keys_that_were_retired_lately_are_deleted_by_nobody(firm: Firm) -> None:
    """Whoever has unwrapped them may be about to seal with them."""
    await key_rotation.begin_rotation(system(firm.organization_id), 1)

    async with transaction(firm.actor) as tx:
        assert await tx.run("DELETE FROM organization_keys") == 0


async def test_keys_that_a_row_needs_are_deleted_by_nobody(firm: Firm) -> None:
    await add_client(firm.actor, uuid4(), NewClient(name="Grace", tin="412-55-7834"))
    await key_rotation.begin_rotation(system(firm.organization_id), 1)
    await retired_two_days_ago(firm)

    with pytest.raises(UnknownReference):
        async with transaction(firm.actor) as tx:
            await tx.run("DELETE FROM organization_keys WHERE state = 'retired'")


async def test_nothing_is_kept_that_was_sealed_with_keys_that_are_gone(firm: Firm) -> None:
    stray = Keyring(new_data_keys(7)).seal(b"412-55-7834", HERE)

    with pytest.raises(UnknownReference):
        async with transaction(firm.actor) as tx:
            await tx.run(
                """
                UPDATE clients
                SET tin_sealed = %(stray)s, tin_hash = '', tin_last4 = '7834'
                """,
                stray=stray,
            )


async def retired_two_days_ago(firm: Firm) -> None:
    async with transaction(firm.actor) as tx:
        await tx.run(
            """
            UPDATE organization_keys SET retired_at = now() - interval '2 days'
            WHERE state = 'retired'
            """
        )
