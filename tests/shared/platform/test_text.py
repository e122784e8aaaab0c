import unicodedata
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ValidationError

from shared.platform import text as text_module
from shared.platform.text import MAX_CENTS, Cents, Instant, Line, Prose

UNSEEN = [
    *"\0\x01\x08\x0b\x0c\x0e\x1b\x1f\x7f\x80\x85\x9f",
    *"\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202d\u202e\u2060\u2066\u2067\u2069\ufeff\ufff9",
    "\ud800",
]


class Sent(BaseModel):
    line: Annotated[str, Line(5)] = "x"
    prose: Annotated[str, Prose(20)] = "x"
    price: Cents = 0
    at: Instant = datetime(2024, 1, 31, tzinfo=UTC)


def refused(**given: Any) -> str:
    with pytest.raises(ValidationError) as error:
        Sent(**given)
    return error.value.errors()[0]["type"]


class TestText:
    @pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
    def test_with_a_sign_nobody_sees_is_refused(self, sign: str) -> None:
        assert refused(line=f"a{sign}b") == "value_error"
        assert refused(prose=f"a{sign}b") == "value_error"

    def test_refused_is_not_repeated(self) -> None:
        with pytest.raises(ValidationError) as error:
            Sent(line="a\0b")
        assert "a" not in error.value.errors()[0]["msg"].split()

    def test_is_composed_so_that_one_name_is_one_string(self) -> None:
        assert Sent(line="Jose\u0301").line == Sent(line="José").line == "José"

    def test_is_measured_as_it_is_kept(self) -> None:
        assert Sent(line="  abcde  ").line == "abcde"
        assert refused(line="abcdef") == "string_too_long"
        assert refused(line="   ") == refused(line="") == "string_too_short"

    def test_is_never_sorted_before_it_is_known_to_be_short(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A body of a megabyte would stop the process for minutes."""
        sorted_: list[int] = []

        def normalize(form: Literal["NFC"], text: str) -> str:
            sorted_.append(len(text))
            return unicodedata.normalize(form, text)

        monkeypatch.setattr(text_module, "unicodedata", SimpleNamespace(normalize=normalize))
        marks = "\u0315" * 5_000 + "\u0300" * 5_000

        assert refused(line=f"a{marks}") == refused(prose=f"a{marks}") == "string_too_long"
        assert refused(line=" " * 100_000) == "string_too_short"
        assert sum(sorted_) == 0

    def test_may_be_sent_in_as_many_parts_as_unicode_knows(self) -> None:
        alpha = "\u1f82"
        assert Sent(line=unicodedata.normalize("NFD", alpha * 5)).line == alpha * 5

    def test_of_any_script_is_taken(self) -> None:
        for text in ("Željko", "李小龙", "محمد", "👩\u200d👦", "O\u2019Neil"):
            assert Sent(prose=text).prose == text

    def test_of_one_line_has_one(self) -> None:
        assert refused(line="a\nb") == refused(line="a\tb") == "value_error"

    def test_of_several_lines_keeps_them_as_unix_has_them(self) -> None:
        assert Sent(prose="a\r\nb\n\tc").prose == "a\nb\n\tc"
        assert refused(prose="a\rb") == "value_error"

    def test_tells_its_bounds(self) -> None:
        line = Sent.model_json_schema()["properties"]["line"]
        assert (line["minLength"], line["maxLength"]) == (1, 5)


class TestMoments:
    @pytest.mark.parametrize(
        "at",
        ["2024-01-31T12:00:00Z", "2024-01-31T14:00:00+02:00", "2024-01-31T07:00:00-05:00"],
    )
    def test_are_kept_in_utc(self, at: str) -> None:
        kept = Sent.model_validate({"at": at})
        assert kept.at == datetime(2024, 1, 31, 12, tzinfo=UTC)
        assert '"2024-01-31T12:00:00Z"' in kept.model_dump_json()

    def test_without_a_zone_are_refused(self) -> None:
        assert refused(at="2024-01-31T12:00:00") == "timezone_aware"

    @pytest.mark.parametrize("at", [0, 1706702400, 1706702400.5, "1706702400", "2024-01-31", True])
    def test_that_are_bare_numbers_or_days_are_refused(self, at: object) -> None:
        assert refused(at=at) == "value_error"

    @pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
    def test_at_the_ends_of_the_calendar_are_refused_and_no_bug(self, at: str) -> None:
        assert refused(at=at) == "value_error"


class TestCents:
    @pytest.mark.parametrize("price", [1.0, 1.5, "1", True, None])
    def test_are_whole_numbers_and_nothing_else(self, price: object) -> None:
        assert refused(price=price) == "int_type"

    def test_are_bounded(self) -> None:
        assert Sent(price=-MAX_CENTS).price == -MAX_CENTS
        assert refused(price=MAX_CENTS + 1) == "less_than_equal"
        assert refused(price=-MAX_CENTS - 1) == "greater_than_equal"
