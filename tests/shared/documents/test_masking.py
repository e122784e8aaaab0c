from collections.abc import Iterator
from io import BytesIO
from string import ascii_letters, punctuation
from uuid import UUID

import pytest
from PIL import Image

from shared.documents import corrections, storage
from shared.documents.kinds import DocumentKind
from shared.documents.masking import mask_pages, tin_boxes, tin_cells
from shared.documents.understanding.forms import form
from shared.documents.understanding.identifiers import read_ssn
from shared.documents.understanding.layout import contains
from shared.platform import blob
from shared.vendors.fakes import FakeReader
from shared.vendors.imaging import black_out
from shared.vendors.reading import Box, FormField, Page
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm


def test_every_tin_on_a_page_is_found() -> None:
    assert len(list(tin_boxes(readings.w2()))) == 2


def test_a_tin_that_ocr_has_torn_apart_is_found() -> None:
    page = readings.page("SSN 412 55 7834 of Ada")

    assert masked_by_shape(page) == ["412", "55", "7834"]


@pytest.mark.parametrize(
    "written",
    [
        "412-55-7834",
        "412557834",
        "412 - 55 - 7834",
        "412- 55- 7834",
        "412\u201455\u20147834",
        "412_55_7834",
        "4I2-55-7834",
        "412-5S-7B34",
        "4 1 2 5 5 7 8 3 4",
        "4 1 2 - 5 5 - 7 8 3 4",
        "36-7654321",
        "36 - 765432l",
    ],
)
def test_a_number_is_found_however_it_is_written(written: str) -> None:
    assert masked_by_shape(readings.page(f"SSN {written} of Ada")) == written.split()


def test_a_number_is_found_right_after_letters_that_look_like_digits() -> None:
    assert "7834" in masked_by_shape(readings.page("Is Bill SS I 412 55 7834"))


@pytest.mark.parametrize("mark", sorted({*punctuation, "\u2013", "\u2014"}))
def test_whatever_separates_the_digits_of_a_number_that_is_read_it_is_found(mark: str) -> None:
    written = f"412{mark}55 {mark} 7834"

    assert bool(read_ssn(written)) <= bool(masked_by_shape(readings.page(written)))


@pytest.mark.parametrize("mark", ascii_letters + punctuation)
def test_whatever_is_misread_in_a_number_that_is_read_it_is_found(mark: str) -> None:
    written = f"412-5{mark}-7834"

    assert bool(read_ssn(written)) <= bool(masked_by_shape(readings.page(written)))


@pytest.mark.parametrize(
    "line",
    [
        "50,000.00 due 2025-01-31, call 555-010-1234 or 1234567890, box 12",
        "(555) 010-1234 on 01/31/2025 and 31-01-2025",
        "500.00 2500.00 1,500.00 725.00 412557834.00 SSN XXX-XX-7834",
        "This is Bill SS BIZ so loOBSIl Z silOSBoIz",
    ],
)
def test_amounts_dates_phone_numbers_and_words_are_left_alone(line: str) -> None:
    assert masked_by_shape(readings.page(line)) == []


class TestFormFields:
    def test_that_hold_a_number_together_are_found(self) -> None:
        """As the fillable W-9 has it, beside a field that is as high as three rows."""
        page = with_fields(
            ("Ada Lovelace", (0.1, 0.35, 0.66, 0.45)),
            ("412", (0.70, 0.40, 0.71, 0.42)),
            ("55", (0.72, 0.40, 0.73, 0.42)),
            ("7834", (0.74, 0.40, 0.75, 0.42)),
            ("2024", (0.68, 0.36, 0.72, 0.38)),
        )

        assert list(tin_boxes(page)) == [field.box for field in page.fields[1:4]]

    def test_that_hold_a_digit_each_are_found(self) -> None:
        digits = [
            (digit, (x / 50, 0.4, x / 50 + 0.015, 0.42)) for x, digit in enumerate("412557834")
        ]

        assert len(list(tin_boxes(with_fields(*digits)))) == 9

    def test_far_apart_are_numbers_of_their_own(self) -> None:
        page = with_fields(
            ("412", (0.1, 0.4, 0.2, 0.42)),
            ("55", (0.3, 0.4, 0.4, 0.42)),
            ("7834", (0.5, 0.4, 0.6, 0.42)),
        )

        assert list(tin_boxes(page)) == []


