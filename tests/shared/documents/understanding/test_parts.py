from shared.documents.kinds import DocumentKind
from shared.documents.understanding.classification import classify
from shared.documents.understanding.models import Part
from shared.documents.understanding.parts import split
from shared.vendors.reading import Page, WordSource
from tests.shared.documents.understanding.form_pages import Sheet, reading, text_page, w2_page
from tests.shared.documents.understanding.test_extraction_1099 import interest_page


def parts(*pages: Page) -> list[tuple[DocumentKind, tuple[int, ...]]]:
    return [(part.kind, part.pages) for part in _split(*pages)]


def _split(*pages: Page) -> tuple[Part, ...]:
    read = reading(*pages)
    return split(read, classify(read))


def instructions(number: int) -> Page:
    return text_page(
        "Notice to Employee",
        "Refer to the instructions of your return to find out what to do with your Form W-2 and",
        "ask your employer to correct it if your name or number on it are wrong in any way",
        number=number,
    )


def invoice(number: int, invoice_number: str) -> Page:
    return text_page(
        "Quillfeather Studio\tINVOICE",
        f"Invoice No: {invoice_number}\tInvoice Date: 3/1/2024",
        "Bill To: Penhallow Orchard\tDue Date: 3/31/2024",
        "Amount Due: 600.00",
        number=number,
    )


class TestSplit:
    def test_a_plain_file_is_one_part(self) -> None:
        assert parts(w2_page()) == [(DocumentKind.W2, (1,))]

    def test_a_part_is_as_sure_as_its_surest_page(self) -> None:
        part = _split(w2_page(1), instructions(2))[0]

        assert part.confidence >= 0.95

    def test_copies_of_one_form_belong_together(self) -> None:
        assert parts(w2_page(1), w2_page(2), w2_page(3)) == [(DocumentKind.W2, (1, 2, 3))]

    def test_instructions_belong_to_their_form(self) -> None:
        found = parts(w2_page(1), instructions(2), w2_page(3), instructions(4))

        assert found == [(DocumentKind.W2, (1, 2, 3, 4))]

    def test_a_cover_page_that_speaks_of_the_form_belongs_to_it(self) -> None:
        assert parts(instructions(1), w2_page(2)) == [(DocumentKind.W2, (1, 2))]

    def test_different_forms_are_different_parts(self) -> None:
        assert parts(w2_page(1), interest_page(2)) == [
            (DocumentKind.W2, (1,)),
            (DocumentKind.F1099INT, (2,)),
        ]

    def test_the_same_form_of_two_people_is_two_parts(self) -> None:
        assert parts(w2_page(1), w2_page(2, a="532-88-1204")) == [
            (DocumentKind.W2, (1,)),
            (DocumentKind.W2, (2,)),
        ]

    def test_two_employers_of_one_person_are_two_parts(self) -> None:
        assert len(parts(w2_page(1), w2_page(2, b="36-7654321"))) == 2

    def test_a_copy_with_a_misread_digit_is_still_a_copy(self) -> None:
        scanned = w2_page(2, source=WordSource.OCR, confidence=0.9, a="401-23-4561")

        assert len(parts(w2_page(1), scanned)) == 1

    def test_two_invoices_are_two_parts(self) -> None:
        assert len(parts(invoice(1, "INV-2071"), invoice(2, "INV-3388"))) == 2

    def test_a_continued_page_belongs_to_the_page_before(self) -> None:
        more = text_page("Page 2 of 2", "Hosting\t12.00", "Domain\t8.00", number=2)

        assert parts(invoice(1, "INV-2071"), more) == [(DocumentKind.INVOICE, (1, 2))]

    def test_an_unrelated_paper_is_a_part_of_its_own(self) -> None:
        letter = text_page(
            "Dear Barnaby,", *["thank you for the long walk last week"] * 9, "Sincerely,", number=2
        )

        assert parts(w2_page(1), letter) == [(DocumentKind.W2, (1,)), (DocumentKind.OTHER, (2,))]

    def test_pages_without_words_make_one_part(self) -> None:
        assert parts(Sheet(1).page(), Sheet(2).page()) == [(DocumentKind.OTHER, (1, 2))]

    def test_a_file_without_pages_is_a_part_without_pages(self) -> None:
        assert parts() == [(DocumentKind.OTHER, ())]
