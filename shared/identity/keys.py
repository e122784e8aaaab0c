"""The data keys of a firm: made with it, kept wrapped, unwrapped for a transaction's work.

With Key Vault an unwrapped key is kept in memory for some minutes; only when it is not there does
a transaction wait for the vault, seconds at the most.
"""

from datetime import UTC, datetime
from uuid import UUID

from shared.identity.models import KeyVersion
from shared.identity.queries import keys as queries
from shared.platform import crypto
from shared.platform.crypto import DataKeys, Keyring
from shared.platform.db import Tx
from shared.platform.errors import NotFound
from shared.vendors.key_wrapping import Wrapped
from shared.vendors.roster import vendors


class KeysDestroyed(NotFound):
    """The organization was erased, and whatever was sealed for it is lost with its keys."""


async def make_keys(tx: Tx) -> None:
    organization_id = tx.actor.organization_id
    await queries.insert_keys(tx, await wrapped(organization_id, crypto.new_data_keys(1)))


async def open_keyring(tx: Tx) -> Keyring:
    found = await queries.list_keys(tx)
    if not found:
        raise KeysDestroyed("The organization has no keys any more")
    active, *retired = [await unwrapped(tx.actor.organization_id, each) for each in found]
    return Keyring(active, tuple(retired))


async def wrapped(organization_id: UUID, keys: DataKeys) -> KeyVersion:
    wrapper = vendors().wrapper
    seal_key = await wrapper.wrap(keys.seal_key, _purpose(organization_id, "seal", keys.version))
    hash_key = await wrapper.wrap(keys.hash_key, _purpose(organization_id, "hash", keys.version))
    return KeyVersion(
        version=keys.version,
        wrapped_by=seal_key.by,
        seal_key_wrapped=seal_key.text,
        hash_key_wrapped=hash_key.text,
        created_at=datetime.now(UTC),
        retired_at=None,
    )


async def unwrapped(organization_id: UUID, keys: KeyVersion) -> DataKeys:
    wrapper = vendors().wrapper
    seal_key = Wrapped(keys.wrapped_by, keys.seal_key_wrapped)
    hash_key = Wrapped(keys.wrapped_by, keys.hash_key_wrapped)
    return DataKeys(
        keys.version,
        await wrapper.unwrap(seal_key, _purpose(organization_id, "seal", keys.version)),
        await wrapper.unwrap(hash_key, _purpose(organization_id, "hash", keys.version)),
    )


def _purpose(organization_id: UUID, use: str, version: int) -> str:
    """So that no key is taken for another firm's, another use's or another version's."""
    ours = f"{organization_id}|{use}"
    return ours if version == 1 else f"{ours}|{version}"
