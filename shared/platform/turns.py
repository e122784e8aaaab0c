"""One after another, so that what goes wrong with one keeps none of the others waiting."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

Turn = Callable[[], AbstractContextManager[None]]


@contextmanager
def each_in_turn(told: str) -> Generator[Turn]:
    """What is raised in a turn is raised after the last of them, with what the others have raised.

    A group that is raised in a turn joins it one by one: who asks wants to know what went wrong.
    """
    failed: list[Exception] = []

    @contextmanager
    def turn() -> Generator[None]:
        try:
            yield
        except ExceptionGroup as group:
            failed.extend(group.exceptions)
        except Exception as error:  # noqa: BLE001 - the others have their turn first
            failed.append(error)

    with turn():
        yield turn
    if failed:
        raise ExceptionGroup(told, failed)
