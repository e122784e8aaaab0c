"""Who plays which role in this process; a test installs fakes."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from shared.platform.settings import settings
from shared.vendors.key_wrapping import FileWrapper, KeyWrapper
from shared.vendors.reading import CloudReader, NoReader, Reader


@cache
def _key_wrapper() -> KeyWrapper:
    if settings().master_key_file:
        return FileWrapper(settings().master_key_file)
    from shared.vendors.key_vault import KeyVaultWrapper

    return KeyVaultWrapper(settings().key_vault_key_id)


@dataclass(frozen=True, slots=True)
class Vendors:
    """``cloud`` reads for firms that allow it; a deployment may have none."""

    reader: Reader
    cloud: CloudReader | None = None
    wrapper: KeyWrapper = field(default_factory=_key_wrapper)


_installed: list[Vendors] = []


def vendors() -> Vendors:
    if not _installed:
        _installed.append(_vendors())
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


def _vendors() -> Vendors:
    """The cloud reader needs the local one to draw the pages."""
    if settings().reader != "local":
        return Vendors(NoReader())
    from shared.vendors.local_reader import Limits, LocalReader

    local = LocalReader(Limits(page_cpu_seconds=settings().reader_page_seconds))
    endpoint, key = settings().form_recognizer_endpoint, settings().form_recognizer_key
    if not endpoint:
        return Vendors(local)
    from shared.vendors.form_recognizer import FormRecognizerReader, Service

    return Vendors(local, FormRecognizerReader(local, Service(endpoint, key)))
