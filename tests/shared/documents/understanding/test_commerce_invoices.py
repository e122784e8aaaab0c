from shared.documents.kinds import DocumentKind
from shared.documents.understanding import commerce
from shared.documents.understanding.models import FieldSource
from tests.shared.documents.understanding.commerce_pages import fields_of, printed, values_of

LETTERHEAD = """
Quillfeather Design Studio LLC                    INVOICE
293 Harvest Court
Tinkers Gap, CO 80489

Bill To:                          Invoice No:    INV-03051
Penhallow Orchard Supply Inc      Invoice Date:  10/18/2023
1649 Mill Lane                    Due Date:      11/17/2023
Lake Sampson, MN 56069

Description             Qty     Unit Price         Total
Logo revisions           2          300.00        600.00
Window lettering         1        1,840.50      1,840.50
                                  Subtotal      2,440.50
                                  Sales Tax 7%    170.84
                                  Amount Due   $2,611.34
"""

HEADINGS = """
Invoice
From: Thistle Works                     To: John Doe

Invoice Date      Invoice Number      Due Date
March 3, 2023     TW/2023/0008        April 2, 2023

Item            Hours       Rate        Amount
Consulting         10      45.00        450.00
Net Amount                              450.00
VAT                                      90.00
Invoice Total                           540.00
"""

GERMAN = """
Muster Hosting GmbH - Uferweg 40 - 63571 Gelnhausen
Beispiel Ltd.
12 Harbour Road
Rechnung
Rechnungsnr.     30064443      Kundennr.   47774
Rechnungsdatum   7. Mai 2014
Nettobetrag                  1.029,41
MwSt. 19 %                     195,59
Gesamtbetrag EUR             1.225,00
Zahlungsziel     21.05.14
info@musterhosting.de
"""


class TestInvoice:
    def test_labels_beside_their_values(self) -> None:
        assert values_of(DocumentKind.INVOICE, printed(LETTERHEAD)) == {
            "vendor_name": "Quillfeather Design Studio LLC",
            "vendor_address": "293 Harvest Court, Tinkers Gap, CO 80489",
            "invoice_number": "INV-03051",
            "date": "2023-10-18",
            "due_date": "2023-11-17",
            "subtotal": "2440.50",
            "tax": "170.84",
            "total": "2611.34",
            "currency": "USD",
        }

    def test_labels_above_their_values(self) -> None:
        values = values_of(DocumentKind.INVOICE, printed(HEADINGS))

        assert values["vendor_name"] == "Thistle Works"
        assert values["invoice_number"] == "TW/2023/0008"
        assert (values["date"], values["due_date"]) == ("2023-03-03", "2023-04-02")
        assert (values["subtotal"], values["tax"], values["total"]) == ("450.00", "90.00", "540.00")

    def test_a_german_invoice_with_its_sender_in_the_window(self) -> None:
        values = values_of(DocumentKind.INVOICE, printed(GERMAN))

        assert values["vendor_name"] == "Muster Hosting GmbH"
        assert values["invoice_number"] == "30064443"
        assert (values["date"], values["due_date"]) == ("2014-05-07", "2014-05-21")
        assert (values["subtotal"], values["tax"], values["total"]) == (
            "1029.41",
            "195.59",
            "1225.00",
        )
        assert values["currency"] == "EUR"

    def test_the_customer_is_not_the_vendor(self) -> None:
        text = "Bill To:\nBig Customer Corp\n\nTiny Shop\nTotal  $5.00"

        assert values_of(DocumentKind.INVOICE, printed(text))["vendor_name"] == "Tiny Shop"

    def test_the_total_of_a_table_of_lines_is_not_the_invoice_total(self) -> None:
        text = "Tiny Shop\nDescription   Qty   Total\nBolts          2    18.00\nTotal   40.00"

        assert values_of(DocumentKind.INVOICE, printed(text))["total"] == "40.00"

    def test_the_total_may_stand_on_the_last_page(self) -> None:
        first = printed("Tiny Shop Ltd\nInvoice No: 1042\nDate: 2023-04-05")
        last = printed("Subtotal   40.00\nTax   2.00\nTotal   42.00", number=2)

        total = fields_of(DocumentKind.INVOICE, first, last)["total"]

        assert (total.value, total.page) == ("42.00", 2)

    def test_two_taxes_are_added_and_it_says_so(self) -> None:
        text = "Tiny Shop Ltd\nSubtotal  100.00\nCGST   9.00\nState Tax   6.00\nTotal   115.00"

        tax = fields_of(DocumentKind.INVOICE, printed(text))["tax"]

        assert (tax.value, tax.source, tax.box) == ("15.00", FieldSource.DERIVED, None)

    def test_what_is_not_printed_is_not_invented(self) -> None:
        fields = fields_of(DocumentKind.INVOICE, printed("Tiny Shop Ltd\nDate: 2023-04-05"))

        assert "due_date" not in fields
        assert "tax" not in fields
        assert fields["total"].value is None
        assert fields["invoice_number"].value is None

    def test_what_an_invoice_must_have(self) -> None:
        assert commerce.required(DocumentKind.INVOICE) == (
            "vendor_name",
            "invoice_number",
            "date",
            "total",
        )
        assert commerce.required(DocumentKind.W2) == ()
