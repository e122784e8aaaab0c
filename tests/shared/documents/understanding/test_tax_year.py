from shared.documents.understanding.tax_year import tax_year
from tests.shared.documents.understanding.form_pages import Sheet


def test_the_largest_year_wins() -> None:
    page = Sheet().put(0.5, 0.1, "2023", 0.02).put(0.1, 0.3, "see the 2024 instructions").page()

    assert tax_year([page]) == 2023


def test_a_year_may_be_read_in_two_halves() -> None:
    assert tax_year([Sheet().put(0.5, 0.1, "20 22", 0.02).page()]) == 2022


def test_a_revision_is_no_tax_year() -> None:
    assert tax_year([Sheet().put(0.1, 0.1, "(Rev. January 2022)").page()]) is None


def test_without_a_year_there_is_none() -> None:
    assert tax_year([Sheet().put(0.1, 0.1, "Wage and Tax Statement").page()]) is None
