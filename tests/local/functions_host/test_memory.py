"""What survives the process."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from local.functions_host.memory import Memory

Open = Callable[[], Memory]


@pytest.fixture
def reopen(tmp_path: Path) -> Generator[Open]:
    """Each call opens the file anew, with the one before never closed, as after kill -9."""
    opened: list[Memory] = []

    def open_again() -> Memory:
        opened.append(Memory(tmp_path / "host.sqlite"))
        return opened[-1]

    yield open_again
    for memory in opened:
        memory.close()


def test_a_try_that_kills_the_host_counts(reopen: Open) -> None:
    assert [reopen().start_try("f", "in/a", "1") for _ in range(3)] == [1, 2, 3]
    assert reopen().settled_blobs("f") == {}


def test_another_etag_begins_to_count_anew(reopen: Open) -> None:
    memory = reopen()
    memory.start_try("f", "in/a", "1")
    memory.settle("f", "in/a", is_poison=True)

    assert memory.start_try("f", "in/a", "2") == 1
    assert memory.poisoned_blobs() == []


def test_a_settled_blob_is_known_to_its_function_alone(reopen: Open) -> None:
    reopen().start_try("f", "in/a", "1")
    reopen().settle("f", "in/a")

    assert reopen().settled_blobs("f") == {"in/a": "1"}
    assert reopen().settled_blobs("g") == {}
