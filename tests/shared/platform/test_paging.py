import base64
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from shared.platform.actor import Actor, Role
from shared.platform.paging import Asked, BadCursor, Direction, Listing, Page, Window


class Key(BaseModel):
    name: str
    id: int


class Row(BaseModel):
    name: str
    id: int = 0


LIST = Listing[Row, Key]("rows", Key(name="", id=0), lambda row: Key(name=row.name, id=row.id))
ANOTHER = Listing[Row, Key]("others", Key(name="", id=0), lambda row: Key(name=row.name, id=row.id))
ACTOR = Actor(uuid4(), uuid4(), Role.OWNER)
ROWS = [Row(name=name) for name in ("Ada", "Babbage", "Curie", "Ünïcödé & Töchter?>", "Ždenka")]


def read(window: Window[Row, Key]) -> list[Row]:
    """What the two statements of a list would."""
    if window.direction is Direction.FORWARD:
        found = [row for row in ROWS if (row.name, row.id) > (window.key.name, window.key.id)]
    else:
        found = [row for row in ROWS if (row.name, row.id) < (window.key.name, window.key.id)][::-1]
    return found[: window.rows]


def page(cursor: str | None, limit: int = 2, actor: Actor = ACTOR) -> Page[Row]:
    window = LIST.window(actor, Asked(cursor, limit))
    return window.page(read(window))


def filtered(cursor: str | None, **filters: object) -> Page[Row]:
    window = LIST.window(ACTOR, Asked(cursor, 2), **filters)
    return window.page(read(window))


def given_out(**filters: object) -> str:
    cursor = filtered(None, **filters).next
    assert cursor
    return cursor


class TestPages:
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
    def test_forward_and_back_again_are_the_list(self, limit: int) -> None:
        seen = [page(None, limit)]
        while following := seen[-1].next:
            seen.append(page(following, limit))
        assert [row for each in seen for row in each.items] == ROWS

        back = [seen[-1]]
        while before := back[-1].prev:
            back.append(page(before, limit))
        assert [each.items for each in back[::-1]] == [each.items for each in seen]

    def test_the_first_has_none_before_it_and_the_last_none_after(self) -> None:
        first, last = page(None, 4), page(page(None, 4).next, 4)

        assert (first.prev, last.next) == (None, None)
        assert first.next
        assert last.prev

    def test_one_page_that_holds_everything_leads_nowhere(self) -> None:
        assert (page(None, 5).next, page(None, 5).prev) == (None, None)

    def test_a_way_back_that_has_lost_its_rows_leads_to_the_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prev = page(page(None).next).prev
        monkeypatch.setitem(globals(), "ROWS", ROWS[2:])

        empty = page(prev)

        assert (empty.items, empty.prev) == ([], None)
        assert page(empty.next).items == ROWS[:2]

    def test_are_equal_when_nothing_has_changed(self) -> None:
        assert page(given_out()) == page(given_out())


class TestACursor:
    def test_may_stand_in_an_address_as_it_is(self) -> None:
        cursor = page(None, 4).next
        assert cursor
        assert cursor.replace("-", "").replace("_", "").isalnum()

    def test_does_not_show_whose_name_it_holds(self) -> None:
        cursor = given_out()
        assert b"Babbage" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    @pytest.mark.parametrize(
        "cursor",
        ["", "x", "not a cursor", "ÄÖÜ", "e30", "A" * 64, base64.b64encode(b"\xff" * 40).decode()],
    )
    def test_nobody_gave_out_is_refused(self, cursor: str) -> None:
        with pytest.raises(BadCursor):
            page(cursor)

    @pytest.mark.parametrize("at", range(0, 40, 3))
    def test_with_one_character_changed_is_refused(self, at: int) -> None:
        cursor = given_out()
        forged = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]

        with pytest.raises(BadCursor):
            page(forged)

    def test_cut_short_or_lengthened_is_refused(self) -> None:
        for forged in (given_out()[:-4], given_out() + "AAAA"):
            with pytest.raises(BadCursor):
                page(forged)

    def test_of_another_list_is_refused(self) -> None:
        with pytest.raises(BadCursor):
            ANOTHER.window(ACTOR, Asked(given_out()))

    def test_of_another_firm_is_refused(self) -> None:
        with pytest.raises(BadCursor):
            page(given_out(), actor=Actor(uuid4(), ACTOR.user_id, Role.OWNER))

    def test_of_other_filters_is_refused(self) -> None:
        client = UUID(int=1)
        for asked in ({"client_id": UUID(int=2)}, {"client_id": client, "state": "x"}, {}):
            with pytest.raises(BadCursor):
                filtered(given_out(client_id=client), **asked)

    def test_of_the_same_filters_goes_on(self) -> None:
        cursor = given_out(client_id=UUID(int=1), state=None)

        assert filtered(cursor, client_id=UUID(int=1)).items == ROWS[2:4]
