"""NCRONTAB, as the timer trigger reads it.

Six fields, seconds first (with five, seconds are 0). Day of month and day of week
must both match, where ordinary cron takes either; Sunday is 0 and 7 is an error.
Months and weekdays may be named. Instead of fields a time span may stand: "00:05:00".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from local.functions_host.timespan import parse_timespan

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

# A day that comes round at all comes within eight years (29 February across 1900 or 2100).
DAYS_TO_LOOK = 366 * 8
FIELD_COUNT = 6


@dataclass(frozen=True)
class Range:
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        if text.isalpha() and text[:3].lower() in self.names:
            return self.names.index(text[:3].lower()) + self.lowest
        if not text.isdigit():
            raise ValueError(f"bad value {text!r}")
        if not self.lowest <= int(text) <= self.highest:
            raise ValueError(f"{text} is outside {self.lowest}-{self.highest}")
        return int(text)

    def values(self, text: str) -> frozenset[int]:
        return frozenset().union(*(self._part(part) for part in text.split(",")))

    def _part(self, text: str) -> range:
        body, slash, step = text.partition("/")
        if slash and (not step.isdigit() or int(step) < 1):
            raise ValueError(f"bad step {text!r}")
        first, last = self._bounds(body, open_ended=bool(slash))
        if first > last:
            raise ValueError(f"{text!r} goes backwards")
        return range(first, last + 1, int(step or 1))

    def _bounds(self, body: str, *, open_ended: bool) -> tuple[int, int]:
        if body == "*":
            return self.lowest, self.highest
        if "-" in body:
            first, last = body.split("-", 1)
            return self.number(first), self.number(last)
        first = self.number(body)
        return first, self.highest if open_ended else first


SIXTY = Range(0, 59)
RANGES = (SIXTY, SIXTY, Range(0, 23), Range(1, 31), Range(1, 12, MONTHS), Range(0, 6, WEEKDAYS))


@dataclass(frozen=True)
class Crontab:
    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next(self, after: datetime) -> datetime:
        start = (after + timedelta(seconds=1)).replace(microsecond=0)
        midnight = start.replace(hour=0, minute=0, second=0)
        for day in range(DAYS_TO_LOOK):
            date = midnight + timedelta(days=day)
            if self._has_day(date):
                moment = self._first_of_day(date, not_before=max(start, date))
                if moment:
                    return moment
        raise ValueError("the schedule never comes round")

    def _has_day(self, date: datetime) -> bool:
        sunday_based = date.isoweekday() % 7
        return date.month in self.months and date.day in self.days and sunday_based in self.weekdays

    def _first_of_day(self, date: datetime, *, not_before: datetime) -> datetime | None:
        for hour in sorted(self.hours):
            if hour < not_before.hour:
                continue
            for minute in sorted(self.minutes):
                for second in sorted(self.seconds):
                    moment = date.replace(hour=hour, minute=minute, second=second)
                    if moment >= not_before:
                        return moment
        return None


@dataclass(frozen=True)
class Every:
    interval: timedelta

    def next(self, after: datetime) -> datetime:
        return after + self.interval


Schedule = Crontab | Every


def parse_schedule(text: str) -> Schedule:
    """Read a schedule, refusing one that would never fire."""
    fields = text.split()
    if len(fields) == 1 and ":" in text:
        return Every(parse_timespan(text))
    if len(fields) == FIELD_COUNT - 1:
        fields.insert(0, "0")
    if len(fields) != FIELD_COUNT:
        raise ValueError(f"NCRONTAB has 5 or 6 fields, not {len(fields)}: {text!r}")
    try:
        crontab = Crontab(
            *(bounds.values(field) for bounds, field in zip(RANGES, fields, strict=True))
        )
        crontab.next(datetime(2000, 1, 1))  # noqa: DTZ001 - any day will do, to find "31 February"
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from error
    return crontab
