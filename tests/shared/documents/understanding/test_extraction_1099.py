from collections.abc import Mapping, Sequence

import pytest

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.extraction import extract, required_fields
from shared.documents.understanding.models import FieldValue, Part
from shared.vendors.reading import Page, WordSource
from tests.shared.documents.understanding.form_pages import Grid, Sheet, put_form, reading

PARTIES: Grid = {
    "payer": (0.09, 0.05, "PAYER'S name, street address, city or town, state or province"),
    "payer_tin": (0.09, 0.17, "PAYER'S TIN"),
    "recipient_tin": (0.28, 0.17, "RECIPIENT'S TIN"),
    "recipient": (0.09, 0.23, "RECIPIENT'S name"),
    "street": (0.09, 0.275, "Street address (including apt. no.)"),
    "city": (0.09, 0.32, "City or town, state or province, country, and ZIP"),
    "account": (0.09, 0.41, "Account number (see instructions)"),
}
INTEREST: Grid = {
    **PARTIES,
    "1": (0.49, 0.09, "1 Interest income"),
    "2": (0.49, 0.14, "2 Early withdrawal penalty"),
    "3": (0.49, 0.185, "3 Interest on U.S. Savings Bonds and Treas. obligations"),
    "4": (0.49, 0.23, "4 Federal income tax withheld"),
    "5": (0.66, 0.23, "5 Investment expenses"),
    "8": (0.49, 0.29, "8 Tax-exempt interest"),
    "15": (0.66, 0.41, "15 State"),
    "16": (0.71, 0.41, "16 State identification no."),
    "17": (0.85, 0.41, "17 State tax withheld"),
}
NEC: Grid = {
    **PARTIES,
    "1": (0.49, 0.14, "1 Nonemployee compensation"),
    "4": (0.49, 0.275, "4 Federal income tax withheld"),
    "5": (0.49, 0.41, "5 State tax withheld"),
    "6": (0.62, 0.41, "6 State/Payer's state no."),
    "7": (0.80, 0.41, "7 State income"),
}
DIVIDENDS: Grid = {
    **PARTIES,
    "1a": (0.49, 0.05, "1a Total ordinary dividends"),
    "1b": (0.49, 0.09, "1b Qualified dividends"),
    "2a": (0.49, 0.14, "2a Total capital gain distr."),
    "exempt": (0.49, 0.365, "12 Exempt-interest dividends"),
}
MORTGAGE: Grid = {
    "lender": (0.09, 0.05, "RECIPIENT'S/LENDER'S name, street address, city or town"),
    "lender_tin": (0.09, 0.17, "RECIPIENT'S/LENDER'S TIN"),
    "borrower_tin": (0.28, 0.17, "PAYER'S/BORROWER'S TIN"),
    "borrower": (0.09, 0.23, "PAYER'S/BORROWER'S name"),
    "street": (0.09, 0.275, "Street address (including apt. no.)"),
    "1": (0.49, 0.14, "1 Mortgage interest received from payer(s)/borrower(s)"),
    "2": (0.49, 0.17, "2 Outstanding mortgage principal"),
    "3": (0.70, 0.17, "3 Mortgage origination date"),
}
STUDENT_LOAN: Grid = {
    "lender": (0.09, 0.05, "RECIPIENT'S/LENDER'S name, street address, city or town"),
    "lender_tin": (0.09, 0.17, "RECIPIENT'S TIN"),
    "borrower_tin": (0.28, 0.17, "BORROWER'S TIN"),
    "1": (0.49, 0.17, "1 Student loan interest received by lender"),
    "borrower": (0.09, 0.23, "BORROWER'S name"),
    "street": (0.09, 0.275, "Street address (including apt. no.)"),
    "city": (0.09, 0.32, "City or town, state or province, country, and ZIP"),
    "account": (0.09, 0.41, "Account number (see instructions)"),
}
TUITION: Grid = {
    "filer": (0.09, 0.05, "FILER'S name, street address, city or town, state or province"),
    "1": (0.49, 0.05, "1 Payments received for qualified tuition and related expenses"),
    "filer_tin": (0.09, 0.17, "FILER'S employer identification no."),
    "student_tin": (0.28, 0.17, "STUDENT'S TIN"),
    "student": (0.09, 0.23, "STUDENT'S name"),
    "4": (0.49, 0.23, "4 Adjustments made for a prior year"),
    "5": (0.66, 0.23, "5 Scholarships or grants"),
    "street": (0.09, 0.275, "Street address (including apt. no.)"),
    "city": (0.09, 0.32, "City or town, state or province, country, and ZIP"),
    "account": (0.09, 0.41, "Service Provider/Acct. No. (see instr.)"),
}
VALUES: Mapping[str, str | Sequence[str]] = {
    "payer": (
        "Quillfeather Savings Bank",
        "9 Harvest Court",
        "Maple Hollow OH 44651",
        "735-555-0138",
    ),
    "payer_tin": "45-1994261",
    "recipient_tin": "***-**-5857",
    "recipient": "Philippa Larkspur",
    "street": "22 Kiln Avenue",
    "city": "Port Example NY 13811",
    "account": "9454-568",
}


