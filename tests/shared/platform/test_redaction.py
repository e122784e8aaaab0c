import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.redaction import mask, redact

DIGITS = st.text("0123456789", min_size=9, max_size=9)
SURROUNDINGS = st.sampled_from(
    ["", " ", ",", ";", ".", ", ", "SSN ", "(", ")", "\n", "#", "/", "Wages: ", " and more", "Ada,"]
)
TIN_SHAPE = re.compile(r"(?<!\d)(\d{9}|\d{3}[- ]\d{2}[- ]\d{4}|\d{2}[- ]\d{7})(?!\d)")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("412-55-7834", "***-**-7834"),
        ("412 55 7834", "***-**-7834"),
        ("412557834", "***-**-7834"),
        ("52-1234567", "***-**-4567"),
        ("912-70-1234", "***-**-1234"),
        ("SSN: 412-55-7834.", "SSN: ***-**-7834."),
        ("412-55-7834, 413-55-7835", "***-**-7834, ***-**-7835"),
        ("(412557834)", "(***-**-7834)"),
        ("SSN412557834", "SSN***-**-7834"),
        ("52 1234567", "***-**-4567"),
        ("412-55 7834", "***-**-7834"),
        ("Ada,412-55-7834,37160.56", "Ada,***-**-7834,37160.56"),
        ("Ada,412557834,37160.56", "Ada,***-**-7834,37160.56"),
        ("2.412-55-7834", "2.***-**-7834"),
        ("412_55_7834", "***-**-7834"),
        ("w2_412_55_7834.pdf", "w2_***-**-7834.pdf"),
        ("412.55.7834.pdf", "***-**-7834.pdf"),
        ("412--55--7834", "***-**-7834"),
        ("412 - 55 - 7834", "***-**-7834"),
        ("412\u201355\u20137834", "***-**-7834"),
        ("412\u201155\u20117834", "***-**-7834"),
        ("412\u221255\u22127834", "***-**-7834"),
        ("412\u00a055\u00a07834", "***-**-7834"),
        ("412\u200c-55-7834", "***-**-7834"),
        ("412\u200d55\u200d7834", "***-**-7834"),
        ("41\u00ad2-55-78\u200b34", "***-**-7834"),
        ("52_1234567", "***-**-4567"),
        ("52\u20131234567", "***-**-4567"),
    ],
)
def test_a_tin_keeps_its_last_four_digits(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "37160.56",
        "123456789.00",
        "0.412557834",
        "1,234,567.89",
        "$412,557,834",
        "(555) 123-4567",
        "555-123-4567",
        "555 123 4567",
        "94105-1234",
        "2024-01-31",
        "01-31-2024",
        "1234567890",
        "4000123412341234",
        "12345678",
        "Invoice 2024-0042",
        "52.1234567",
        "412.557834",
        "234.56 2024",
        "$1,234.56_2024.pdf",
        "234.56 - 7890",
        "100 25.1234",
        "1.234.567,89",
        "1 234 567,89",
        "31.12.2024",
        "2024_01_31",
        "2024.01.31.pdf",
        "31\u201312\u20132024",
        "IMG_20240131_123456.jpg",
        "555.123.4567",
        "555_123_4567",
        "+1 (555)\u00a0123\u20134567",
        "94105\u20131234",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert redact(text) == text


@given(DIGITS, SURROUNDINGS, SURROUNDINGS, st.sampled_from(["ssn", "spaces", "ein", "bare"]))
def test_no_tin_survives_however_it_is_written(
    digits: str, before: str, after: str, style: str
) -> None:
    written = {
        "ssn": f"{digits[:3]}-{digits[3:5]}-{digits[5:]}",
        "spaces": f"{digits[:3]} {digits[3:5]} {digits[5:]}",
        "ein": f"{digits[:2]}-{digits[2:]}",
        "bare": digits,
    }[style]

    assert TIN_SHAPE.search(redact(before + written + after)) is None


@given(st.text("0123456789- .,$SN\n", max_size=60))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_the_mask_shows_the_last_four() -> None:
    assert mask("7834") == "***-**-7834"
