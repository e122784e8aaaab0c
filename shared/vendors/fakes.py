"""Vendors that say what they were told, for unit tests."""

import base64
import hashlib
from pathlib import Path

from shared.vendors.reading import Measurement, Reading, Unreadable

_ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)


class FakeReader:
    """Answers with what it was given; without a measurement it measures the bytes themselves."""

    def __init__(
        self,
        *,
        measurement: Measurement | None = None,
        reading: Reading | None = None,
        error: Exception | None = None,
    ) -> None:
        self.measurement = measurement
        self.reading = reading or Reading(reader="fake-1", pages=())
        self.error = error
        self.measured: list[Path] = []
        self.read_files: list[Path] = []

    async def measure(self, file: Path) -> Measurement:
        self.measured.append(file)
        if isinstance(self.error, Unreadable):
            raise self.error
        return self.measurement or self._measure(file)

    async def read(self, file: Path, images: Path) -> Reading:
        self.read_files.append(file)
        if self.error:
            raise self.error
        images.mkdir(parents=True, exist_ok=True)
        for page in self.reading.pages:
            (images / f"{page.number}.png").write_bytes(_ONE_PIXEL)
        return self.reading

    async def close(self) -> None:
        pass

    def _measure(self, file: Path) -> Measurement:
        content = file.read_bytes()
        return Measurement(
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="application/pdf",
            pages=max(len(self.reading.pages), 1),
        )
