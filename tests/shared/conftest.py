"""The cloud reader on a server of our own, with the local reader drawing its pages."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from pydantic import SecretStr

from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.form_recognizer import FormRecognizerReader, Patience, Service
from shared.vendors.local_reader import LocalReader
from shared.vendors.roster import Vendors
from tests.shared.vendors.form_recognizer.server import KEY, FormRecognizerServer, serving

IMPATIENT = Patience(seconds=5, longest_wait=2, retries=3, backoff=0, poll_seconds=0.01)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def drawing() -> AsyncGenerator[LocalReader]:
    reader = LocalReader()
    yield reader
    await reader.close()


@pytest.fixture
async def azure() -> AsyncGenerator[FormRecognizerServer]:
    async with serving() as server:
        yield server


@pytest.fixture
def cloud(azure: FormRecognizerServer, drawing: LocalReader) -> FormRecognizerReader:
    return FormRecognizerReader(drawing, Service(azure.url, SecretStr(KEY), IMPATIENT))


@dataclass(frozen=True)
class Readers:
    local: FakeReader
    cloud: FormRecognizerReader
    azure: FormRecognizerServer


@pytest.fixture
def readers(
    storage: None, azure: FormRecognizerServer, cloud: FormRecognizerReader
) -> Generator[Readers]:
    """Both readers at work: the local one says what a test tells it to."""
    local = FakeReader()
    with roster.playing(Vendors(reader=local, cloud=cloud)):
        yield Readers(local, cloud, azure)
