"""A blob in the queue is delivered, whatever gets in the way of a try."""

import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from local.functions_host.blob_delivery import BlobFunction
from local.functions_host.blob_queue import BlobQueue
from local.functions_host.blob_storage import FetchedBlob
from local.functions_host.configuration import Configuration
from local.functions_host.memory import Memory
from tests.local.functions_host.hosting import until

BLOB = FetchedBlob("firm/a", "0x1", "http://local/uploads/firm/a", None, {}, {})


class FullAtFirst:
    """A function that has the host meet a full disk when it asks for the blob first."""

    name = "on_client"

    def __init__(self) -> None:
        self.asked = 0
        self.invoked: list[FetchedBlob] = []

    async def fetch(self, blob: str) -> FetchedBlob:
        assert blob == "uploads/firm/a"
        self.asked += 1
        if self.asked == 1:
            raise sqlite3.OperationalError("database or disk is full")
        return BLOB

    async def invoke(self, blob: FetchedBlob) -> bool:
        self.invoked.append(blob)
        return True


@pytest.fixture
def memory(tmp_path: Path) -> Generator[Memory]:
    memory = Memory(tmp_path / "host.sqlite")
    yield memory
    memory.close()


async def test_an_unexpected_error_is_told_and_the_blob_is_tried_again(
    memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    function = FullAtFirst()
    functions: Any = {"on_client": cast(BlobFunction, function)}
    queue = BlobQueue(functions, memory, Configuration())
    queue.post("on_client", "uploads/firm/a", "0x1")
    await until(lambda: not memory.waiting_messages())
    await queue.stop()

    assert function.invoked == [BLOB]
    assert "database or disk is full" in caplog.text
