"""Pages that have to be looked at. Few of them: the engine is slow."""

import sys
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from shared.vendors.local_reader.ocr import Ocr
from shared.vendors.local_reader.ocr_lines import Line, pieces_of
from shared.vendors.reading import ReaderUnavailable, Word, WordSource
from tests.shared.vendors.local_reader import paper
from tests.shared.vendors.local_reader.conftest import first_page

SCAN = ("Form W-2 Wage and Tax", "Wages 23,677.70", "SSN 554-03-0876")


class Script(Ocr):
    """Stands in for OCR where only the decision to use it matters."""

    def words(self, image: Image.Image) -> tuple[Word, ...]:
        assert image.mode == "RGB"
        return (Word(text="seen", box=(0, 0, 1, 1), line=0, confidence=0.5),)


def source(file: Path) -> WordSource:
    return first_page(file, Script()).source


class TestReadingAPicture:
    def test_words_come_line_by_line_with_boxes(self, ocr: Ocr) -> None:
        words = ocr.words(paper.picture(*SCAN))

        assert [(word.line, word.text) for word in words][-4:] == [
            (1, "Wages"),
            (1, "23,677.70"),
            (2, "SSN"),
            (2, "554-03-0876"),
        ]
        x0, y0, x1, y1 = words[-1].box
        assert 0.15 < x0 < x1 < 0.65
        assert 0.38 < y0 < 0.45 < y1 < 0.52
        assert all(0.8 < word.confidence <= 1 for word in words)

    @pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180])
    def test_a_page_lying_turned_is_read_and_stays_as_displayed(
        self, ocr: Ocr, turn: Image.Transpose
    ) -> None:
        words = ocr.words(paper.picture(*SCAN).transpose(turn))

        assert [word.text for word in words][-1] == "554-03-0876"
        x0, y0, x1, y1 = words[-1].box
        if turn is Image.Transpose.ROTATE_90:
            assert 0.38 < x0 < x1 < 0.52
            assert 0.35 < y0 < y1 < 0.85
        else:
            assert 0.35 < x0 < x1 < 0.85
            assert 0.48 < y0 < y1 < 0.62

    def test_without_the_engine_only_pages_that_need_it_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "rapidocr", None)
        typed = paper.pdf(tmp_path / "typed.pdf", paper.printed("Wages"))
        photographed = paper.saved(paper.picture(*SCAN), tmp_path / "scan.png")

        assert first_page(typed).words
        with pytest.raises(ReaderUnavailable):
            first_page(photographed)


