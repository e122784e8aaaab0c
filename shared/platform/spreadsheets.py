"""Tables as files for a spreadsheet program, which takes some texts for formulas and runs them.

What begins like a formula is defused (OWASP, CSV injection). In CSV an apostrophe goes before it,
also after whatever a program in another language may take for the end of a cell; in XLSX the cell
is said to be text. A number that is a number stays one, negative or not.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Sequence[Cell]

MAX_CELL = 32_767  # characters; Excel calls a file with more of them damaged
MAX_ROWS = 1_048_576
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else

# Seen or unseen space before it, and the wide forms that some programs take for the narrow ones.
_SPACE = r"[^\S\r\t]*[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_BEGINS = r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe6b]"
_FORMULA = re.compile(rf"(^|[,;|\t\r\n\"'])(?={_SPACE}{_BEGINS})")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML file may have these


def neutralized(text: str) -> str:
    return _FORMULA.sub(r"\1'", text)


def to_csv(rows: Iterable[Row]) -> bytes:
    """RFC 4180, in UTF-8. The mark that says so begins a file, not each of its parts."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


def write_workbook(path: Path, title: str, rows: Iterable[Row]) -> None:
    """One sheet, written row by row: memory does not grow with the rows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = [WriteOnlyCell(sheet, _fitting(value)) for value in row]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl makes a formula of what begins with =
                cell.quotePrefix = True  # and Excel would, once somebody edits the cell
        sheet.append(cells)
    book.save(path)


def _plain(cell: Cell) -> Cell:
    return neutralized(cell) if isinstance(cell, str) else _word(cell)


def _fitting(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _UNWRITABLE.sub("\ufffd", cell)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _word(cell: Cell) -> Cell:
    return {True: "true", False: "false"}[cell] if isinstance(cell, bool) else cell
