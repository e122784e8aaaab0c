import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import BaseModel

from shared.platform import paging
from shared.platform.paging import BadCursor


class Key(BaseModel):
    at: datetime
    id: str


class AnotherListsKey(BaseModel):
    name: str


KEY = Key(at=datetime(2024, 1, 31, 12, 0, 0, 123456, UTC), id=str(UUID(int=1)))


def number(at: int) -> Key:
    return KEY.model_copy(update={"id": str(at)})


class TestACursor:
    def test_comes_back_as_the_key_it_was_made_from(self) -> None:
        assert paging.decode(Key, paging.encode(KEY)) == KEY

    def test_may_stand_in_an_address_as_it_is(self) -> None:
        key = AnotherListsKey(name="Ünïcödé & Töchter?>")

        assert paging.encode(key).replace("-", "").replace("_", "").isalnum()
        assert paging.decode(AnotherListsKey, paging.encode(key)) == key

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "not a cursor",
            "ÄÖÜ",
            paging.encode(KEY)[:-9],
            "AAAA" + paging.encode(KEY),
            base64.urlsafe_b64encode(b"\xff\xfe").decode(),
            base64.urlsafe_b64encode(b"[]").decode(),
            paging.encode(AnotherListsKey(name="Ada")),
        ],
    )
    def test_that_we_did_not_give_out_is_refused(self, cursor: str) -> None:
        with pytest.raises(BadCursor) as refused:
            paging.decode(Key, cursor)

        assert refused.value.code == "bad_cursor"


class TestAPage:
    def test_ends_with_the_key_of_its_last_row(self) -> None:
        page = paging.page([number(1), number(2), number(3)], 2, lambda last: last)

        assert page.items == [number(1), number(2)]
        assert page.next_cursor is not None
        assert paging.decode(Key, page.next_cursor) == number(2)

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_is_the_last_when_no_row_follows(self, count: int) -> None:
        page = paging.page([number(at) for at in range(count)], 2, lambda last: last)

        assert len(page.items) == count
        assert page.next_cursor is None
