"""Schedules, compared with croniter where both mean the same."""

import random
from datetime import datetime, timedelta

import pytest
from croniter import croniter

from local.functions_host.ncrontab import Schedule, parse_schedule

NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001 - schedules are read in UTC throughout


def runs(schedule: Schedule, after: datetime, count: int = 5) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(count):
        after = schedule.next(after)
        found.append(after)
    return found


def field(dice: random.Random, lowest: int, highest: int) -> str:
    first = dice.randint(lowest, highest - 1)
    return dice.choice(
        [
            "*",
            f"*/{dice.randint(2, (highest - lowest) // 2)}",
            str(first),
            f"{first}-{dice.randint(first + 1, highest)}",
            f"{first},{dice.randint(lowest, highest)}",
        ]
    )


@pytest.mark.parametrize("seed", range(200))
def test_it_agrees_with_croniter_told_that_both_days_must_match(seed: int) -> None:
    dice = random.Random(seed)
    bounds = [(0, 59), (0, 59), (0, 23), (1, 28), (1, 12), (0, 6)]
    text = " ".join(field(dice, *ends) for ends in bounds)
    after = NEW_YEAR + timedelta(seconds=dice.randint(0, 10**8))
    expected = croniter(text, after, second_at_beginning=True, day_or=False)

    assert runs(parse_schedule(text), after) == [expected.get_next(datetime) for _ in range(5)]


def test_day_of_month_and_weekday_must_both_match() -> None:
    friday_the_13th = parse_schedule("0 0 0 13 * 5")

    assert [run.isoformat()[:10] for run in runs(friday_the_13th, NEW_YEAR, 2)] == [
        "2026-02-13",
        "2026-03-13",
    ]


def test_months_and_weekdays_may_be_named() -> None:
    first = parse_schedule("0 30 9 * Jan Monday").next(NEW_YEAR)

    assert first.isoformat() == "2026-01-05T09:30:00"


def test_with_five_fields_seconds_are_zero() -> None:
    assert parse_schedule("*/5 * * * *").next(NEW_YEAR).isoformat() == "2026-01-01T00:05:00"


def test_a_time_span_counts_from_the_last_run() -> None:
    assert parse_schedule("00:05:00").next(NEW_YEAR).isoformat() == "2026-01-01T00:05:00"


def test_the_29th_of_february_is_found_years_ahead() -> None:
    assert parse_schedule("0 0 0 29 2 *").next(NEW_YEAR).isoformat() == "2028-02-29T00:00:00"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0 0 0 * * 7", "7 is outside 0-6"),
        ("15 10 L * * *", "bad value 'L'"),
        ("* * * *", "5 or 6 fields, not 4"),
        ("0 0 0 ? * *", "bad value"),
        ("61 * * * * *", "61 is outside 0-59"),
        ("0 0 0 31 2 *", "never comes round"),
        ("5-1 * * * * *", "goes backwards"),
        ("*/0 * * * * *", "bad step"),
        ("1:2", "not a time span"),
    ],
)
def test_what_azure_would_not_read_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_schedule(text)
