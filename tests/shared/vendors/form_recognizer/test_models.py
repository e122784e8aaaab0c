"""What the vendor's models call things, and what we call them."""

import tempfile
from pathlib import Path

import pytest

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.extraction import known_fields
from shared.platform import scratch
from shared.vendors.form_recognizer import FormRecognizerReader
from shared.vendors.form_recognizer.fields import models
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import ModelField, ReaderGaveUp, Reading
from tests.shared.vendors.form_recognizer import answers, paper
from tests.shared.vendors.form_recognizer.answers import INCHES, Json
from tests.shared.vendors.form_recognizer.paper import Paper
from tests.shared.vendors.form_recognizer.server import FormRecognizerServer

PARTIES: Json = {
    "TIN": answers.string("412-55-7834"),
    "Name": answers.string("Ada Lovelace"),
    "Address": answers.address("1 Mill Lane\nMaple Hollow OH 44651"),
    "AccountNumber": answers.string("55-1234"),
}
SENDER: Json = {
    "TIN": answers.string("45-1994261"),
    "Name": answers.string("First Home Loans"),
    "Address": answers.address("1 Bank Street"),
    "Telephone": answers.string("(555) 010-9999"),
}
W2: Json = {
    "W2FormVariant": answers.string("W-2"),
    "TaxYear": answers.string("2024"),
    "Employee": answers.object_of(
        {
            "SocialSecurityNumber": answers.string("412-55-7834"),
            "Name": answers.string("Ada Lovelace"),
            "ZipCode": answers.string("44651"),
        }
    ),
    "Employer": answers.object_of({"IdNumber": answers.string("36-7654321")}),
    "WagesTipsAndOtherCompensation": answers.number(50000.0),
    "AdditionalInfo": answers.list_of(
        {"LetterCode": answers.string("D"), "Amount": answers.number(1500.0)},
        {"LetterCode": answers.string("DD"), "Amount": answers.number(9000.0)},
    ),
    "IsRetirementPlan": answers.said("string", "true", ":selected:"),
    "StateTaxInfos": answers.list_of(
        {"State": answers.string("OH"), "StateIncomeTax": answers.number(1200.0)},
        {"State": answers.string("PA"), "StateIncomeTax": answers.number(300.5)},
    ),
    "LocalTaxInfos": answers.list_of({"LocalityName": answers.string("Maple Hollow")}),
}

ANSWERS: dict[str, tuple[str, Json, dict[str, str]]] = {
    "w2": (
        "prebuilt-tax.us.w2",
        W2,
        {
            "tax_year": "2024",
            "employee_ssn": "412-55-7834",
            "employee_name": "Ada Lovelace",
            "employer_ein": "36-7654321",
            "box_1": "50000.00",
            "box_12a_code": "D",
            "box_12a": "1500.00",
            "box_12b_code": "DD",
            "box_12b": "9000.00",
            "box_13_retirement": "true",
            "box_15": "OH",
            "box_17": "1200.00",
            "box_15_2": "PA",
            "box_17_2": "300.50",
            "box_20": "Maple Hollow",
        },
    ),
    "1098": (
        "prebuilt-tax.us.1098",
        {
            "TaxYear": answers.number(2024.0),
            "Borrower": answers.object_of(PARTIES),
            "Lender": answers.object_of(SENDER),
            "MortgageInterest": answers.number(12345.67),
            "MortgageOriginationDate": answers.date("2019-03-15", "03/15/2019"),
            "MortgagedPropertiesCount": answers.said("number", 1, "1"),
            "RealEstateTax": answers.number(900.0),
        },
        {
            "tax_year": "2024.00",
            "payer_tin": "412-55-7834",
            "payer_name": "Ada Lovelace",
            "payer_address": "1 Mill Lane\nMaple Hollow OH 44651",
            "account_number": "55-1234",
            "recipient_tin": "45-1994261",
            "recipient_name": "First Home Loans",
            "recipient_address": "1 Bank Street",
            "box_1": "12345.67",
            "box_3": "2019-03-15",
            "box_9": "1.00",
        },
    ),
    "1098-e": (
        "prebuilt-tax.us.1098E",
        {
            "Borrower": answers.object_of(PARTIES),
            "Lender": answers.object_of(SENDER),
            "StudentLoanInterest": answers.number(812.4),
        },
        {
            "recipient_tin": "412-55-7834",
            "recipient_name": "Ada Lovelace",
            "recipient_address": "1 Mill Lane\nMaple Hollow OH 44651",
            "account_number": "55-1234",
            "payer_tin": "45-1994261",
            "payer_name": "First Home Loans",
            "payer_address": "1 Bank Street",
            "box_1": "812.40",
        },
    ),
    "1098-t": (
        "prebuilt-tax.us.1098T",
        {
            "Student": answers.object_of(PARTIES),
            "Filer": answers.object_of(SENDER),
            "PaymentReceived": answers.number(9000.0),
            "Scholarships": answers.number(2500.0),
            "IsAtLeastHalfTimeStudent": answers.said("string", "true", ":selected:"),
        },
        {
            "recipient_tin": "412-55-7834",
            "recipient_name": "Ada Lovelace",
            "recipient_address": "1 Mill Lane\nMaple Hollow OH 44651",
            "account_number": "55-1234",
            "payer_tin": "45-1994261",
            "payer_name": "First Home Loans",
            "payer_address": "1 Bank Street",
            "box_1": "9000.00",
            "box_5": "2500.00",
            "box_8": "true",
        },
    ),
    "invoice": (
        "prebuilt-invoice",
        {
            "VendorName": answers.string("Larkspur Hardware"),
            "VendorAddress": answers.address("12 Kiln Avenue"),
            "CustomerName": answers.string("Ada Lovelace"),
            "InvoiceId": answers.string("10427"),
            "InvoiceDate": answers.date("2024-04-12", "April 12, 2024"),
            "SubTotal": answers.currency(100.0),
            "TotalTax": answers.currency(7.25),
            "InvoiceTotal": answers.currency(107.25),
            "Items": answers.list_of({"Amount": answers.currency(100.0)}),
        },
        {
            "vendor_name": "Larkspur Hardware",
            "vendor_address": "12 Kiln Avenue",
            "invoice_number": "10427",
            "date": "2024-04-12",
            "subtotal": "100.00",
            "tax": "7.25",
            "total": "107.25",
            "currency": "USD",
        },
    ),
    "receipt": (
        "prebuilt-receipt",
        {
            "MerchantName": answers.string("Corner Grocers"),
            "MerchantPhoneNumber": answers.said("phoneNumber", "+15550109999", "555 010 9999"),
            "TransactionDate": answers.date("2024-05-01", "05/01/24"),
            "TransactionTime": answers.said("time", "14:07:00", "14:07"),
            "TotalTax": answers.number(0.5),
            "Total": answers.number(8.75),
        },
        {
            "vendor_name": "Corner Grocers",
            "date": "2024-05-01",
            "tax": "0.50",
            "total": "8.75",
        },
    ),
}


