"""Durations as host.json and the retry decorator write them: "[d.]hh:mm:ss", and -1 for none."""

from datetime import timedelta


def parse_timespan(text: str) -> timedelta:
    days_and_hours, separator, rest = text.partition(":")
    days, _, hours = days_and_hours.rpartition(".")
    minutes, second_separator, seconds = rest.partition(":")
    if not (separator and second_separator):
        raise ValueError(f"{text!r} is not a time span: expected hh:mm:ss")
    try:
        return timedelta(
            days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds)
        )
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time span: expected hh:mm:ss") from error


def parse_limit(text: str) -> timedelta | None:
    """A time limit, None when there is none: host.json writes that as -1."""
    return None if text == "-1" else parse_timespan(text)
