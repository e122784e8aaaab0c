import pytest

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.classification import classify
from shared.documents.understanding.models import PageKind
from shared.vendors.reading import Page, WordSource
from tests.shared.documents.understanding.form_pages import (
    W2,
    Sheet,
    put_form,
    reading,
    text_page,
    w2_page,
)

FORMS = [
    ("w9", "Form W-9", "Request for Taxpayer Identification Number and Certification", ""),
    ("w8ben", "Form W-8BEN", "Certificate of Foreign Status of Beneficial Owner", "1545-1621"),
    ("1098", "Form 1098", "Mortgage Interest Statement", "1545-1380"),
    ("1098-e", "Form 1098-E", "Student Loan Interest Statement", "1545-1576"),
    ("1098-t", "Form 1098-T", "Tuition Statement", "1545-1574"),
    ("1099-a", "Form 1099-A", "Acquisition or Abandonment of Secured Property", "1545-0877"),
    ("1099-b", "Form 1099-B", "Proceeds From Broker and Barter Exchange Transactions", "1545-0715"),
    ("1099-c", "Form 1099-C", "Cancellation of Debt", "1545-1424"),
    (
        "1099-cap",
        "Form 1099-CAP",
        "Changes in Corporate Control and Capital Structure",
        "1545-1814",
    ),
    ("1099-div", "Form 1099-DIV", "Dividends and Distributions", "1545-0110"),
    ("1099-g", "Form 1099-G", "Certain Government Payments", "1545-0120"),
    ("1099-h", "Form 1099-H", "Health Coverage Tax Credit (HCTC) Advance Payments", "1545-1813"),
    ("1099-int", "Form 1099-INT", "Interest Income", "1545-0112"),
    ("1099-k", "Form 1099-K", "Payment Card and Third Party Network Transactions", "1545-2205"),
    ("1099-misc", "Form 1099-MISC", "Miscellaneous Information", "1545-0115"),
    ("1099-nec", "Form 1099-NEC", "Nonemployee Compensation", "1545-0116"),
    ("1099-oid", "Form 1099-OID", "Original Issue Discount", "1545-0117"),
    ("1099-q", "Form 1099-Q", "Payments From Qualified Education Programs", "1545-1760"),
    ("1099-r", "Form 1099-R", "Distributions From Pensions, Annuities, Retirement", "1545-0119"),
    ("1099-s", "Form 1099-S", "Proceeds From Real Estate Transactions", "1545-0997"),
    ("1099-sa", "Form 1099-SA", "Distributions From an HSA", "1545-1517"),
    ("1040", "Form 1040", "U.S. Individual Income Tax Return", "1545-0074"),
    ("1040-schedule", "SCHEDULE C (Form 1040)", "Profit or Loss From Business", "1545-0074"),
    ("k-1", "Schedule K-1 (Form 1065)", "Partner's Share of Current Year Income", "1545-0123"),
    ("other", "Form 8889", "Health Savings Accounts (HSAs)", "1545-0074"),
]

INVOICE = (
    "Quillfeather Studio\tINVOICE",
    "Invoice No: 2071\tInvoice Date: 3/1/2024",
    "Bill To\tDue Date: 3/31/2024",
    "Penhallow Orchard",
    "Description\tUnit Price\tAmount",
    "Logo\t600.00\t600.00",
    "Amount Due\t\t600.00",
)
STATEMENT = (
    "First Bank of Maple Hollow\tStatement Period 01/01/2024 - 01/31/2024",
    "Checking account 000123",
    "Beginning Balance\t1,200.00",
    "Deposits and other credits\t300.00",
    "Ending Balance\t1,500.00",
)
STUB = (
    "Larkspur Dairy\tEarnings Statement",
    "Pay Period: 01/01/2024 - 01/15/2024\tPay Date: 01/19/2024",
    "Gross Pay\t2,000.00\tYTD",
    "Net Pay\t1,500.00",
)
LETTER = (
    "Dear Barnaby,",
    *["thank you for the long walk last week and for all the good advice you gave us"] * 5,
    "Kind regards,",
)


def kind_of(page: Page) -> PageKind:
    return classify(reading(page))[0]


