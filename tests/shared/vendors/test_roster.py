"""Which readers a deployment has, by its settings."""

from collections.abc import Generator

import pytest

from shared.platform.settings import settings
from shared.vendors import roster
from shared.vendors.form_recognizer import FormRecognizerReader
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import NoReader
from shared.vendors.roster import Vendors, vendors


@pytest.fixture(autouse=True)
def a_new_process() -> Generator[None]:
    with roster.playing(Vendors(NoReader())):
        roster._installed.clear()  # pyright: ignore[reportPrivateUsage]
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("reader", "endpoint", "local", "cloud"),
    [
        ("local", "", LocalReader, type(None)),
        ("local", "https://nowhere.test", LocalReader, FormRecognizerReader),
        ("none", "https://nowhere.test", NoReader, type(None)),
    ],
    ids=["local alone", "with a cloud reader", "nothing that could draw its pages"],
)
def test_the_settings_say_who_reads(
    monkeypatch: pytest.MonkeyPatch, reader: str, endpoint: str, local: type, cloud: type
) -> None:
    monkeypatch.setenv("READER", reader)
    monkeypatch.setenv("FORM_RECOGNIZER_ENDPOINT", endpoint)

    assert type(vendors().reader) is local
    assert type(vendors().cloud) is cloud
