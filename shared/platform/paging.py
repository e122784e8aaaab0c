"""Keyset paging: a cursor is the key of the row where a page ends, and the way to go from there.

Cursors are encrypted, for a key may be somebody's name and addresses end up in logs. Each is bound
to its list, filters and firm, and equal ones are equal, so that an unchanged page keeps its ETag.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.platform.actor import Actor
from shared.platform.errors import Invalid
from shared.platform.settings import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

MAX_PAGE = 200
PAGE_SIZE = 50

Item = TypeVar("Item")
Key = TypeVar("Key", bound=BaseModel)


class BadCursor(Invalid):
    """Cursors are ours: a caller sends back what it was given, to the same list."""

    code = "bad_cursor"
    remedy = "Begin at the first page, without a cursor"


class Page(BaseModel, Generic[Item]):
    """``next`` and ``prev`` lead to the pages beside it; null where there is none."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next: str | None = Field(description="Send it as `cursor` for the page after this one.")
    prev: str | None = Field(description="Send it as `cursor` for the page before this one.")


class Direction(Enum):
    """Backward reads the rows before the key, nearest first."""

    FORWARD = "f"
    BACKWARD = "b"


@dataclass(frozen=True, slots=True)
class Asked:
    """The page a caller asks for; the first, without a cursor."""

    cursor: str | None = None
    limit: int = PAGE_SIZE


@dataclass(frozen=True)
class Window(Generic[Item, Key]):
    """What a statement reads: at most ``rows`` from ``key``, in one direction.

    That is one row more than the page holds, to know whether another page follows.
    """

    listing: "Listing[Item, Key]"
    place: bytes
    key: Key
    direction: Direction
    limit: int

    @property
    def rows(self) -> int:
        return self.limit + 1

    def page(self, found: list[Item]) -> Page[Item]:
        items, is_there_more = found[: self.limit], len(found) > self.limit
        if self.direction is Direction.FORWARD:
            is_first = self.key == self.listing.first
            return Page(
                items=items,
                next=self._after(items) if is_there_more else None,
                prev=None if is_first else self._before(items),
            )
        items.reverse()
        return Page(
            items=items,
            next=self._after(items) or self._cursor(Direction.FORWARD, self.listing.first),
            prev=self._before(items) if is_there_more else None,
        )

    def _after(self, items: list[Item]) -> str | None:
        return self._cursor(Direction.FORWARD, self.listing.key_of(items[-1])) if items else None

    def _before(self, items: list[Item]) -> str | None:
        return self._cursor(Direction.BACKWARD, self.listing.key_of(items[0])) if items else None

    def _cursor(self, direction: Direction, key: Key) -> str:
        plain = direction.value + key.model_dump_json()
        sealed = _cipher().encrypt(plain.encode(), [self.place])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


@dataclass(frozen=True)
class Listing(Generic[Item, Key]):
    """A list in one order; ``first`` is a key that comes before those of all rows."""

    name: str
    first: Key
    key_of: Callable[[Item], Key]

    def window(self, actor: Actor, asked: Asked, **filters: object) -> Window[Item, Key]:
        given = {name: str(value) for name, value in filters.items() if value is not None}
        bound = [self.name, str(actor.organization_id), given]
        place = json.dumps(bound, sort_keys=True).encode()
        direction, key = Direction.FORWARD, self.first
        if asked.cursor is not None:
            direction, key = self._opened(asked.cursor, place)
        return Window(self, place, key, direction, asked.limit)

    def _opened(self, cursor: str, place: bytes) -> tuple[Direction, Key]:
        from cryptography.exceptions import InvalidTag

        try:
            sealed = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            plain = _cipher().decrypt(sealed, [place]).decode()
            return Direction(plain[0]), type(self.first).model_validate_json(plain[1:])
        except (InvalidTag, ValidationError, binascii.Error, ValueError) as error:
            raise BadCursor("The cursor is not one that this list gave out") from error


@cache
def _cipher() -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    secret = settings().cursor_key.get_secret_value()
    return AESSIV(hmac.digest(secret.encode(), b"cursors", "sha512"))
