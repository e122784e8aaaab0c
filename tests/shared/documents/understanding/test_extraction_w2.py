from shared.documents.kinds import DocumentKind
from shared.documents.understanding.extraction import extract
from shared.documents.understanding.models import FieldSource, FieldValue, Part
from shared.vendors.reading import Page, WordSource
from tests.shared.documents.understanding.form_pages import (
    W2,
    W2_VALUES,
    Sheet,
    put_form,
    put_w2,
    reading,
    w2_page,
)


def w2_fields(*pages: Page) -> dict[str, FieldValue]:
    part = Part(kind=DocumentKind.W2, confidence=1.0, pages=tuple(page.number for page in pages))
    return {field.name: field for field in extract(reading(*pages), part).fields}


def w2_values(*pages: Page) -> dict[str, str | None]:
    return {name: field.value for name, field in w2_fields(*pages).items()}


class TestReadAW2:
    def test_every_box_with_ink_is_a_field(self) -> None:
        values = w2_values(w2_page())

        assert values == {
            "employee_ssn": "401-23-4567",
            "employer_ein": "45-1234567",
            "employer_name": "Larkspur Dairy",
            "employer_address": "12 Kiln Avenue, Maple Hollow OH 44651",
            "control_number": "K65584",
            "employee_name": "Imogen Winterbourne",
            "employee_address": "9 Harvest Court, Port Example NY 13826",
            "box_1": "50000.00",
            "box_2": "6100.00",
            "box_3": "52000.00",
            "box_4": "3224.00",
            "box_5": "52000.00",
            "box_6": "754.00",
            "box_12a": "2000.00",
            "box_12a_code": "D",
            "box_13_statutory": "no",
            "box_13_retirement": "no",
            "box_13_sick_pay": "no",
            "box_15": "OH",
            "box_15_id": "89-200140",
            "box_16": "50000.00",
            "box_17": "1750.00",
        }

    def test_the_year_in_large_type_is_the_tax_year(self) -> None:
        part = Part(kind=DocumentKind.W2, confidence=1.0, pages=(1,))

        assert extract(reading(w2_page()), part).tax_year == 2024

    def test_a_value_says_where_it_stands(self) -> None:
        field = w2_fields(w2_page())["box_1"]

        assert field.page == 1
        assert field.raw == "50,000.00"
        assert field.source is FieldSource.TEXT_LAYER
        assert field.box is not None
        assert 0.55 < field.box[0] < 0.58
        assert 0.09 < field.box[1] < 0.1

    def test_a_blank_form_has_no_fields(self) -> None:
        assert w2_fields(put_form(Sheet(), W2, {}).page()) == {}

    def test_form_fields_are_read_by_where_they_stand(self) -> None:
        sheet = put_form(Sheet(), W2, {}).fill(0.56, 0.092, "1234.5").fill(0.27, 0.06, "401234567")
        fields = w2_fields(sheet.page())

        assert fields["box_1"].value == "1234.50"
        assert fields["box_1"].source is FieldSource.FORM_FIELD
        assert fields["employee_ssn"].value == "401-23-4567"

    def test_a_tick_says_yes(self) -> None:
        sheet = Sheet()
        put_w2(sheet)
        sheet.put(0.635, 0.28, "X", 0.01)

        values = w2_values(sheet.page())
        assert values["box_13_retirement"] == "yes"
        assert values["box_13_statutory"] == "no"

    def test_a_scan_without_a_tick_does_not_say_no(self) -> None:
        assert "box_13_statutory" not in w2_values(w2_page(source=WordSource.OCR, confidence=0.99))

    def test_two_states_are_two_rows(self) -> None:
        sheet = Sheet()
        put_w2(sheet)
        for x, text in ((0.07, "PA"), (0.13, "22-253877"), (0.33, "1,000.00"), (0.47, "30.70")):
            sheet.put(x, 0.40, text, 0.01)

        values = w2_values(sheet.page())
        assert values["box_15"] == "OH"
        assert values["box_15_2"] == "PA"
        assert values["box_15_id_2"] == "22-253877"
        assert values["box_16_2"] == "1000.00"
        assert values["box_17_2"] == "30.70"

    def test_small_upright_letters_are_no_code(self) -> None:
        sheet = Sheet()
        put_w2(sheet, {"box_12a": ""})
        for row, letter in enumerate("Cod"):
            sheet.put(0.751, 0.241 + row * 0.004, letter, 0.0036)
        sheet.put(0.765, 0.245, "W", 0.01).put(0.80, 0.245, "730.00", 0.01)

        values = w2_values(sheet.page())
        assert values["box_12a_code"] == "W"
        assert values["box_12a"] == "730.00"

    def test_a_hidden_number_keeps_its_last_four_digits(self) -> None:
        assert w2_values(w2_page(a="***-**-4567"))["employee_ssn"] == "XXX-XX-4567"


