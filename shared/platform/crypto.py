"""Sealing what must not be readable in a stolen table: AES-256-GCM under a firm's own data key.

A sealed value is a version byte, a 12-byte nonce and the ciphertext with its tag. It opens only in
the place it was sealed for (table, column, row), so a value cannot be moved to another row.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class NotOurs(ValueError):
    """It was not sealed with this key, for this place, or it was changed since."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """One organization's data keys, unwrapped."""

    seal_key: bytes
    hash_key: bytes

    def seal(self, plain: bytes, place: str) -> bytes:
        return _encrypt(self.seal_key, plain, place)

    def unseal(self, sealed: bytes, place: str) -> bytes:
        return _decrypt(self.seal_key, sealed, place)

    def hash(self, canonical: str) -> bytes:
        """The same for equal values of one organization, and useless without its key."""
        return hmac.digest(self.hash_key, canonical.encode(), sha256)


def place(table: str, column: str, row_id: object) -> str:
    return f"{table}|{column}|{row_id}"


def new_data_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def wrap(master_key: str, data_key: bytes, purpose: str) -> bytes:
    return _encrypt(_decoded(master_key), data_key, purpose)


def unwrap(master_key: str, wrapped: bytes, purpose: str) -> bytes:
    return _decrypt(_decoded(master_key), wrapped, purpose)


def _decoded(master_key: str) -> bytes:
    try:
        key = base64.b64decode(master_key, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("MASTER_KEY must be 32 bytes in base64")
    return key


def _encrypt(key: bytes, plain: bytes, associated: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, associated.encode())


def _decrypt(key: bytes, sealed: bytes, associated: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != VERSION or len(nonce) < NONCE_BYTES:
        raise NotOurs("This was sealed by a version we do not know")
    try:
        return AESGCM(key).decrypt(nonce, text, associated.encode())
    except InvalidTag as error:
        raise NotOurs("This was not sealed with this key for this place") from error