class TestTheCellsOfAForm:
    def test_are_masked_whatever_was_read_there(self) -> None:
        page = readings.w2(box_a="AlZ-??-unread", box_b="illegible")

        assert masked_in_cells(page) == ["AlZ-??-unread", "illegible"]

    def test_are_masked_where_nothing_was_read(self) -> None:
        page = readings.w2(box_a="", box_b="")
        ssn = (0.06, 0.066, 0.12, 0.075)

        assert any(contains(box, ssn) for box in w2_cells(page))


class TestAMaskedPage:
    @pytest.mark.parametrize("misread", ["4l2-S5-78E4", "412-55-78", "4?2-55-7834", "AlZ-??-un"])
    async def test_hides_the_numbers_on_every_copy_of_the_form_and_nothing_else(
        self, firm: Firm, reader: FakeReader, misread: str
    ) -> None:
        first = readings.w2(box_2="5999.00")
        second = readings.w2(number=2, box_a=misread, confidence=0.8)
        reader.reading = readings.reading(first, second)
        document = await make.processed(firm)

        assert await hidden(firm, document.id, first) == [readings.SSN, "36-7654321"]
        assert await hidden(firm, document.id, second) == [misread, "36-7654321"]

    async def test_hides_what_another_kind_finds(self, firm: Firm, reader: FakeReader) -> None:
        numbers = readings.w2(box_a="AlZ-??-un")
        below = tuple(
            word.model_copy(update={"line": word.line + 10, "box": lowered(word.box)})
            for word in numbers.words
            if word.line in (0, 1)
        )
        letter = readings.letter()
        page = letter.model_copy(update={"words": letter.words + below})
        reader.reading = readings.reading(page)
        document = await make.processed(firm)
        assert document.kind is not DocumentKind.W2
        assert await hidden(firm, document.id, page) == []

        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.W2)

        assert await hidden(firm, document.id, page) == ["AlZ-??-un"]


def test_what_is_blacked_out_is_black() -> None:
    made = BytesIO()
    Image.new("RGB", (200, 100), "white").save(made, "PNG")

    with Image.open(BytesIO(black_out(made.getvalue(), [(0.25, 0.25, 0.75, 0.75)]))) as masked:
        assert masked.getpixel((100, 50)) == (0, 0, 0)
        assert masked.getpixel((5, 5)) == (255, 255, 255)


async def hidden(firm: Firm, document_id: UUID, page: Page) -> list[str]:
    """The words that are black on the masked image, drawn from a white page that can be seen."""
    made = BytesIO()
    Image.new("L", (page.width, page.height), "white").save(made, "PNG")
    name = storage.image_name(firm.actor, document_id, 1, page.number, is_masked=False)
    await blob.write(blob.DERIVED, name, made.getvalue(), "image/png")
    await mask_pages(firm.actor, document_id, 1)
    png = await storage.read_image(firm.actor, document_id, 1, page.number, is_masked=True)
    with Image.open(BytesIO(png)) as masked:
        return [word.text for word in page.words if is_black(masked, word.box)]


def lowered(box: Box) -> Box:
    return box[0], box[1] + 0.5, box[2], box[3] + 0.5


def is_black(image: Image.Image, box: Box) -> bool:
    """Whether nothing of it can be seen."""
    width, height = image.size
    left, top, right, bottom = box
    seen = image.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )
    return seen.getextrema() == (0, 0)


def masked_by_shape(page: Page) -> list[str]:
    boxes = set(tin_boxes(page))
    return [word.text for word in page.words if word.box in boxes]


def masked_in_cells(page: Page) -> list[str]:
    boxes = list(w2_cells(page))
    return [word.text for word in page.words if any(contains(box, word.box) for box in boxes)]


def w2_cells(page: Page) -> Iterator[Box]:
    known = form(DocumentKind.W2)
    assert known
    return tin_cells(page, known)


def with_fields(*fields: tuple[str, Box]) -> Page:
    made = tuple(FormField(name=f"f1_{value}", value=value, box=box) for value, box in fields)
    return readings.page("Form W-9").model_copy(update={"fields": made})
