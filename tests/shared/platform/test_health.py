import asyncio
import logging

import pytest

from shared.platform import blob, cache, db, health
from shared.platform.cache import CacheUnavailable
from shared.platform.db import DatabaseUnavailable
from shared.platform.storage_account import StorageUnavailable


async def test_all_is_well(storage: None) -> None:
    found = await health.check()

    assert found.is_well
    assert found.model_dump() == {"database": "ok", "storage": "ok", "cache": "ok"}


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("part", "error", "answer"),
    [
        (db, DatabaseUnavailable("at 10.0.0.5"), {"database": "unavailable", "storage": "ok"}),
        (blob, StorageUnavailable("at 10.0.0.5"), {"database": "ok", "storage": "unavailable"}),
    ],
)
async def test_what_does_not_answer_is_named_and_the_reason_logged(
    part: object,
    error: Exception,
    answer: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def away() -> None:
        raise error

    monkeypatch.setattr(part, "ping", away)

    with caplog.at_level(logging.WARNING):
        found = await health.check()

    assert not found.is_well
    assert found.model_dump() == answer | {"cache": "ok"}
    assert "10.0.0.5" in caplog.text


@pytest.mark.usefixtures("storage")
async def test_the_app_is_well_without_its_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> None:
        raise CacheUnavailable("gone")

    monkeypatch.setattr(cache, "ping", away)

    found = await health.check()

    assert (found.cache, found.is_well) == ("unavailable", True)


@pytest.mark.usefixtures("storage")
async def test_no_cache_is_no_trouble(no_cache: None) -> None:
    assert (await health.check()).cache == "not_configured"


@pytest.mark.usefixtures("storage")
async def test_what_never_answers_does_not_keep_the_asker_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(blob, "ping", hang)
    monkeypatch.setattr(health, "PATIENCE", 0.2)

    found = await health.check()

    assert found.model_dump() == {"database": "ok", "storage": "unavailable", "cache": "ok"}
