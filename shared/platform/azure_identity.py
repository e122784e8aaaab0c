"""Who this process is to Azure, where no key or connection string says so.

In Azure the app's managed identity (``AZURE_CLIENT_ID`` names a user-assigned one), on a
developer's machine whoever has signed in.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.identity.aio import DefaultAzureCredential


def credential() -> AsyncTokenCredential:
    """One for each event loop: it keeps its tokens, and its connections live on the loop."""
    from azure.identity.aio import DefaultAzureCredential

    loop = asyncio.get_running_loop()
    if loop not in _credentials():
        _credentials()[loop] = DefaultAzureCredential()
    return _credentials()[loop]


async def close() -> None:
    """Give this event loop's connections back."""
    found = _credentials().pop(asyncio.get_running_loop(), None)
    if found:
        await found.close()


@cache
def _credentials() -> WeakKeyDictionary[asyncio.AbstractEventLoop, DefaultAzureCredential]:
    return WeakKeyDictionary()