def receipt() -> Page:
    sheet = Sheet(source=WordSource.OCR, confidence=0.95)
    rows = ["LARKSPUR GROCERS", "Till 2 Cashier Ann", "Butter 8.28", "Milk 5.40", "Bread 3.28"]
    rows += ["Subtotal 16.96", "Tax 1.04", "TOTAL 18.00", "Cash 20.00", "Change 2.00"]
    for row, text in enumerate([*rows, "Thank you for shopping"]):
        sheet.put(0.3, 0.05 + row * 0.06, text, 0.02)
    return sheet.page()


class TestForms:
    @pytest.mark.parametrize(("kind", "number", "title", "omb"), FORMS, ids=[f[0] for f in FORMS])
    def test_title_number_and_omb_make_it_sure(
        self, kind: str, number: str, title: str, omb: str
    ) -> None:
        sheet = Sheet()
        sheet.put(0.1, 0.05, number, 0.014).put(0.35, 0.05, title, 0.014)
        sheet.put(0.1, 0.3, "Name and address of whoever fills this in")
        if omb:
            sheet.put(0.1, 0.1, f"OMB No. {omb}")
        found = kind_of(sheet.page())

        assert found.kind == kind
        assert found.confidence >= 0.9

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Form1099-MISC Miscellaneous Information", DocumentKind.F1099MISC),
            ("W2 Wage and Tax Statement", DocumentKind.W2),
            ("FormW-9 Request for Taxpayer Identlfication Number and Certification", "w9"),
            ("Form 1099-lNT lnterest lncome OMB No.1545-0112", DocumentKind.F1099INT),
        ],
    )
    def test_misread_titles_are_still_titles(self, text: str, kind: DocumentKind) -> None:
        assert kind_of(text_page(*text.split("  "))).kind == kind

    def test_a_w2_is_a_w2(self) -> None:
        found = kind_of(w2_page())

        assert found.kind is DocumentKind.W2
        assert found.confidence >= 0.95

    def test_the_boxes_alone_tell_a_payroll_providers_w2(self) -> None:
        found = kind_of(put_form(Sheet(), W2, {}).page())

        assert found.kind is DocumentKind.W2
        assert found.confidence >= 0.9

    def test_a_form_named_in_running_text_is_a_mention(self) -> None:
        found = kind_of(
            text_page("If you got a Form W-2 or Form 1099-INT attach it to your Form 1040 as told")
        )

        assert found.kind is DocumentKind.OTHER
        assert found.confidence < 0.9

    def test_page_two_of_a_form_carries_its_number_at_the_head(self) -> None:
        sheet = Sheet(2).put(0.06, 0.04, "Form 1040 (2023)").put(0.9, 0.04, "Page 2")
        sheet.put(0.06, 0.1, "16 Tax (see instructions). Check if any from Form(s): 8814")

        assert kind_of(sheet.page()).kind is DocumentKind.F1040

    def test_a_corrected_w2_is_another_form(self) -> None:
        page = text_page("Form W-2c\tCorrected Wage and Tax Statement", "Employer's name")

        assert kind_of(page).kind is DocumentKind.OTHER


class TestPapers:
    @pytest.mark.parametrize(
        ("lines", "kind"),
        [
            (INVOICE, DocumentKind.INVOICE),
            (STATEMENT, DocumentKind.BANK_STATEMENT),
            (STUB, DocumentKind.PAYSTUB),
            (LETTER, DocumentKind.OTHER),
        ],
        ids=["invoice", "statement", "stub", "letter"],
    )
    def test_their_words_tell_them_apart(self, lines: tuple[str, ...], kind: DocumentKind) -> None:
        found = kind_of(text_page(*lines))

        assert found.kind is kind
        assert found.confidence >= 0.9

    def test_a_till_roll_is_a_receipt(self) -> None:
        found = kind_of(receipt())

        assert found.kind is DocumentKind.RECEIPT
        assert found.confidence >= 0.9

    def test_a_page_without_words_is_nothing_sure(self) -> None:
        found = kind_of(Sheet().page())

        assert found.kind is DocumentKind.OTHER
        assert found.confidence < 0.5

    def test_prose_without_a_sign_is_other_but_not_surely(self) -> None:
        found = kind_of(text_page(*["the garden is green and the roses are in bloom again"] * 8))

        assert found.kind is DocumentKind.OTHER
        assert 0.6 < found.confidence < 0.9
