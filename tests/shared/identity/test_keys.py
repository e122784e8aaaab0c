from typing import LiteralString

import pytest
from psycopg.errors import InsufficientPrivilege

from shared.identity.keys import open_keyring
from shared.platform.crypto import Keyring, NotOurs, place
from shared.platform.db import transaction
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
    ours = await keyring_of(firm)

    assert ours.seal_key != ours.hash_key


async def test_no_key_lies_open_in_the_database(firm: Firm) -> None:
    ours = await keyring_of(firm)
    async with transaction(firm.actor) as tx:
        kept = [
            await tx.value(bytes, "SELECT seal_key_wrapped FROM organization_keys"),
            await tx.value(bytes, "SELECT hash_key_wrapped FROM organization_keys"),
        ]

    for key in (ours.seal_key, ours.hash_key):
        assert not any(key in each for each in kept)


@pytest.mark.parametrize(
    "change",
    ["UPDATE organization_keys SET created_at = now()", "DELETE FROM organization_keys"],
)
async def test_the_app_never_changes_or_deletes_a_key(firm: Firm, change: LiteralString) -> None:
    """What is lost with a data key is lost for good."""
    with pytest.raises(InsufficientPrivilege):
        async with transaction(firm.actor) as tx:
            await tx.run(change)
