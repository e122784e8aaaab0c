from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.vendors.local_reader import LocalReader
from shared.vendors.local_reader.files import open_file
from shared.vendors.local_reader.ocr import Ocr
from shared.vendors.reading import Page


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reader() -> AsyncGenerator[LocalReader]:
    """One warm worker for all that is not about the worker."""
    reader = LocalReader()
    yield reader
    await reader.close()


@pytest.fixture(scope="session")
def ocr() -> Ocr:
    return Ocr()


def first_page(file: Path, ocr: Ocr | None = None, images: Path | None = None) -> Page:
    """Read in this process, without the worker."""
    with open_file(file) as opened:
        return opened.read_page(1, images, ocr or Ocr())
