import pytest

from shared.documents.understanding.identifiers import read_ein, read_ssn


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("401-23-4567", "401-23-4567"),
        ("401 23 4567", "401-23-4567"),
        ("401234567", "401-23-4567"),
        ("4O1-23-45G7", None),
        ("4O1-23-4S67", "401-23-4567"),
        ("***-**-4567", "XXX-XX-4567"),
        ("XXX-XX-4567", "XXX-XX-4567"),
        ("XYX-XA-9999", "XXX-XX-9999"),
        ("45-1234567", "45-1234567"),
        ("401-23-456", None),
        ("Imogen Winterbourne", None),
    ],
)
def test_a_persons_number(text: str, value: str | None) -> None:
    found = read_ssn(text)

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45-1234567", "45-1234567"),
        ("451234567", "45-1234567"),
        ("45 \u2013 1234567", "45-1234567"),
        ("401-23-4567", "401-23-4567"),
        ("12-45783", None),
    ],
)
def test_an_employers_number(text: str, value: str | None) -> None:
    found = read_ein(text)

    assert (found.value if found else None) == value


def test_dashes_in_odd_places_make_it_unsure() -> None:
    found = read_ssn("121-2312-45")

    assert found
    assert found.value == "121-23-1245"
    assert not found.is_sure
