"""The data keys of a firm: made with it, kept wrapped, unwrapped for a transaction's work."""

from shared.identity import queries
from shared.identity.models import WrappedKeys
from shared.platform import crypto
from shared.platform.crypto import Keyring
from shared.platform.db import Tx
from shared.platform.settings import settings


async def make_keys(tx: Tx) -> None:
    await queries.insert_keys(
        tx,
        WrappedKeys(
            seal_key_wrapped=_wrap(tx, "seal", crypto.new_data_key()),
            hash_key_wrapped=_wrap(tx, "hash", crypto.new_data_key()),
        ),
    )


async def open_keyring(tx: Tx) -> Keyring:
    found = await queries.get_keys(tx)
    return Keyring(
        seal_key=_unwrap(tx, "seal", found.seal_key_wrapped),
        hash_key=_unwrap(tx, "hash", found.hash_key_wrapped),
    )


def _wrap(tx: Tx, purpose: str, key: bytes) -> bytes:
    return crypto.wrap(_master(), key, f"{tx.actor.organization_id}|{purpose}")


def _unwrap(tx: Tx, purpose: str, wrapped: bytes) -> bytes:
    return crypto.unwrap(_master(), wrapped, f"{tx.actor.organization_id}|{purpose}")


def _master() -> str:
    return settings().master_key.get_secret_value()
