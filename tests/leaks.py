"""Looks for TINs, tokens and keys in whatever the suite makes us log or answer an error with.

Every log record of the suite, every error body a test is given and the log of every host and stack
a test starts comes by here. What is found fails the test that was running.
"""

import logging
import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel

OF_THE_TESTS = ("httpx", "httpcore", "aiohttp.access")  # who asks, and the servers they make up
HERE = Path(__file__).parent
TIN = r"\d{3}-\d{2}-\d{4}|\d{2}-\d{7}"
BARE_TIN = re.compile(r"(?<![\w.-])\d{9}(?![\w.-])")
SHAPES = re.compile(
    rf"(?<![\w-])(?!000-00-0000|00-0000000)(?:{TIN})(?![\w-])"  # those only show the shape
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}"  # a JSON web token, with or without its signature
    r"|\bsig=[\w%+/-]{16,}"  # of a SAS link
    r"|\baos_[a-z]+_[\w-]{20,}"
    r"|\bAccountKey=[\w+/]{8,}"
)


def tins_of_the_suite() -> frozenset[str]:
    """As nine digits, all that are written down in the tests and in the samples."""
    sources = [*HERE.rglob("*.py"), *(HERE.parent / "local/samples").rglob("*.py")]
    written = re.compile(rf"(?<![\w-])(?:{TIN})(?![\w-])")
    return frozenset(
        found.replace("-", "")
        for source in sources
        for found in written.findall(source.read_text())
    )


@dataclass
class Watch:
    """``secrets`` are those that no shape gives away; ``found`` says where, never what."""

    tins: frozenset[str] = field(default_factory=tins_of_the_suite)
    secrets: set[str] = field(default_factory=set[str])
    found: list[str] = field(default_factory=list[str])
    seen: int = 0

    def keep_secret(self, secrets: Iterable[str]) -> None:
        self.secrets |= {each for each in secrets if len(each) >= 8}

    def keep_settings(self, kind: type[BaseModel]) -> None:
        """Those of the settings that are secrets, and the passwords in them."""
        for name, each in kind.model_fields.items():
            value = os.environ.get(name.upper(), "")
            if "SecretStr" in str(each.annotation):
                self.keep_secret([value, urlsplit(value).password or ""])

    def look(self, text: str, where: str) -> None:
        self.seen += 1
        leak = self._leak(text)
        if leak:
            test = os.environ.get("PYTEST_CURRENT_TEST", "between tests")
            self.found.append(f"{leak[:6]}… in {where}, during {test}")

    def _leak(self, text: str) -> str | None:
        shaped = SHAPES.search(text)
        if shaped:
            return shaped.group()
        bare = (each.group() for each in BARE_TIN.finditer(text) if each.group() in self.tins)
        return next(bare, None) or next((each for each in self.secrets if each in text), None)

    def take(self) -> list[str]:
        """What has been found since this was asked last."""
        found, self.found = self.found, []
        return found


watch = Watch()


class Listener(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        watch.look(self.format(record), f"a log record of {record.name}")


def look_at(left: Path) -> None:
    """The log that a host has left, or all that a stack has left in its folder."""
    for log in [left] if left.is_file() else left.rglob("*.log"):
        watch.look(log.read_text(errors="replace"), f"the log {log.name}")


@contextmanager
def listening() -> Generator[None]:
    """From the level that the host keeps, which is lower than a test run's."""
    for name in OF_THE_TESTS:
        logging.getLogger(name).setLevel(logging.WARNING)
    root, listener = logging.getLogger(), Listener()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(listener)
        root.setLevel(before)
