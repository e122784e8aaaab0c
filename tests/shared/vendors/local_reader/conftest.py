import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import psutil
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


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110, processes and files send no event
            await asyncio.sleep(0.005)


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}
