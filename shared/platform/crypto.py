"""Sealing what must not be readable in a stolen table: AES-256-GCM under a firm's own data keys.

A sealed value is a version byte, the two bytes of the version of the firm's keys, a 12-byte nonce
and the ciphertext with its tag. It opens only in the place it was sealed for (table, column, row),
so a value cannot be moved to another row.
"""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

FORMAT = b"\x02"
FIRST_FORMAT = b"\x01"  # without a version of keys: there was only the first
NONCE_BYTES = 12
KEY_BYTES = 32
KEY_VERSION_BYTES = 2
MAX_KEY_VERSION = 2 ** (8 * KEY_VERSION_BYTES) - 1


class NotOurs(ValueError):
    """It was not sealed with these keys, for this place, or it was changed since."""


@dataclass(frozen=True, slots=True)
class DataKeys:
    """One version of an organization's keys, unwrapped: to seal, and to find equal values by."""

    version: int
    seal_key: bytes
    hash_key: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """An organization's data keys. The retired ones open what has not been sealed anew yet."""

    active: DataKeys
    retired: tuple[DataKeys, ...] = ()

    def seal(self, plain: bytes, place: str) -> bytes:
        version = self.active.version.to_bytes(KEY_VERSION_BYTES)
        return FORMAT + version + _encrypt(self.active.seal_key, plain, place)

    def unseal(self, sealed: bytes, place: str) -> bytes:
        version, text = _opened(sealed)
        for keys in (self.active, *self.retired):
            if keys.version == version:
                return _decrypt(keys.seal_key, text, place)
        raise NotOurs("This was sealed with keys that are not there")

    def hash(self, canonical: str) -> bytes:
        """The same for equal values of one organization, and useless without its key."""
        return _hash(self.active, canonical)

    def hashes(self, canonical: str) -> list[bytes]:
        """Whichever of them a row has, it holds this value."""
        return [_hash(keys, canonical) for keys in (self.active, *self.retired)]


def place(table: str, column: str, row_id: object) -> str:
    return f"{table}|{column}|{row_id}"


def new_data_keys(version: int) -> DataKeys:
    return DataKeys(version, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


def wrap(master_key: bytes, data_key: bytes, purpose: str) -> bytes:
    return FIRST_FORMAT + _encrypt(master_key, data_key, purpose)


def unwrap(master_key: bytes, wrapped: bytes, purpose: str) -> bytes:
    if wrapped[:1] != FIRST_FORMAT:
        raise NotOurs("This was wrapped in a way we do not know")
    return _decrypt(master_key, wrapped[1:], purpose)


def sealed_with(sealed: bytes) -> int:
    """The version of the keys that open it; Postgres reads the same from a row, see 0014."""
    return _opened(sealed)[0]


def _opened(sealed: bytes) -> tuple[int, bytes]:
    match sealed[:1]:
        case b"\x01":
            return 1, sealed[1:]
        case b"\x02":
            end = 1 + KEY_VERSION_BYTES
            return int.from_bytes(sealed[1:end]), sealed[end:]
        case _:
            raise NotOurs("This was sealed in a way we do not know")


def _hash(keys: DataKeys, canonical: str) -> bytes:
    return hmac.digest(keys.hash_key, canonical.encode(), sha256)


def _encrypt(key: bytes, plain: bytes, associated: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated.encode())


def _decrypt(key: bytes, text: bytes, associated: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, sealed = text[:NONCE_BYTES], text[NONCE_BYTES:]
    if len(nonce) < NONCE_BYTES:
        raise NotOurs("This is too short to have been sealed")
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated.encode())
    except InvalidTag as error:
        raise NotOurs("This was not sealed with this key for this place") from error
