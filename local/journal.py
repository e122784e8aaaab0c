"""One readable log: every part's lines on stdout behind its name, and in a file of its own."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

KEPT_BYTES = 5 * 2**20
KEPT_FILES = 2
LAST_WORDS = 3
WIDTH = 8


class Journal:
    def __init__(self, folder: Path, *, echo: bool = True) -> None:
        self.folder = folder
        self.echo = echo
        self._files: dict[str, RotatingFileHandler] = {}
        self._last: dict[str, deque[str]] = {}

    def write(self, name: str, text: str) -> None:
        self._file(name).handle(logging.makeLogRecord({"msg": text}))
        self._last.setdefault(name, deque(maxlen=LAST_WORDS)).append(text)
        if self.echo:
            with suppress(OSError):  # whoever read our output has left
                print(
                    f"{datetime.now().astimezone():%H:%M:%S} {name:<{WIDTH}} │ {text}", flush=True
                )

    async def follow(self, name: str, output: asyncio.StreamReader) -> None:
        async for line in _lines(output):
            self.write(name, line)

    def last_words(self, name: str) -> str:
        return " / ".join(self._last.get(name, ()))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            file = RotatingFileHandler(
                self.folder / f"{name}.log", maxBytes=KEPT_BYTES, backupCount=KEPT_FILES
            )
            file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
            self._files[name] = file
        return self._files[name]


async def _lines(output: asyncio.StreamReader) -> AsyncGenerator[str]:
    """Lines of any length: StreamReader's own raise beyond 64 KiB."""
    rest = b""
    while chunk := await output.read(65536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip()
    if rest:
        yield rest.decode(errors="replace").rstrip()
