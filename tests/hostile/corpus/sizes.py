"""Files of the wrong size: empty, far too large, or not what was announced."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.corpus.case import (
    EMPTY,
    MISMATCH,
    NOT_A_DOCUMENT,
    REFUSED_AS_TOO_LARGE,
    TOO_LARGE,
    Case,
    Outcome,
    case,
)
from tests.hostile.corpus.raw_pdf import page_saying

MEGABYTE = 2**20


def generated() -> Iterator[Case]:
    yield case("size/nothing", b"", EMPTY)
    yield case("size/one byte of a PDF", b"%", NOT_A_DOCUMENT)
    yield _sparse("300 MB, announced", 300 * MEGABYTE, REFUSED_AS_TOO_LARGE)
    yield _sparse("300 MB, announced as 1 kB", 300 * MEGABYTE, TOO_LARGE, announced=1024)
    over = 100 * MEGABYTE + 1
    yield _sparse("one byte too many, announced", over, REFUSED_AS_TOO_LARGE)
    yield _sparse("as many bytes as may be", 100 * MEGABYTE, NOT_A_DOCUMENT)
    yield _announced("announced larger than it is", 10_000)
    yield _announced("announced smaller than it is", 10)
    yield _announced("announced as nothing", 0)


def _sparse(name: str, size: int, outcome: Outcome, *, announced: int | None = None) -> Case:
    """Zeros that take no room on the disk."""

    def write(file: Path) -> None:
        with file.open("wb") as stream:
            stream.truncate(size)

    return _case(name, write, outcome, announced)


def _announced(name: str, size: int) -> Case:
    def write(file: Path) -> None:
        file.write_bytes(page_saying(name))

    return _case(name, write, MISMATCH, size)


def _case(
    name: str,
    write: Callable[[Path], object],
    outcome: Outcome,
    announced: int | None,
) -> Case:
    return Case(f"size/{name}", write, outcome, f"{name}.pdf", announced)
