"""The role that wraps data keys: without it, what lies in the database opens nothing."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from shared.platform import crypto, master_key
from shared.platform.errors import VendorRejected, VendorUnavailable


class KeyVaultUnavailable(VendorUnavailable):
    """The vault that holds the master key does not answer."""

    code = "key_vault_unavailable"
    remedy = "Try again in a minute"


class KeyVaultRejected(VendorRejected):
    """The vault does not let this app use the master key, or does not have it."""

    code = "key_vault_rejected"
    remedy = "Ask whoever runs the service to look at the vault and its access rules"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key that only the key named ``by`` opens."""

    by: str
    text: bytes


class KeyWrapper(Protocol):
    """``purpose`` says whose key it is, and what for; it opens for the same purpose only.

    Raises ``NotOurs`` for anything else.
    """

    @property
    def current(self) -> str:
        """The name of the key that wraps now."""
        ...

    async def wrap(self, data_key: bytes, purpose: str) -> Wrapped: ...

    async def unwrap(self, wrapped: Wrapped, purpose: str) -> bytes: ...


class FileWrapper:
    """Wraps with a key in a file, for machines of one's own."""

    def __init__(self, path: str) -> None:
        self._keys = {_name(key): key for key in master_key.keys(path)}

    @property
    def current(self) -> str:
        return next(iter(self._keys))

    async def wrap(self, data_key: bytes, purpose: str) -> Wrapped:
        return Wrapped(self.current, crypto.wrap(self._keys[self.current], data_key, purpose))

    async def unwrap(self, wrapped: Wrapped, purpose: str) -> bytes:
        oldest = [*self._keys][-1]  # named nothing yet, when there was only one
        key = self._keys.get(wrapped.by or oldest)
        if key is None:
            raise crypto.NotOurs("It was wrapped with a key that is not in the key file")
        return crypto.unwrap(key, wrapped.text, purpose)


def _name(key: bytes) -> str:
    return f"file:{sha256(b'name of ' + key).hexdigest()[:16]}"
