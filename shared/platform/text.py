"""What a caller may send: text that is safe to keep, moments, money.

Text is normalized, so that two ways of writing an é are one, stripped, and bounded. Characters that
nobody sees are refused: NUL, which Postgres cannot hold, controls, lone surrogates, and the marks
that turn the direction of what follows, which make a name read as another.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticKnownError

MAX_CENTS = 10**14  # a trillion dollars; what JavaScript still counts exactly is 90 times that

_DECOMPOSED = 4  # characters at most, which NFC makes one of

_UNSEEN = (
    r"\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)


@dataclass(frozen=True, slots=True)
class Line(GroupedMetadata):
    """One line of text, as in ``name: Annotated[str, Line(200)]``."""

    longest: int
    shortest: int = 1

    refused: ClassVar[re.Pattern[str]] = re.compile(rf"[\x00-\x1f{_UNSEEN}]")

    def __iter__(self) -> Iterator[object]:
        yield AfterValidator(self.clean)
        # For the API's description: by then nothing is too short or too long.
        yield StringConstraints(min_length=self.shortest, max_length=self.longest)

    def clean(self, text: str) -> str:
        if self.refused.search(text):
            raise ValueError("Control characters, and others that nobody can see, are refused")
        text = text.strip()
        if len(text) > _DECOMPOSED * self.longest:  # NFC takes n² steps to sort n marks
            raise PydanticKnownError("string_too_long", {"max_length": self.longest})
        text = unicodedata.normalize("NFC", text)
        if len(text) < self.shortest:
            raise PydanticKnownError("string_too_short", {"min_length": self.shortest})
        if len(text) > self.longest:
            raise PydanticKnownError("string_too_long", {"max_length": self.longest})
        return text


@dataclass(frozen=True, slots=True)
class Prose(Line):
    """Text that may have several lines, and tabs."""

    refused: ClassVar[re.Pattern[str]] = re.compile(rf"[\x00-\x08\x0b-\x1f{_UNSEEN}]")

    def clean(self, text: str) -> str:
        return Line.clean(self, text.replace("\r\n", "\n"))


def _as_written(moment: object) -> object:
    """As text with a date and a time: a bare number says neither its unit nor its zone."""
    if isinstance(moment, datetime) or (isinstance(moment, str) and ":" in moment):
        return moment
    raise ValueError("Write it as 2026-01-31T12:00:00Z")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the first and the last day of the calendar, seen from afar
        raise ValueError("It is outside the calendar") from error


Instant = Annotated[AwareDatetime, BeforeValidator(_as_written), AfterValidator(_in_utc)]
Cents = Annotated[int, Field(strict=True, ge=-MAX_CENTS, le=MAX_CENTS)]
