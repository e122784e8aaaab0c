"""Who plays which role in this process; a test installs fakes."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.platform.settings import settings
from shared.vendors.reading import NoReader, Reader


@dataclass(frozen=True, slots=True)
class Vendors:
    reader: Reader


_installed: list[Vendors] = []


def vendors() -> Vendors:
    if not _installed:
        _installed.append(Vendors(reader=_reader()))
    return _installed[0]


@contextmanager
def playing(roster: Vendors) -> Generator[None]:
    """These play the roles until the block ends."""
    before = _installed[:]
    _installed[:] = [roster]
    try:
        yield
    finally:
        _installed[:] = before


def _reader() -> Reader:
    if settings().reader == "local":
        from shared.vendors.local_reader import LocalReader

        return LocalReader()
    return NoReader()
