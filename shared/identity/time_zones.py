"""Time zones by their names in the IANA database."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_known(name: str) -> str:
    if name not in _known():
        raise ValueError("Not a time zone of the IANA database, such as America/Chicago")
    return name


TimeZone = Annotated[
    str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$"), AfterValidator(_is_known)
]
