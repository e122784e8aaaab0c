from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents.kinds import DocumentKind
from shared.documents.understanding import commerce
from shared.documents.understanding.models import FieldSource, FieldValue
from tests.shared.documents.understanding.commerce_pages import fields_of, printed, values_of

KUALA_LUMPUR = """
      PERNIAGAAN BUNGA RAYA SDN BHD
             (123456-A)
        NO 12, JALAN MAWAR 3
        50480 KUALA LUMPUR
       GST ID : 000123456789
           TAX INVOICE
DOC NO. : CS00012345     DATE: 05/03/2018
CASHIER : USER           TIME: 16:15:00
ITEM          QTY      PRICE     AMOUNT
1476           3       15.91      47.73
TOTAL QTY:     3                  47.73
TOTAL SALES (EXCLUDING GST) :     45.03
TOTAL GST :                        2.70
ROUNDING :                         0.02
TOTAL SALES (INCLUSIVE OF GST) :  47.75
CASH :                            50.00
CHANGE :                           2.25
GST SUMMARY
TAX CODE    %     AMT(RM)      TAX(RM)
SR          6       45.03         2.70
TOTAL :             45.03         2.70
"""

OHIO = """
            Corner Bean Cafe
           12 Harbor Street
        Port Example, OH 44870
            (555) 555-0142

03/05/2024  8:12 AM      Check #: 20417

2  Drip coffee                     6.50
1  Oat muffin                      3.25
Subtotal                           9.75
Sales Tax                          0.68
Total                            $10.43
Visa                             $10.43
"""


def _receipt(text: str, *, lean: float = 0.0, confidence: float = 0.98) -> dict[str, FieldValue]:
    return fields_of(DocumentKind.RECEIPT, printed(text, lean=lean, confidence=confidence))


def _values(text: str) -> dict[str, str | None]:
    return values_of(DocumentKind.RECEIPT, printed(text))


class TestReceipt:
    def test_a_malaysian_receipt_says_all_of_it(self) -> None:
        assert _values(KUALA_LUMPUR) == {
            "vendor_name": "PERNIAGAAN BUNGA RAYA SDN BHD",
            "vendor_address": "NO 12, JALAN MAWAR 3, 50480 KUALA LUMPUR",
            "invoice_number": "CS00012345",
            "date": "2018-03-05",
            "subtotal": "45.03",
            "tax": "2.70",
            "total": "47.75",
            "currency": "MYR",
        }

    def test_an_american_receipt_writes_the_month_first(self) -> None:
        values = _values(OHIO)

        assert values["vendor_name"] == "Corner Bean Cafe"
        assert values["date"] == "2024-03-05"
        assert (values["subtotal"], values["tax"], values["total"]) == ("9.75", "0.68", "10.43")
        assert values["currency"] == "USD"

    def test_a_leaning_photo_reads_the_same(self) -> None:
        straight = {name: field.value for name, field in _receipt(KUALA_LUMPUR).items()}

        for lean in (-0.04, 0.03):
            leaning = _receipt(KUALA_LUMPUR, lean=lean)
            assert {name: field.value for name, field in leaning.items()} == straight

    def test_each_value_has_its_page_box_source_and_text(self) -> None:
        total = _receipt(OHIO)["total"]

        assert total.page == 1
        assert total.source is FieldSource.OCR
        assert total.raw == "$10.43"
        assert total.box is not None
        left, top, right, bottom = total.box
        assert 0.37 < left < right < 0.46
        assert 0.25 < top < bottom < 0.27

    def test_faint_print_is_less_sure(self) -> None:
        assert _receipt(OHIO, confidence=0.5)["total"].confidence < 0.8
        assert _receipt(OHIO)["total"].confidence > 0.9