class TestReadAPoorScan:
    def test_misread_labels_are_still_labels(self) -> None:
        noisy = {
            **W2,
            "1": (0.55, 0.08, "1 Wages,tips,othercompensatlon"),
            "4": (0.75, 0.11, "4 Social securlty tax witheld"),
            "5": (0.55, 0.14, "5Medicare wages and tlps"),
        }
        sheet = Sheet(source=WordSource.OCR, confidence=0.97)
        values = w2_values(put_form(sheet, noisy, W2_VALUES).page())

        assert values["box_1"] == "50000.00"
        assert values["box_4"] == "3224.00"
        assert values["box_5"] == "52000.00"

    def test_ink_that_is_no_amount_is_none_and_never_zero(self) -> None:
        field = w2_fields(w2_page(source=WordSource.OCR, confidence=0.9, box_2="6.1%0.0/0"))[
            "box_2"
        ]

        assert field.value is None
        assert field.confidence == 0

    def test_an_empty_box_is_not_a_field(self) -> None:
        assert "box_8" not in w2_fields(w2_page())

    def test_a_word_that_was_hard_to_read_makes_an_unsure_value(self) -> None:
        fields = w2_fields(w2_page(source=WordSource.OCR, confidence=0.7))

        assert fields["box_2"].confidence < 0.85
        assert fields["box_2"].source is FieldSource.OCR


class TestReadAProvidersLayout:
    def test_four_copies_on_a_page_agree(self) -> None:
        sheet = Sheet()
        for left, top in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
            put_w2(sheet, left=left, top=top, scale=0.5)
        fields = w2_fields(sheet.page())

        assert fields["box_1"].value == "50000.00"
        assert fields["box_17"].value == "1750.00"
        assert fields["employee_name"].value == "Imogen Winterbourne"
        assert fields["box_1"].confidence > 0.99

    def test_the_majority_of_the_copies_wins(self) -> None:
        right, wrong = w2_page(1), w2_page(2, box_2="8,100.00")
        field = w2_fields(right, wrong, w2_page(3))["box_2"]

        assert field.value == "6100.00"
        assert field.confidence < 0.9

    def test_abbreviated_labels_and_values_at_their_right(self) -> None:
        sheet = Sheet()
        sheet.put(0.05, 0.05, "1 Wages, tips, other comp.").put(0.25, 0.05, "41,000.00")
        sheet.put(0.05, 0.08, "2 Federal income tax withheld").put(0.25, 0.08, "4,100.00")
        sheet.put(0.05, 0.11, "b Employer's FED ID number").put(0.25, 0.11, "45-1234567")
        sheet.put(0.05, 0.14, "e/f Employee's name, address, and ZIP code")
        sheet.put(0.05, 0.16, "Ada Lovelace").put(0.05, 0.18, "1 Main St")
        values = w2_values(sheet.page())

        assert values["box_1"] == "41000.00"
        assert values["box_2"] == "4100.00"
        assert values["employer_ein"] == "45-1234567"
        assert values["employee_name"] == "Ada Lovelace"
        assert values["employee_address"] == "1 Main St"

    def test_instructions_that_speak_of_boxes_hold_no_values(self) -> None:
        sheet = Sheet(2)
        sheet.put(
            0.05, 0.1, "Federal income tax withheld is shown in box 2 of your form and is 99.00"
        )
        values = w2_values(w2_page(), sheet.page())

        assert values["box_2"] == "6100.00"


class TestArithmetic:
    def test_tax_and_wages_that_fit_confirm_each_other(self) -> None:
        fields = w2_fields(w2_page(source=WordSource.OCR, confidence=0.85))

        assert fields["box_3"].confidence >= 0.97
        assert fields["box_4"].confidence >= 0.97
        assert fields["box_2"].confidence < 0.95

    def test_a_lost_decimal_point_is_found_again(self) -> None:
        page = w2_page(source=WordSource.OCR, confidence=0.99, box_4="322400")
        field = w2_fields(page)["box_4"]

        assert field.value == "3224.00"
        assert field.source is FieldSource.DERIVED
        assert field.page is None
        assert field.box is None
        assert field.raw == "322400"

    def test_the_copy_that_fits_wins_over_the_one_that_does_not(self) -> None:
        wrong = w2_page(1, box_6="764.00")
        field = w2_fields(wrong, w2_page(2))["box_6"]

        assert field.value == "754.00"

    def test_arithmetic_never_invents_a_value(self) -> None:
        page = w2_page(source=WordSource.OCR, confidence=0.8, box_4="9,999.00")

        assert w2_fields(page)["box_4"].value == "9999.00"

    def test_an_additional_tax_is_owed_over_two_hundred_thousand(self) -> None:
        page = w2_page(source=WordSource.OCR, confidence=0.85, box_5="300,000.00", box_6="5,250.00")

        assert w2_fields(page)["box_6"].confidence >= 0.97
