from io import BytesIO

from PIL import Image

from shared.documents.masking import tin_boxes
from shared.vendors.imaging import black_out
from tests.make import readings


def test_every_tin_on_a_page_is_found() -> None:
    assert len(list(tin_boxes(readings.w2()))) == 2


def test_a_tin_that_ocr_has_torn_apart_is_found() -> None:
    page = readings.page("SSN 412 55 7834 of Ada")

    assert len(list(tin_boxes(page))) == 3


def test_amounts_dates_and_phone_numbers_are_left_alone() -> None:
    page = readings.page("50,000.00 due 2025-01-31, call 555-010-1234 or 1234567890, box 12")

    assert list(tin_boxes(page)) == []


def test_what_is_blacked_out_is_black() -> None:
    made = BytesIO()
    Image.new("RGB", (200, 100), "white").save(made, "PNG")

    with Image.open(BytesIO(black_out(made.getvalue(), [(0.25, 0.25, 0.75, 0.75)]))) as masked:
        assert masked.getpixel((100, 50)) == (0, 0, 0)
        assert masked.getpixel((5, 5)) == (255, 255, 255)
