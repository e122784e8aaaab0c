import pytest

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.models import FieldSource, FieldValue, Finding, Severity
from shared.documents.understanding.rules import check

RIGHT = {
    "employee_ssn": "401-23-4567",
    "employer_ein": "45-1234567",
    "employee_name": "Imogen Winterbourne",
    "employer_name": "Larkspur Dairy",
    "box_1": "52000.00",
    "box_2": "6100.00",
    "box_3": "50000.00",
    "box_4": "3224.00",
    "box_5": "52000.00",
    "box_6": "754.00",
    "box_7": "2000.00",
    "box_12a": "9000.00",
    "box_12a_code": "DD",
}


def field(name: str, value: str | None, source: FieldSource = FieldSource.OCR) -> FieldValue:
    return FieldValue(
        name=name, value=value, raw=value, confidence=1.0, page=1, box=None, source=source
    )


def findings(
    kind: DocumentKind, values: dict[str, str | None], year: int | None = 2024
) -> dict[str, Finding]:
    fields = {name: field(name, value) for name, value in values.items()}
    return {each.rule: each for each in check(kind, fields, year)}


def w2(year: int | None = 2024, /, **changes: str | None) -> dict[str, Finding]:
    """The findings on a W-2 that is right but for the changes; ``None`` empties a box."""
    values: dict[str, str | None] = {**RIGHT, **changes}
    kept: dict[str, str | None] = {name: value for name, value in values.items() if value}
    return findings(DocumentKind.W2, kept, year)


class TestW2:
    def test_a_right_form_has_no_findings(self) -> None:
        assert w2() == {}

    def test_medicare_wages_below_social_security_wages_are_rejected(self) -> None:
        found = w2(box_5="51999.99", box_6="754.00")["W2-01"]

        assert found.severity is Severity.BLOCK
        assert found.fields == ("box_5", "box_3", "box_7")

    def test_medicare_wages_may_exceed_social_security_wages(self) -> None:
        assert "W2-01" not in w2(box_5="60000.00", box_6="870.00")

    @pytest.mark.parametrize(
        ("year", "base"),
        [
            (2021, 142_800),
            (2022, 147_000),
            (2023, 160_200),
            (2024, 168_600),
            (2025, 176_100),
            (2026, 184_500),
        ],
    )
    def test_wages_over_the_years_base_are_rejected(self, year: int, base: int) -> None:
        at = w2(year, box_3=f"{base}.00", box_7=None)
        over = w2(year, box_3=f"{base}.01", box_7=None)

        assert "W2-02" not in at
        assert over["W2-02"].severity is Severity.BLOCK

    def test_a_year_without_a_table_has_no_wage_base(self) -> None:
        assert "W2-02" not in w2(2031, box_3="900000.00")
        assert "W2-02" not in w2(None, box_3="900000.00")

    def test_social_security_tax_is_6_2_percent_to_the_dollar(self) -> None:
        assert "W2-03" not in w2(box_4="3225.00")
        assert w2(box_4="3225.01")["W2-03"].severity is Severity.WARN
        assert "3224.00" in w2(box_4="3524.00")["W2-03"].message

    def test_social_security_tax_never_exceeds_the_years_most(self) -> None:
        most: dict[str, str | None] = {"box_3": "168600.00", "box_7": None, "box_5": "168600.00"}

        assert "W2-03" not in w2(box_4="10453.20", **most)
        assert "W2-03" in w2(box_4="10453.21", **most)

    def test_missing_social_security_tax_is_a_difference(self) -> None:
        assert "W2-03" in w2(box_4=None)

    def test_tax_without_social_security_wages_is_rejected(self) -> None:
        found = w2(box_3=None, box_7=None)

        assert found["W2-04"].severity is Severity.BLOCK
        assert "W2-04" not in w2(box_3=None)

    def test_tax_without_medicare_wages_is_rejected(self) -> None:
        assert w2(box_5=None)["W2-05"].severity is Severity.BLOCK
        assert "W2-05" not in w2()

    def test_medicare_tax_is_1_45_percent_to_the_dollar(self) -> None:
        assert "W2-06" not in w2(box_6="755.00")
        assert w2(box_6="755.01")["W2-06"].severity is Severity.WARN

    def test_medicare_tax_has_an_additional_part_over_200_000(self) -> None:
        assert "W2-06" not in w2(box_5="300000.00", box_6="5250.00")
        assert "W2-06" in w2(box_5="300000.00", box_6="4350.00")

    def test_deferrals_explain_why_box_3_exceeds_box_1(self) -> None:
        found = w2(box_1="48000.00", box_12a="2000.00", box_12a_code="D")["W2-07"]

        assert found.severity is Severity.INFO
        assert "difference is 2000.00; deferrals in box 12 are 2000.00" in found.message
        assert "W2-07" not in w2()

    @pytest.mark.parametrize(("code", "year"), [("I", 2024), ("TA", 2025), ("II", 2021)])
    def test_a_code_that_is_not_in_the_years_list_is_questioned(self, code: str, year: int) -> None:
        assert w2(year, box_12a_code=code)["W2-08"].severity is Severity.WARN

    @pytest.mark.parametrize(("code", "year"), [("D", 2021), ("TA", 2026), ("II", 2024)])
    def test_a_code_of_the_years_list_is_fine(self, code: str, year: int) -> None:
        assert "W2-08" not in w2(year, box_12a_code=code)

    @pytest.mark.parametrize(
        "ssn",
        ["000-12-3456", "666-12-3456", "912-12-3456", "401-00-4567", "401-23-0000", "078-05-1120"],
    )
    def test_a_number_that_was_never_issued_is_rejected(self, ssn: str) -> None:
        assert w2(employee_ssn=ssn)["W2-09"].severity is Severity.BLOCK

    def test_a_hidden_social_security_number_is_questioned(self) -> None:
        assert w2(employee_ssn="XXX-XX-4567")["W2-09-SSN-HIDDEN"].severity is Severity.WARN

    def test_the_employers_number_must_be_whole(self) -> None:
        assert w2(employer_ein="XXX-XX-4567")["W2-09-EIN"].severity is Severity.BLOCK
        assert w2(employer_ein="07-1234567")["W2-09-EIN-PREFIX"].severity is Severity.WARN

    def test_an_employer_outside_social_security_is_worth_a_note(self) -> None:
        found = w2(box_3=None, box_4=None, box_7=None)

        assert found["W2-10"].severity is Severity.INFO
        assert "W2-03" not in found
        assert "W2-10" not in w2()

    def test_an_amount_nobody_can_read_is_held_against_no_other(self) -> None:
        fields = {name: field(name, value) for name, value in RIGHT.items()}
        fields["box_3"] = field("box_3", None)
        rules = {each.rule for each in check(DocumentKind.W2, fields, 2024)}

        assert rules == {"FORM-01"}

    def test_a_finding_says_where_the_rule_is_written(self) -> None:
        assert "26 USC 3101(a)" in w2(box_4="1.00")["W2-03"].message


