import secrets
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import time_machine
from azure.core.credentials import AccessToken

from shared.platform.crypto import NotOurs
from shared.vendors.key_vault import KEPT_SECONDS, KeyVaultWrapper
from shared.vendors.key_wrapping import KeyVaultRejected, KeyVaultUnavailable, Wrapped
from tests.shared.vendors.key_vault.server import (
    TOKEN,
    KeyVaultServer,
    certificate_file,
    serving,
)

DATA_KEY = secrets.token_bytes(32)


class Identity:
    """Has a token for whoever asks."""

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        del scopes, kwargs
        return AccessToken(TOKEN, int(time.time()) + 3600)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None: ...


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[KeyVaultServer]:
    async with serving(tmp_path) as server:
        yield server


@pytest.fixture
async def wrapper(vault: KeyVaultServer, tmp_path: Path) -> AsyncGenerator[KeyVaultWrapper]:
    made = wrapper_of(vault, tmp_path, "v1")
    yield made
    await made.close()


def wrapper_of(vault: KeyVaultServer, folder: Path, version: str) -> KeyVaultWrapper:
    return KeyVaultWrapper(
        vault.key_id(version),
        Identity,
        connection_verify=str(certificate_file(folder)),
        verify_challenge_resource=False,  # its name is not in vault.azure.net
        retry_backoff_factor=0.01,
    )


class TestWrapping:
    async def test_what_one_process_wraps_another_unwraps(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper, tmp_path: Path
    ) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        elsewhere = wrapper_of(vault, tmp_path, "v1")

        assert await elsewhere.unwrap(wrapped, "firm|seal") == DATA_KEY
        assert DATA_KEY not in wrapped.text
        assert wrapped.by == wrapper.current == vault.key_id("v1")
        await elsewhere.close()

    async def test_works_without_the_permission_to_read_the_key(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper
    ) -> None:
        vault.may_get = False

        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")

        assert await wrapper.unwrap(wrapped, "firm|seal") == DATA_KEY
        assert "wrapkey v1" in vault.asked

    async def test_opens_for_the_same_purpose_alone(self, wrapper: KeyVaultWrapper) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")

        for purpose in ("another|seal", "firm|hash"):
            with pytest.raises(NotOurs):
                await wrapper.unwrap(wrapped, purpose)

    async def test_an_earlier_version_of_the_key_still_unwraps(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper, tmp_path: Path
    ) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        newer = wrapper_of(vault, tmp_path, "v2")

        assert await newer.unwrap(wrapped, "firm|seal") == DATA_KEY
        assert (await newer.wrap(DATA_KEY, "firm|seal")).by == vault.key_id("v2")
        await newer.close()


class TestKeeping:
    async def test_the_vault_is_asked_once_for_some_minutes(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper
    ) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")

        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            for _ in range(3):
                await wrapper.unwrap(wrapped, "firm|seal")
            assert vault.asked.count("unwrapkey v1") == 1
            clock.shift(KEPT_SECONDS + 1)
            await wrapper.unwrap(wrapped, "firm|seal")

        assert vault.asked.count("unwrapkey v1") == 2

    async def test_what_is_kept_opens_for_its_purpose_alone(self, wrapper: KeyVaultWrapper) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        await wrapper.unwrap(wrapped, "firm|seal")

        with pytest.raises(NotOurs):
            await wrapper.unwrap(wrapped, "another|seal")


class TestTroubles:
    @pytest.mark.parametrize("status", [500, 503, 429])
    async def test_a_vault_in_trouble_may_be_asked_again(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper, status: int
    ) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        vault.failing = status

        with pytest.raises(KeyVaultUnavailable):
            await wrapper.unwrap(wrapped, "firm|seal")

        vault.failing = None
        assert await wrapper.unwrap(wrapped, "firm|seal") == DATA_KEY

    async def test_a_vault_that_is_not_there_may_be_asked_again(
        self, vault: KeyVaultServer, tmp_path: Path
    ) -> None:
        nowhere = wrapper_of(vault, tmp_path, "v1")
        wrapped = Wrapped("https://127.0.0.1:9/keys/master/v1", b"x" * 256)

        with pytest.raises(KeyVaultUnavailable):
            await nowhere.unwrap(wrapped, "firm|seal")
        await nowhere.close()

    async def test_a_key_that_is_gone_opens_nothing(
        self, vault: KeyVaultServer, wrapper: KeyVaultWrapper
    ) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        vault.keys.clear()

        with pytest.raises(KeyVaultRejected):
            await wrapper.unwrap(wrapped, "firm|seal")

    async def test_what_was_changed_opens_nothing(self, wrapper: KeyVaultWrapper) -> None:
        wrapped = await wrapper.wrap(DATA_KEY, "firm|seal")
        changed = Wrapped(wrapped.by, bytes([wrapped.text[0] ^ 1]) + wrapped.text[1:])

        with pytest.raises(KeyVaultRejected):
            await wrapper.unwrap(changed, "firm|seal")
