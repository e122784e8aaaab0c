"""Words a PDF carries as text: where they stand on the page as displayed."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from shared.vendors.reading import Page, WordSource
from tests.shared.vendors.local_reader import paper
from tests.shared.vendors.local_reader.conftest import first_page


def texts(page: Page) -> list[str]:
    return [word.text for word in page.words]


def test_words_are_told_with_their_boxes(tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "w2.pdf", paper.printed("Wages, tips 23,677.70", x=61.2, y=396))

    page = first_page(file)

    assert texts(page) == ["Wages,", "tips", "23,677.70"]
    assert page.source is WordSource.TEXT_LAYER
    assert {word.confidence for word in page.words} == {1.0}
    x0, y0, x1, y1 = page.words[0].box
    assert (x0, y1) == pytest.approx((0.1, 0.5), abs=0.005)
    assert 0.05 < x1 - x0 < 0.08
    assert 0.009 < y1 - y0 < 0.015


def test_words_of_one_printed_line_share_its_number(tmp_path: Path) -> None:
    def form(canvas: Canvas) -> None:
        paper.printed("2,841.32", x=400, y=600)(canvas)
        paper.printed("23,677.70", x=72, y=601, size=11)(canvas)
        paper.printed("1 Wages", x=72, y=614, size=6)(canvas)
        paper.printed("2 Tax", x=400, y=614, size=6)(canvas)

    page = first_page(paper.pdf(tmp_path / "w2.pdf", form))

    assert [(word.line, word.text) for word in page.words] == [
        (0, "1"),
        (0, "Wages"),
        (0, "2"),
        (0, "Tax"),
        (1, "23,677.70"),
        (1, "2,841.32"),
    ]


def test_columns_without_a_space_between_them_are_two_words(tmp_path: Path) -> None:
    def row(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        text.textOut("OH")
        text.moveCursor(40, 0)
        text.textOut("44691")
        canvas.drawText(text)

    assert texts(first_page(paper.pdf(tmp_path / "a.pdf", row))) == ["OH", "44691"]


def test_a_dash_is_as_tall_as_its_neighbours(tmp_path: Path) -> None:
    page = first_page(paper.pdf(tmp_path / "a.pdf", paper.printed("A - B")))

    letter, dash, _ = (word.box for word in page.words)
    assert dash[1] <= letter[1] + 0.003
    assert dash[3] == pytest.approx(letter[3], abs=0.001)


@pytest.mark.parametrize(
    ("degrees", "corner"), [(90, (1, 0)), (180, (1, 1)), (270, (0, 1))], ids=str
)
def test_boxes_follow_the_rotation_of_the_page(
    tmp_path: Path, degrees: int, corner: tuple[int, int]
) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Payer", x=10, y=775))

    page = first_page(paper.reworked(file, paper.turn(degrees)))

    x0, y0, x1, y1 = page.words[0].box
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(corner, abs=0.06)
    assert (page.width > page.height) == (degrees != 180)


def test_a_landscape_scan_turned_by_the_page_reads_in_order(tmp_path: Path) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.rotate(90)
        paper.printed("First line", x=100, y=-100)(canvas)
        paper.printed("Second line", x=100, y=-140)(canvas)

    page = first_page(paper.reworked(paper.pdf(tmp_path / "a.pdf", sideways), paper.turn(90)))

    assert [(word.line, word.text) for word in page.words] == [
        (0, "First"),
        (0, "line"),
        (1, "Second"),
        (1, "line"),
    ]


def test_boxes_are_fractions_of_the_crop_and_what_it_hides_is_not_read(tmp_path: Path) -> None:
    def both(canvas: Canvas) -> None:
        paper.printed("Shown", x=306, y=396)(canvas)
        paper.printed("Hidden", x=20, y=20)(canvas)

    page = first_page(
        paper.reworked(paper.pdf(tmp_path / "a.pdf", both), paper.crop(206, 296, 406, 496))
    )

    assert texts(page) == ["Shown"]
    assert page.words[0].box[0] == pytest.approx(0.5, abs=0.01)
    assert page.words[0].box[3] == pytest.approx(0.5, abs=0.02)


def test_invisible_text_is_not_on_the_page(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        paper.printed("Total 12.00")(canvas)
        text = canvas.beginText(72, 600)
        text.setTextRenderMode(3)
        text.textLine("Total 99.00")
        canvas.drawText(text)

    assert texts(first_page(paper.pdf(tmp_path / "a.pdf", page))) == ["Total", "12.00"]


def test_a_blank_page_needs_no_ocr_and_has_no_words(tmp_path: Path) -> None:
    page = first_page(paper.pdf(tmp_path / "a.pdf", lambda canvas: canvas.setLineWidth(1)))

    assert page.words == ()
    assert page.source is WordSource.TEXT_LAYER


def test_each_page_is_drawn_with_its_long_side_at_most_2000_pixels(tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Plan"), size=(3000, 1000))

    page = first_page(file, images=tmp_path)

    with paper.Image.open(tmp_path / "1.png") as drawn:
        assert drawn.size == (page.width, page.height) == (2000, 667)