def values_of(kind: DocumentKind, page: Page) -> dict[str, str | None]:
    return {name: field.value for name, field in fields_of(kind, page).items()}


def fields_of(kind: DocumentKind, page: Page) -> dict[str, FieldValue]:
    part = Part(kind=kind, confidence=1.0, pages=(page.number,))
    return {field.name: field for field in extract(reading(page), part).fields}


def form(
    grid: Grid,
    values: Mapping[str, str | Sequence[str]],
    title: str,
    *,
    year: str = "2024",
    number: int = 1,
    source: WordSource = WordSource.TEXT_LAYER,
) -> Page:
    sheet = put_form(Sheet(number, source, 0.99), grid, {**VALUES, **values})
    sheet.put(0.69, 0.078, year, 0.018).put(0.08, 0.457, title, 0.012)
    return sheet.put(0.30, 0.46, "(keep for your records)").page()


def interest_page(number: int = 1, values: Mapping[str, str] | None = None) -> Page:
    return form(
        INTEREST, {"1": "374.28", **(values or {})}, "Form 1099-INT Interest Income", number=number
    )


class TestRead1099s:
    def test_who_paid_and_who_received(self) -> None:
        values = values_of(DocumentKind.F1099INT, interest_page())

        assert values == {
            "payer_name": "Quillfeather Savings Bank",
            "payer_address": "9 Harvest Court, Maple Hollow OH 44651",
            "payer_tin": "45-1994261",
            "recipient_tin": "XXX-XX-5857",
            "recipient_name": "Philippa Larkspur",
            "recipient_address": "22 Kiln Avenue, Port Example NY 13811",
            "account_number": "9454-568",
            "box_1": "374.28",
        }

    def test_an_amount_stands_behind_its_dollar_sign(self) -> None:
        page = interest_page(values={"4": "$ 54.28", "8": "$ 1,000"})
        values = values_of(DocumentKind.F1099INT, page)

        assert values["box_4"] == "54.28"
        assert values["box_8"] == "1000.00"

    def test_a_lonely_dollar_sign_is_no_amount(self) -> None:
        assert "box_2" not in values_of(DocumentKind.F1099INT, interest_page(values={"2": "$"}))

    def test_state_boxes(self) -> None:
        page = interest_page(values={"15": "OR", "16": "12-3", "17": "8.93"})
        values = values_of(DocumentKind.F1099INT, page)

        assert (values["box_15"], values["box_16"], values["box_17"]) == ("OR", "12-3", "8.93")

    def test_a_title_is_not_the_box_of_the_same_words(self) -> None:
        page = form(NEC, {"1": "5,000.00"}, "Nonemployee Compensation")
        values = values_of(DocumentKind.F1099NEC, page)

        assert values["box_1"] == "5000.00"

    def test_a_number_without_dashes_is_written_as_its_kind_is(self) -> None:
        page = interest_page(values={"payer_tin": "746552769", "recipient_tin": "554030876"})
        values = values_of(DocumentKind.F1099INT, page)

        assert values["payer_tin"] == "74-6552769"
        assert values["recipient_tin"] == "554-03-0876"

    def test_a_number_of_the_wrong_length_is_kept_but_not_believed(self) -> None:
        field = fields_of(DocumentKind.F1099INT, interest_page(values={"payer_tin": "12-45783"}))[
            "payer_tin"
        ]

        assert field.value == "12-45783"
        assert field.confidence < 0.9

    def test_a_scanned_number_of_the_wrong_length_is_unreadable(self) -> None:
        page = form(INTEREST, {"payer_tin": "12-45783"}, "Form 1099-INT", source=WordSource.OCR)

        assert fields_of(DocumentKind.F1099INT, page)["payer_tin"].value is None

    @pytest.mark.parametrize(
        ("label", "year", "name"),
        [
            ("12 Exempt-interest dividends", "2024", "box_12"),
            ("11 Exempt-interest dividends", "2020", "box_11"),
            ("Exempt-interest dividends", "2020", "box_11"),
            ("Exempt-interest dividends", "2023", "box_12"),
        ],
    )
    def test_a_renumbered_box_goes_by_print_and_then_by_year(
        self, label: str, year: str, name: str
    ) -> None:
        grid: Grid = {**DIVIDENDS, "exempt": (0.49, 0.365, label)}
        page = form(grid, {"exempt": "7.00"}, "Form 1099-DIV", year=year)

        assert values_of(DocumentKind.F1099DIV, page)[name] == "7.00"

    def test_boxes_with_letters_keep_them(self) -> None:
        page = form(DIVIDENDS, {"1a": "100.00", "1b": "60.00", "2a": "5.00"}, "Form 1099-DIV")
        values = values_of(DocumentKind.F1099DIV, page)

        assert (values["box_1a"], values["box_1b"], values["box_2a"]) == ("100.00", "60.00", "5.00")

    def test_the_lender_of_a_mortgage_is_the_recipient(self) -> None:
        page = form(
            MORTGAGE,
            {
                "lender": ("First Home Loans", "1 Bank Street"),
                "lender_tin": "45-1994261",
                "borrower_tin": "401-23-4567",
                "borrower": "Ada Lovelace",
                "1": "12,345.67",
                "3": "03/15/2019",
            },
            "Form 1098",
        )
        values = values_of(DocumentKind.F1098, page)

        assert values["recipient_name"] == "First Home Loans"
        assert values["recipient_tin"] == "45-1994261"
        assert values["payer_name"] == "Ada Lovelace"
        assert values["payer_tin"] == "401-23-4567"
        assert values["box_1"] == "12345.67"
        assert values["box_3"] == "2019-03-15"

    def test_whoever_sends_a_form_about_studies_is_the_payer(self) -> None:
        """Though Form 1098-E calls the lender the recipient."""
        loan = form(
            STUDENT_LOAN,
            {
                "lender": ("Harbor Student Loans", "1 Bank Street"),
                "lender_tin": "45-1994261",
                "borrower_tin": "401-23-4567",
                "borrower": "Ada Lovelace",
                "1": "812.40",
            },
            "Form 1098-E",
        )
        tuition = form(
            TUITION,
            {
                "filer": ("Example College", "9 Campus Way"),
                "filer_tin": "45-1994261",
                "student_tin": "401-23-4567",
                "student": "Ada Lovelace",
                "1": "9,000.00",
                "5": "2,500.00",
            },
            "Form 1098-T",
        )

        interest = values_of(DocumentKind.F1098E, loan)
        payments = values_of(DocumentKind.F1098T, tuition)

        assert interest["payer_name"] == "Harbor Student Loans"
        assert payments["payer_name"] == "Example College"
        for values in (interest, payments):
            assert values["payer_tin"] == "45-1994261"
            assert values["recipient_tin"] == "401-23-4567"
            assert values["recipient_name"] == "Ada Lovelace"
        assert interest["box_1"] == "812.40"
        assert (payments["box_1"], payments["box_5"]) == ("9000.00", "2500.00")


class TestRequiredFields:
    def test_a_w2_needs_its_people_and_its_main_boxes(self) -> None:
        assert {"employee_ssn", "employer_ein", "box_1", "box_6"} <= set(
            required_fields(DocumentKind.W2)
        )

    def test_other_papers_need_none(self) -> None:
        assert required_fields(DocumentKind.OTHER) == ()
