"""What a person may type into a field, and what of it is kept."""

from uuid import UUID

import pytest

from shared.documents import values
from shared.documents.errors import BadValue
from shared.documents.kinds import DocumentKind
from shared.documents.models import FieldRow
from shared.documents.understanding.extraction import (
    extract,
    field_holds,
    known_fields,
    required_fields,
)
from shared.documents.understanding.forms import Shape
from shared.documents.understanding.models import FieldSource, FieldValue, Part
from shared.platform import crypto
from shared.platform.crypto import Keyring
from tests.make import readings
from tests.shared.documents.understanding.commerce_pages import fields_of, printed

W2 = DocumentKind.W2
DOCUMENT_ID = UUID(int=1)


def typed(name: str, value: str, kind: DocumentKind = W2) -> str | None:
    return values.corrected(kind, name, value).value


class TestAnAmount:
    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            ("1234.5", "1234.50"),
            ("1,234.56", "1234.56"),
            ("$50,000.00", "50000.00"),
            ("-$ 12", "-12.00"),
            (" 0 ", "0.00"),
        ],
    )
    def test_is_kept_as_a_plain_decimal(self, value: str, kept: str) -> None:
        assert typed("box_1", value) == kept

    @pytest.mark.parametrize(
        "value",
        ["abc", "-", "$", "1e5", "12.345", "1,23", "1.234,56", readings.SSN, "\u0665\u0660"],
    )
    def test_is_refused_when_it_is_no_amount(self, value: str) -> None:
        with pytest.raises(BadValue):
            typed("box_1", value)

    def test_is_not_quoted_when_it_is_refused(self) -> None:
        with pytest.raises(BadValue) as refused:
            typed("box_1", readings.SSN)

        assert readings.SSN not in str(refused.value)

    @pytest.mark.parametrize("name", ["box_12a", "box_12d", "box_16", "box_16_2", "box_19_2"])
    def test_stands_in_rows_of_states_and_behind_codes_too(self, name: str) -> None:
        assert typed(name, "1,000") == "1000.00"
        with pytest.raises(BadValue):
            typed(name, "DD")

    @pytest.mark.parametrize("name", ["subtotal", "tax", "total"])
    def test_of_an_invoice(self, name: str) -> None:
        assert typed(name, "$1,000", DocumentKind.INVOICE) == "1000.00"

    @pytest.mark.parametrize("name", ["opening_balance", "closing_balance"])
    def test_of_a_bank_statement(self, name: str) -> None:
        assert typed(name, "-5", DocumentKind.BANK_STATEMENT) == "-5.00"


class TestATin:
    @pytest.mark.parametrize(
        ("kind", "name", "value", "kept"),
        [
            (W2, "employee_ssn", "412557834", "412-55-7834"),
            (W2, "employee_ssn", "412-55-7834", "412-55-7834"),
            (W2, "employer_ein", "367654321", "36-7654321"),
            (DocumentKind.F1099INT, "recipient_tin", "412557834", "412-55-7834"),
            (DocumentKind.F1099INT, "payer_tin", "367654321", "36-7654321"),
            (DocumentKind.F1099INT, "payer_tin", "412-55-7834", "412-55-7834"),
            (DocumentKind.F1099S, "recipient_tin", "412557834", "412-55-7834"),
        ],
    )
    def test_has_the_dashes_of_its_field_unless_typed_with_others(
        self, kind: DocumentKind, name: str, value: str, kept: str
    ) -> None:
        assert typed(name, value, kind) == kept

    @pytest.mark.parametrize("value", ["12-34", "4125578345", "412 55 7834", "\u0664" * 9])
    def test_is_nine_ascii_digits(self, value: str) -> None:
        with pytest.raises(BadValue):
            typed("employee_ssn", value)

    def test_of_another_country_may_have_letters(self) -> None:
        assert typed("foreign_tin", "AB 12/345", DocumentKind.W8BEN) == "AB 12/345"