class TestEveryForm:
    def test_a_required_field_that_is_missing_is_questioned(self) -> None:
        found = w2(employee_name=None)["FORM-01"]

        assert found.severity is Severity.WARN
        assert found.fields == ("employee_name",)

    def test_a_payers_number_must_have_a_numbers_shape(self) -> None:
        values: dict[str, str | None] = {
            "payer_name": "A Bank",
            "payer_tin": "12-45783",
            "recipient_name": "Ada",
            "recipient_tin": "XXX-XX-1234",
        }
        found = findings(DocumentKind.F1099INT, values)

        assert found["FORM-02"].fields == ("payer_tin",)
        assert "FORM-02" not in findings(
            DocumentKind.F1099INT, {**values, "payer_tin": "12-4578390"}
        )

    def test_a_part_is_not_more_than_its_whole(self) -> None:
        values: dict[str, str | None] = {"box_1a": "100.00", "box_1b": "100.01"}

        assert findings(DocumentKind.F1099DIV, values)["FORM-03"].severity is Severity.WARN
        assert "FORM-03" not in findings(DocumentKind.F1099DIV, {**values, "box_1b": "100.00"})

    def test_a_derived_value_is_worth_a_note(self) -> None:
        fields = {name: field(name, value) for name, value in RIGHT.items()}
        fields["box_4"] = field("box_4", "3224.00", FieldSource.DERIVED)
        found = check(DocumentKind.W2, fields, 2024)

        assert [(each.rule, each.severity) for each in found] == [("FORM-04", Severity.INFO)]
        assert found[0].fields == ("box_4",)

    def test_other_papers_have_no_rules(self) -> None:
        assert findings(DocumentKind.OTHER, {}) == {}
