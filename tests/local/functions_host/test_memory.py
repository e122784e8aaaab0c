"""What survives the process."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from local.functions_host.memory import DeadLetter, Memory, Poisoned

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
    message = reopen().post("f", "in/a")

    assert [reopen().start_try(message) for _ in range(3)] == [1, 2, 3]
    assert reopen().waiting_messages() == [message]


def test_what_is_settled_is_forgotten(reopen: Open) -> None:
    message, other = reopen().post("f", "in/a", "1"), reopen().post("f", "in/a", "2")
    reopen().settle(message)

    assert reopen().waiting_messages() == [other]


def test_poison_waits_no_more_until_it_is_forgiven(reopen: Open) -> None:
    for _ in range(2):
        message = reopen().post("f", "in/a")
        reopen().give_up(message)

    assert reopen().waiting_messages() == []
    assert reopen().poisoned_blobs() == [Poisoned("f", "in/a")]
    reopen().forgive("g", "in/a")
    assert reopen().poisoned_blobs() == [Poisoned("f", "in/a")]
    reopen().forgive("f", "in/a")
    assert reopen().poisoned_blobs() == []


def test_a_blob_is_known_to_its_function_alone(reopen: Open) -> None:
    reopen().note_blob("f", "in/a", "1")
    reopen().note_blob("f", "in/a", "2")

    assert reopen().known_blobs("f") == {"in/a": "2"}
    assert reopen().known_blobs("g") == {}


def test_dead_letters_are_kept(reopen: Open) -> None:
    letter = DeadLetter("f", "in/a", "answered with 401")
    reopen().note_dead_letter(letter)

    assert reopen().dead_letters() == [letter]