class TestOtherShapes:
    def test_a_date_is_iso(self) -> None:
        assert typed("date", "2025-01-31", DocumentKind.RECEIPT) == "2025-01-31"
        with pytest.raises(BadValue):
            typed("date_of_birth", "2025-02-30", DocumentKind.W8BEN)

    def test_a_refused_date_is_quoted_in_no_traceback(self) -> None:
        with pytest.raises(BadValue) as refused:
            typed("date", readings.SSN, DocumentKind.RECEIPT)

        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__

    def test_a_check_box_is_yes_or_no(self) -> None:
        assert typed("box_13_retirement", "Yes") == "yes"
        with pytest.raises(BadValue):
            typed("box_13_retirement", "x")

    @pytest.mark.parametrize("name", ["box_12a_code", "box_15", "box_15_2"])
    def test_a_code_is_one_or_two_letters(self, name: str) -> None:
        assert typed(name, "dd") == "DD"
        with pytest.raises(BadValue):
            typed(name, "412-55-7834")

    def test_text_is_kept_as_it_is(self) -> None:
        assert typed("employer_name", " Analytical Engines, Inc. ") == "Analytical Engines, Inc."

    @pytest.mark.parametrize("value", ["", "  "])
    def test_nothing_typed_is_a_value_nobody_can_read(self, value: str) -> None:
        assert typed("box_1", value) is None


class TestKnownFields:
    @pytest.mark.parametrize("kind", DocumentKind)
    def test_what_is_required_is_known(self, kind: DocumentKind) -> None:
        assert known_fields(kind).issuperset(required_fields(kind))

    def test_what_is_read_of_a_w2_is_known(self) -> None:
        part = Part(kind=W2, confidence=1, pages=(1,))
        found = extract(readings.reading(readings.w2()), part)

        assert known_fields(W2).issuperset(each.name for each in found.fields)

    def test_what_is_read_of_an_invoice_is_known(self) -> None:
        page = printed("""
Analytical Engines Inc
1 Main Street, Springfield, IL 62701

Invoice number: A-17
Invoice date: 01/31/2025     Due date: 02/28/2025

Subtotal     $100.00
Tax            $8.00
Total        $108.00
""")
        found = fields_of(DocumentKind.INVOICE, page)

        assert {"subtotal", "due_date"} <= found.keys() <= known_fields(DocumentKind.INVOICE)

    def test_an_empty_box_is_known_and_one_the_form_has_not_is_not(self) -> None:
        assert {"box_7", "box_12d_code", "box_15_id_2", "box_20_2"} <= known_fields(W2)
        assert "box_21" not in known_fields(W2)

    def test_a_kind_of_which_nothing_is_read_has_none(self) -> None:
        assert known_fields(DocumentKind.OTHER) == frozenset()

    @pytest.mark.parametrize(
        ("year", "shape"), [(2018, Shape.TEXT), (2024, Shape.MONEY), (None, Shape.MONEY)]
    )
    def test_a_number_given_to_another_box_holds_what_the_years_form_says(
        self, year: int | None, shape: Shape
    ) -> None:
        """Box 12 of a 1099-DIV was the state before it was exempt-interest dividends."""
        assert field_holds(DocumentKind.F1099DIV, "box_12", year) is shape


class TestToRow:
    @pytest.fixture
    def keyring(self) -> Keyring:
        return Keyring(crypto.new_data_keys(1))

    @pytest.mark.parametrize("name", ["control_number", "box_14", "name", "employer_address"])
    def test_an_ssn_in_the_wrong_place_is_masked(self, keyring: Keyring, name: str) -> None:
        row, _ = self.row(keyring, name, f"see {readings.SSN}")

        assert row.value == "see ***-**-7834"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("account_number", "412557834"),
            ("box_15_id", "36-7654321"),
            ("date", "2025-01-31"),
            ("total", "412557834.00"),
        ],
    )
    def test_what_only_resembles_one_stays(self, keyring: Keyring, name: str, value: str) -> None:
        assert self.row(keyring, name, value)[0].value == value

    def test_a_tin_is_sealed_and_found_with_and_without_dashes(self, keyring: Keyring) -> None:
        row, hashed = self.row(keyring, "employee_ssn", readings.SSN)

        assert (row.value, row.last4) == (None, "7834")
        assert values.to_value(keyring, row).value == readings.SSN
        assert hashed == self.row(keyring, "recipient_tin", "412557834")[1]

    @staticmethod
    def row(keyring: Keyring, name: str, value: str) -> tuple[FieldRow, bytes | None]:
        found = FieldValue(
            name=name,
            value=value,
            raw=None,
            confidence=1,
            page=None,
            box=None,
            source=FieldSource.PERSON,
        )
        return values.to_row(keyring, DOCUMENT_ID, 1, found)
