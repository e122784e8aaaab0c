from datetime import timedelta

import pytest

from local.functions_host.timespan import parse_limit, parse_timespan


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:05:00", timedelta(minutes=5)),
        ("1.02:03:04", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("00:00:00.250", timedelta(milliseconds=250)),
    ],
)
def test_spans_are_read_as_dotnet_writes_them(text: str, span: timedelta) -> None:
    assert parse_timespan(text) == span


@pytest.mark.parametrize("text", ["5", "05:00", "a:b:c", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time span"):
        parse_timespan(text)


def test_minus_one_is_no_limit() -> None:
    assert parse_limit("-1") is None
