"""Forms of which only the people are read, and kinds that are read elsewhere or not at all."""

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.extraction import extract
from shared.documents.understanding.models import Part
from shared.vendors.reading import Page
from tests.shared.documents.understanding.form_pages import Sheet, reading, text_page


def values_of(kind: DocumentKind, page: Page) -> dict[str, str | None]:
    part = Part(kind=kind, confidence=1.0, pages=(page.number,))
    return {field.name: field.value for field in extract(reading(page), part).fields}


def test_a_w9_says_who_signs_and_one_number() -> None:
    sheet = Sheet()
    sheet.put(0.10, 0.10, "1 Name (as shown on your income tax return)")
    sheet.put(0.10, 0.14, "2 Business name/disregarded entity name, if different from above")
    sheet.put(0.10, 0.30, "5 Address (number, street, and apt. or suite no.) See instructions.")
    sheet.put(0.10, 0.34, "6 City, state, and ZIP code")
    sheet.put(0.68, 0.41, "Social security number").put(
        0.68, 0.47, "Employer identification number"
    )
    sheet.fill(0.10, 0.115, "Ada Lovelace").fill(0.10, 0.315, "1 Main St")
    sheet.fill(0.68, 0.43, "401", width=0.07).fill(0.77, 0.43, "23", width=0.05)
    sheet.fill(0.84, 0.43, "4567", width=0.09)

    assert values_of(DocumentKind.W9, sheet.page()) == {
        "name": "Ada Lovelace",
        "street_address": "1 Main St",
        "taxpayer_ssn": "401-23-4567",
    }


def test_of_other_information_returns_the_two_numbers_are_read() -> None:
    sheet = Sheet().put(0.09, 0.17, "PAYER'S TIN").put(0.28, 0.17, "RECIPIENT'S TIN")
    sheet.put(0.10, 0.19, "45-1994261", 0.01).put(0.29, 0.19, "401-23-4567", 0.01)

    assert values_of(DocumentKind.F1099G, sheet.page()) == {
        "payer_tin": "45-1994261",
        "recipient_tin": "401-23-4567",
    }


def test_a_letter_has_no_fields_and_no_tax_year() -> None:
    page = text_page("Dear Barnaby,", "we met in 2019")
    part = Part(kind=DocumentKind.OTHER, confidence=1.0, pages=(1,))

    assert extract(reading(page), part).fields == ()
    assert extract(reading(page), part).tax_year is None


def test_an_invoice_is_read_as_a_commercial_paper() -> None:
    page = text_page("Quillfeather Studio", "Invoice No: INV-2071", "Total: 600.00")

    assert values_of(DocumentKind.INVOICE, page)["total"] == "600.00"