class TestTotal:
    def test_a_misread_label_is_still_a_total(self) -> None:
        assert _values("Corner Cafe\nTatal Sales (Inclusive of GST) : 32.70")["total"] == "32.70"

    def test_labels_without_spaces_are_still_labels(self) -> None:
        assert _values("Corner Cafe\nTOTALAMOUNTPAYABLE:RM32.70")["total"] == "32.70"

    def test_the_number_of_items_is_no_total(self) -> None:
        assert _values("Corner Cafe\nTotal: 7.00\nTotal Items: 12.00")["total"] == "7.00"

    def test_what_was_paid_less_change_decides_between_two_totals(self) -> None:
        text = """
Corner Cafe
Total        12.00
Total        17.00
Cash         20.00
Change        8.00
"""
        assert _values(text)["total"] == "12.00"

    def test_cash_paid_is_the_total_after_rounding(self) -> None:
        text = """
Kedai Runcit Sdn Bhd
Total (RM)      :   31.47
Rounding        :   -0.02
Cash            :   50.00
Change          :   18.55
"""
        assert _values(text)["total"] == "31.45"

    def test_a_total_under_its_label_is_found(self) -> None:
        assert _values("Corner Cafe\nCASH\n         RM 170.00")["total"] == "170.00"

    def test_sums_that_agree_make_it_surer(self) -> None:
        alone = _receipt("Corner Cafe\nTotal      10.43")["total"]
        agreeing = _receipt(OHIO)["total"]

        assert alone.confidence < 0.9 < agreeing.confidence

    def test_an_unreadable_total_follows_from_its_parts_and_says_so(self) -> None:
        total = _receipt(OHIO.replace("$10.43", "$l0~#3"))["total"]

        assert (total.value, total.source) == ("10.43", FieldSource.DERIVED)
        assert (total.box, total.raw) == (None, None)
        assert total.confidence < 0.9

    def test_an_unreadable_total_is_null_and_never_zero(self) -> None:
        total = _receipt("Corner Cafe\n12 Harbor Street\nTotal  #~.~~")["total"]

        assert (total.value, total.confidence) == (None, 0.0)


class TestDate:
    def test_an_undecidable_date_is_not_sure(self) -> None:
        date = _receipt("Corner Cafe\nDate: 05/03/2018\nTotal  7.00")["date"]

        assert date.value == "2018-05-03"
        assert date.confidence < 0.7

    def test_a_date_without_a_label_counts_when_it_is_the_only_one(self) -> None:
        assert _values("Corner Cafe\n14 MAR 2018 19:03\nTotal  7.00")["date"] == "2018-03-14"

    def test_an_expiry_date_is_not_the_date(self) -> None:
        text = "Corner Cafe\nExpiry date: 31/12/2030\nDate: 14/03/2018\nTotal  7.00"

        assert _values(text)["date"] == "2018-03-14"


class TestVendor:
    def test_a_name_on_two_lines_is_one_name(self) -> None:
        text = "LIAN CHI PU TIAN VEGETARIAN\nRESTAURANT SDN BHD\n54, JALAN SS23/11\nTotal 5.00"

        assert _values(text)["vendor_name"] == "LIAN CHI PU TIAN VEGETARIAN RESTAURANT SDN BHD"

    def test_a_greeting_is_no_name(self) -> None:
        assert (
            _values("WELCOME\nTAX INVOICE\nSunny Mart\nTotal 5.00")["vendor_name"] == "Sunny Mart"
        )


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40), max_size=12)
)
def test_no_text_breaks_it(lines: list[str]) -> None:
    found = values_of(DocumentKind.RECEIPT, printed("\n".join(lines)))

    assert set(commerce.required(DocumentKind.RECEIPT)) <= set(found)


def test_a_page_of_nothing_but_totals_is_read() -> None:
    """Sums are tried of few amounts, or a hostile page would take for ever."""
    rows = [
        f"{label}   {number}.0{number % 7}"
        for number in range(60)
        for label in ("Total", "Subtotal", "Tax", "Discount", "Cash", "Change")
    ]

    assert values_of(DocumentKind.RECEIPT, printed("\n".join(rows[:300])))["total"] is not None
