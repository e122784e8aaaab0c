"""Azure Key Vault as the wrapper of data keys: the master key never leaves it."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from shared.platform import azure_identity
from shared.platform.crypto import NotOurs
from shared.vendors.key_wrapping import KeyVaultRejected, KeyVaultUnavailable, Wrapped

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.keys.crypto.aio import CryptographyClient

KEPT_SECONDS = 300.0
MOST_KEPT = 5_000
PATIENCE: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10, "retry_total": 2}
_REFUSALS = frozenset({400, 401, 403, 404})
_DIGEST_BYTES = 32


class KeyVaultWrapper:
    """RSA-OAEP-256 binds nothing to its text, so a digest of the purpose is wrapped with the key.

    ``key_id`` names one version of a key. What an earlier one wrapped opens while the vault has it.
    Data keys stay in memory for some minutes, or each request would wait for the vault.
    """

    def __init__(
        self,
        key_id: str,
        credential: Callable[[], AsyncTokenCredential] = azure_identity.credential,
        **options: Any,
    ) -> None:
        self._key_id = key_id
        self._credential = credential
        self._options = PATIENCE | options
        self._clients: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[str, CryptographyClient]
        ] = WeakKeyDictionary()
        self._kept: dict[Wrapped, tuple[float, bytes]] = {}

    @property
    def current(self) -> str:
        return self._key_id

    async def wrap(self, data_key: bytes, purpose: str) -> Wrapped:
        from azure.keyvault.keys.crypto import KeyWrapAlgorithm

        with _translated():
            made = await self._client(self._key_id).wrap_key(
                KeyWrapAlgorithm.rsa_oaep_256, _digest(purpose) + data_key
            )
        return Wrapped(self._key_id, made.encrypted_key)

    async def unwrap(self, wrapped: Wrapped, purpose: str) -> bytes:
        plain = self._find_kept(wrapped) or await self._ask(wrapped)
        digest, data_key = plain[:_DIGEST_BYTES], plain[_DIGEST_BYTES:]
        if not hmac.compare_digest(digest, _digest(purpose)):
            raise NotOurs("This key was not wrapped for this purpose")
        return data_key

    async def close(self) -> None:
        """Give this event loop's connections back."""
        for client in self._clients.pop(asyncio.get_running_loop(), {}).values():
            await client.close()

    async def _ask(self, wrapped: Wrapped) -> bytes:
        from azure.keyvault.keys.crypto import KeyWrapAlgorithm

        with _translated():
            opened = await self._client(wrapped.by).unwrap_key(
                KeyWrapAlgorithm.rsa_oaep_256, wrapped.text
            )
        self._keep(wrapped, opened.key)
        return opened.key

    def _find_kept(self, wrapped: Wrapped) -> bytes | None:
        until, plain = self._kept.get(wrapped, (0.0, b""))
        return plain if time.time() < until else None

    def _keep(self, wrapped: Wrapped, plain: bytes) -> None:
        now = time.time()
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[wrapped] = (now + KEPT_SECONDS, plain)

    def _client(self, key_id: str) -> CryptographyClient:
        from azure.keyvault.keys.crypto.aio import CryptographyClient

        clients = self._clients.setdefault(asyncio.get_running_loop(), {})
        if key_id not in clients:
            clients[key_id] = CryptographyClient(key_id, self._credential(), **self._options)
        return clients[key_id]


def _digest(purpose: str) -> bytes:
    return sha256(purpose.encode()).digest()


@contextmanager
def _translated() -> Generator[None]:
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    try:
        yield
    except ClientAuthenticationError as error:
        raise KeyVaultRejected("The vault does not know this app") from error
    except HttpResponseError as error:
        if error.status_code in _REFUSALS:
            raise KeyVaultRejected("The vault does not open this key for this app") from error
        raise KeyVaultUnavailable("The vault does not answer as it should") from error
    except AzureError as error:
        raise KeyVaultUnavailable("The vault does not answer") from error
