"""The storage account behind our blobs: one client for each event loop, and what signs for it.

A laptop has a connection string with the account's key. In Azure there is no key: the managed
identity signs in, and what it lets others do is signed with a key Storage lends to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from shared.platform import azure_identity
from shared.platform.errors import NotFound, VendorUnavailable
from shared.platform.settings import settings

if TYPE_CHECKING:
    from azure.storage.blob import UserDelegationKey
    from azure.storage.blob.aio import BlobServiceClient

CLOCK_SKEW = timedelta(minutes=5)
KEY_LASTS = timedelta(hours=2)  # whoever stole it could sign for so long


class BlobNotFound(NotFound):
    """The file's bytes are not in storage."""

    code = "blob_not_found"
    remedy = "Have the file sent or made again"


class StorageUnavailable(VendorUnavailable):
    """The storage of files does not answer."""

    code = "storage_unavailable"
    remedy = "Try again in a moment"


class SigningKey(NamedTuple):
    """The account's own or one that was lent: one of the two."""

    account_key: str | None
    user_delegation_key: UserDelegationKey | None


@dataclass(frozen=True, slots=True)
class _Lent:
    key: UserDelegationKey
    until: datetime


@dataclass(slots=True)
class _Account:
    client: BlobServiceClient
    lent: _Lent | None = None


def service() -> BlobServiceClient:
    return _account().client


async def signing_key(until: datetime) -> SigningKey:
    """Signs permissions that end by then; a key that was lent is kept until it is too short."""
    account = _account()
    key = getattr(account.client.credential, "account_key", None)
    if key:
        return SigningKey(key, None)
    if account.lent is None or account.lent.until < until:
        account.lent = await _borrow(account.client)
    return SigningKey(None, account.lent.key)


async def _borrow(client: BlobServiceClient) -> _Lent:
    now = datetime.now(UTC)
    with translated():
        key = await client.get_user_delegation_key(now - CLOCK_SKEW, now + KEY_LASTS)
    return _Lent(key, now + KEY_LASTS)


async def close() -> None:
    """Give this event loop's connections back."""
    account = _accounts().pop(asyncio.get_running_loop(), None)
    if account:
        await account.client.close()


@contextmanager
def translated() -> Generator[None]:
    """The SDK's errors in our words: a container that is missing is no lost blob."""
    from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError

    try:
        yield
    except ResourceNotFoundError as error:
        if getattr(error, "error_code", None) == "ContainerNotFound":
            raise StorageUnavailable("The storage account has no such container") from error
        raise BlobNotFound("There is no such blob") from error
    except HttpResponseError as error:
        raise StorageUnavailable(f"Blob Storage answered {error.status_code}") from error
    except AzureError as error:
        raise StorageUnavailable("Blob Storage cannot be reached") from error


@cache
def _accounts() -> WeakKeyDictionary[asyncio.AbstractEventLoop, _Account]:
    return WeakKeyDictionary()


def _account() -> _Account:
    loop = asyncio.get_running_loop()
    if loop not in _accounts():
        _accounts()[loop] = _Account(_client())
    return _accounts()[loop]


def _client() -> BlobServiceClient:
    from azure.storage.blob.aio import BlobServiceClient

    config = settings()
    if config.documents_storage:
        secret = config.documents_storage.get_secret_value()
        return BlobServiceClient.from_connection_string(secret, retry_total=3, initial_backoff=1)
    assert config.documents_storage_uri
    return BlobServiceClient(
        config.documents_storage_uri,
        credential=azure_identity.credential(),
        retry_total=3,
        initial_backoff=1,
    )
