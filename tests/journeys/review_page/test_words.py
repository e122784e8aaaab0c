"""What the page says in the place of codes."""

import re

from functions.http.pages import ASSETS


def test_nothing_is_said_in_two_ways() -> None:
    """The later of two would win without a word."""
    tables = re.findall(r"^export const (\w+) = \{$(.*?)^\};", _words(), re.MULTILINE | re.DOTALL)

    for table, lines in tables:
        codes = re.findall(r"^  (\w+):", lines, re.MULTILINE)
        assert len(codes) == len(set(codes)), table


def _words() -> str:
    return (ASSETS / "words.js").read_text("utf-8")
