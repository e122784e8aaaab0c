"""Keyset paging: a page ends with the key of its last row, which is where the next one begins."""

import base64
import binascii
from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.platform.errors import Invalid

MAX_PAGE = 200

Item = TypeVar("Item")
Key = TypeVar("Key", bound=BaseModel)


class BadCursor(Invalid):
    """Cursors are ours: a caller sends back what it was given."""

    code = "bad_cursor"


class Page(BaseModel, Generic[Item]):
    """``next_cursor`` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next_cursor: str | None


def page(found: list[Item], limit: int, key: Callable[[Item], BaseModel]) -> Page[Item]:
    """A query asks for one row more than the page holds, to know whether another page follows."""
    items = found[:limit]
    return Page(items=items, next_cursor=encode(key(items[-1])) if len(found) > limit else None)


def encode(key: BaseModel) -> str:
    return base64.urlsafe_b64encode(key.model_dump_json().encode()).decode().rstrip("=")


def decode(kind: type[Key], cursor: str) -> Key:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return kind.model_validate_json(base64.urlsafe_b64decode(padded))
    except (ValidationError, binascii.Error, ValueError) as error:
        raise BadCursor("The cursor is not one that this list gave out") from error
