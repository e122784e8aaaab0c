"""Names that clients, or somebody with worse in mind, give to a file."""

from collections.abc import Iterator

from tests.hostile.corpus.case import (
    MOST_IN_A_NAME,
    REFUSED,
    TOO_LARGE_A_BODY,
    UNSURE,
    Case,
    case,
)
from tests.hostile.corpus.raw_pdf import page_saying


def generated() -> Iterator[Case]:
    for number, (sort, name) in enumerate(_taken().items()):
        pdf = page_saying(f"A file with a name, number {number}")
        yield case(f"name/{sort}", pdf, UNSURE, file_name=name)
    for number, (sort, name) in enumerate(_refused().items()):
        pdf = page_saying(f"A file nobody takes by its name, number {number}")
        yield case(f"name/{sort}", pdf, REFUSED, file_name=name)
    pdf = page_saying("A file whose name alone is more than a request may be")
    yield case("name/a megabyte", pdf, TOO_LARGE_A_BODY, file_name="w" * 2**20)
    for number, (sort, name) in enumerate(_cleaned().items()):
        pdf = page_saying(f"A file with a name to be cleaned, number {number}")
        yield case(f"name/{sort}", pdf, UNSURE, file_name=name)


def _taken() -> dict[str, str]:
    return {
        "Hebrew": "טופס W-2 שנת 2024.pdf",
        "Arabic": "إقرار ضريبي.pdf",
        "Chinese": "工资单.pdf",
        "emoji": "my taxes 🧾💸🎉.pdf",
        "a family of emoji": "👨‍👩‍👧‍👦.pdf",
        "many accents": "W" + "\u0301" * 100 + "2.pdf",
        "as long as it may be": "w" * (MOST_IN_A_NAME - 4) + ".pdf",
        "without an ending": "W-2",
        "another ending": "holiday.jpg",
        "two endings": "W-2.pdf.exe",
        "hidden": ".pdf",
        "SQL": "'; DROP TABLE documents; --.pdf",
        "a web page": "<img src=x onerror=alert(1)>.pdf",
        "a lookup": "${jndi:ldap://127.0.0.1/a}.pdf",
        "a template": "{{7*7}}{% raw %}.pdf",
        "a format": "%s%n%x%d.pdf",
        "a command": "$(touch here);`id`|cat.pdf",
        "options": "--help -rf.pdf",
        "wild cards": "*?[a-z].pdf",
        "a device of Windows": "CON",
        "quotes": "\"quoted\" 'twice'.pdf",
        "a formula": "=1+1.pdf",
        "percent signs": "%2e%2e%2fW-2.pdf",
        "a Social Security number": "SSN 123-45-6789.pdf",
    }


def _refused() -> dict[str, str]:
    return {
        "nothing": "",
        "only dots": "...",
        "too long": "w" * (MOST_IN_A_NAME + 1),
        "a NUL": "W-2\0.pdf",
        "half a character": "W-2 \ud83d.pdf",
        "invisible": "\u200b\u200b\u200b",
        "lines": "W-2\r\nSet-Cookie: a=b\r\n.pdf",
        "a tab": "W-2\t2024.pdf",
        "an escape": "\x1b[31mW-2\x1b[0m.pdf",
        "only spaces": "   ",
        "a delete": "W-2\x7f.pdf",
    }


def _cleaned() -> dict[str, str]:
    """What is left of them is a name; where the blob lies they never decide."""
    return {
        "a path upwards": "../../../../etc/passwd",
        "a path from the root": "/etc/passwd",
        "a path of Windows": "..\\..\\windows\\system32\\drivers\\etc\\hosts",
        "a drive": "C:\\Users\\W-2.pdf",
        "a share": "\\\\127.0.0.1\\share\\W-2.pdf",
        "a folder": "2024/W-2.pdf",
        "turned around": "W-2\u202efdp.exe",
        "isolated": "\u2067W-2\u2069.pdf",
        "spaces around": "  W-2.pdf  ",
    }