class TestDecidingToLook:
    def test_a_scan_is_looked_at(self, tmp_path: Path) -> None:
        scan = paper.pasted(paper.picture(*SCAN), (0, 0, *paper.LETTER))

        assert source(paper.pdf(tmp_path / "a.pdf", scan)) is WordSource.OCR

    def test_a_scanners_own_invisible_text_is_not_believed(self, tmp_path: Path) -> None:
        def guess(canvas: Canvas) -> None:
            text = canvas.beginText(72, 700)
            text.setTextRenderMode(3)
            for _ in range(40):
                text.textLine("Wages and tips and what the scanner guessed")
            canvas.drawText(text)

        scan = paper.pasted(paper.picture(*SCAN), (0, 0, *paper.LETTER), guess)

        assert source(paper.pdf(tmp_path / "a.pdf", scan)) is WordSource.OCR

    def test_a_scan_under_a_fax_header_is_looked_at(self, tmp_path: Path) -> None:
        header = paper.printed("FROM: 555-0100 TO: 555-0199 PAGE 1 OF 3", y=780)
        scan = paper.pasted(paper.picture(*SCAN), (0, 0, *paper.LETTER), header)

        assert source(paper.pdf(tmp_path / "a.pdf", scan)) is WordSource.OCR

    def test_a_scan_cut_into_strips_is_looked_at(self, tmp_path: Path) -> None:
        def strips(canvas: Canvas) -> None:
            paper.printed("Page 1", y=780)(canvas)
            for strip in range(10):
                paper.pasted(paper.picture(size=(600, 70)), (0, 70 * strip, 612, 70))(canvas)

        assert source(paper.pdf(tmp_path / "a.pdf", strips)) is WordSource.OCR

    def test_a_scan_wrapped_in_a_form_object_is_looked_at(self, tmp_path: Path) -> None:
        def wrapped(canvas: Canvas) -> None:
            canvas.beginForm("scan")
            paper.pasted(paper.picture(*SCAN), (0, 0, 1, 1))(canvas)
            canvas.endForm()
            paper.printed("Page 1", y=780)(canvas)
            canvas.scale(612, 792)
            canvas.doForm("scan")

        assert source(paper.pdf(tmp_path / "a.pdf", wrapped)) is WordSource.OCR

    def test_values_printed_as_outlines_are_looked_at(self, tmp_path: Path) -> None:
        def outlines(canvas: Canvas) -> None:
            paper.printed("1 Wages, tips, other compensation", y=720)(canvas)
            for number in range(60):
                path = canvas.beginPath()
                path.moveTo(72 + 7 * number, 700)
                for _ in range(3):
                    x, y = 72 + 7 * number, 700
                    path.curveTo(x + 1, y + 7, x + 4, y + 7, x + 5, y)
                    path.curveTo(x + 4, y - 3, x + 2, y - 3, x, y)
                canvas.drawPath(path, fill=1)

        assert source(paper.pdf(tmp_path / "a.pdf", outlines)) is WordSource.OCR

    def test_a_logo_does_not_make_a_page_a_scan(self, tmp_path: Path) -> None:
        logo = paper.pasted(paper.picture("ACME"), (72, 700, 90, 60), paper.printed("Invoice 17"))

        assert source(paper.pdf(tmp_path / "a.pdf", logo)) is WordSource.TEXT_LAYER

    def test_a_page_of_text_over_a_background_is_not_a_scan(self, tmp_path: Path) -> None:
        def statement(canvas: Canvas) -> None:
            for row in range(30):
                paper.printed(f"2021-03-{row:02} Deposit 1,234.56 Balance", y=740 - 20 * row)(
                    canvas
                )

        page = paper.pasted(paper.picture(), (0, 0, *paper.LETTER), statement)

        assert source(paper.pdf(tmp_path / "a.pdf", page)) is WordSource.TEXT_LAYER


def line(text: str, *, letter_width: float = 8, gap: float = 2, sure: float = 1.0) -> Line:
    """A level line as the engine gives it: places for letters, none for spaces."""
    step = letter_width + gap
    letters = [
        (letter, sure, [[x, 0], [x + letter_width, 0], [x + letter_width, 20], [x, 20]])
        for x, letter in ((step * place, letter) for place, letter in enumerate(text))
        if letter != " "
    ]
    corners = [[0, 0], [step * len(text), 0], [step * len(text), 20], [0, 20]]
    return Line(text, sure, corners, letters)


class TestCuttingLinesIntoWords:
    def test_words_end_at_spaces(self) -> None:
        pieces = pieces_of(line("Wages 23,677.70"))

        assert [(piece.text, piece.x0, piece.x1) for piece in pieces] == [
            ("Wages", 0, 48),
            ("23,677.70", 60, 148),
        ]

    def test_a_space_the_engine_did_not_say_is_seen_by_its_room(self) -> None:
        said = line("OH 44691")
        missed = Line("OH44691", said.confidence, said.corners, said.letters)

        assert [piece.text for piece in pieces_of(missed)] == ["OH", "44691"]

    def test_a_number_is_as_sure_as_its_least_sure_digit(self) -> None:
        sure = line("1040").letters
        doubted = [*sure[:3], ("0", 0.5, sure[3][2])]

        (piece,) = pieces_of(Line("1040", 0.9, line("1040").corners, doubted))

        assert piece.confidence == 0.5

    def test_words_are_placed_by_share_when_letters_are_not_known(self) -> None:
        known = line("AB CD")

        pieces = pieces_of(Line(known.text, 0.9, known.corners, ()))

        assert [(piece.text, piece.x0, piece.x1) for piece in pieces] == [
            ("AB", 0, 20),
            ("CD", 30, 50),
        ]