async def understood(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, kind: str, *told: Json
) -> tuple[ModelField, ...]:
    model = models()[kind].name
    documents = [answers.document(model, fields) for fields in told]
    pages = [answers.of_page(w2.page, INCHES)]
    azure.answers[model] = [answers.result(model, pages, documents)]
    return (await cloud.understand(w2.typed, kind, [w2.page])).fields


def test_every_name_is_one_of_our_catalogue() -> None:
    for kind, model in models().items():
        names = set(model.fields.values()) - {"tax_year"}
        assert names - known_fields(DocumentKind(kind)) == set(), kind


def test_there_is_a_model_for_the_six_kinds_and_no_other(cloud: FormRecognizerReader) -> None:
    assert [kind for kind in DocumentKind if cloud.understands(kind)] == list(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
async def test_a_model_s_fields_come_under_our_names_and_unknown_ones_not_at_all(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, kind: str
) -> None:
    model, told, expected = ANSWERS[kind]

    found = await understood(cloud, azure, w2, kind, told)

    assert {field.name: field.value for field in found} == expected
    assert azure.models == [model]


async def test_a_value_has_its_print_its_place_and_its_confidence(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
) -> None:
    wages = answers.number(50000.0, box=(0.5, 0.2, 0.6, 0.22), confidence=0.83)

    (found,) = await understood(cloud, azure, w2, "w2", {"WagesTipsAndOtherCompensation": wages})

    assert (found.raw, found.confidence, found.page) == ("50,000.00", 0.83, 1)
    assert found.box == pytest.approx((0.5, 0.2, 0.6, 0.22), abs=0.0001)


async def test_what_stands_nowhere_is_left_out(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
) -> None:
    guessed = answers.string("412-55-7834") | {"boundingRegions": []}
    told = {"Employee": answers.object_of({"SocialSecurityNumber": guessed})}

    assert await understood(cloud, azure, w2, "w2", told) == ()


async def test_each_copy_of_the_form_speaks(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
) -> None:
    copies = [{"FederalIncomeTaxWithheld": answers.number(amount)} for amount in (1.0, 1.0, 7.0)]

    found = await understood(cloud, azure, w2, "w2", *copies)

    assert [field.value for field in found] == ["1.00", "1.00", "7.00"]


async def test_of_a_packet_only_the_pages_of_the_part_are_asked_about(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
) -> None:
    model = "prebuilt-tax.us.w2"
    pages = [answers.page(w2.page.words, number=number) for number in (2, 3)]
    azure.answers[model] = [answers.result(model, pages)]
    shown = [w2.page.model_copy(update={"number": number}) for number in (2, 3)]

    await cloud.understand(w2.typed, "w2", shown)

    assert [each.pages for each in azure.asked] == ["2,3"]


async def test_a_picture_is_asked_about_as_the_page_that_is_shown(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
) -> None:
    photo = Path(w2.typed.with_name("photo.webp"))
    paper.picture(w2.typed).save(photo)
    model = "prebuilt-tax.us.w2"
    size = (float(w2.page.width), float(w2.page.height))
    azure.answers[model] = [answers.result(model, [answers.of_page(w2.page, size)])]

    await cloud.understand(photo, "w2", [w2.page])

    assert azure.asked[0].content.startswith(b"\x89PNG")


async def test_what_is_drawn_for_a_model_lies_where_a_killed_process_is_cleared_up_after(
    cloud: FormRecognizerReader, w2: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = w2.typed.with_name("photo.png")
    paper.picture(w2.typed).save(photo)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    async def draw(_reader: LocalReader, _file: Path, images: Path) -> Reading:
        (images / "1.png").write_bytes(b"somebody's W-2")
        scratch.clear_leftovers()  # as the next process does, which may have our number
        assert not images.exists()
        raise ReaderGaveUp("killed while it drew")

    monkeypatch.setattr(LocalReader, "draw", draw)
    with pytest.raises(ReaderGaveUp):
        await cloud.understand(photo, "w2", [w2.page])
