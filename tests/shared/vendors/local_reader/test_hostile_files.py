"""What the hostile corpus has taught the reader: each was a crash, a wrong word, or a waste."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject

from shared.vendors.local_reader import Limits, LocalReader
from shared.vendors.local_reader.exchange import Job, Measured, PageChecked, Task
from shared.vendors.local_reader.files import open_file
from shared.vendors.local_reader.limits import MAX_FIELDS, MAX_LETTERS
from shared.vendors.local_reader.ocr import NeedsOcr, Ocr
from shared.vendors.local_reader.worker import answers
from shared.vendors.reading import Cargo, DocumentDamaged, DocumentTooLarge, ReaderGaveUp
from tests.hostile.corpus.pdf_contents import page_of_forms
from tests.hostile.corpus.picture_damage import PAGE, tiff
from tests.hostile.corpus.raw_pdf import RawPdf, says
from tests.shared.vendors.local_reader import paper

Draw = Callable[[Any], None]


def filled_in(count: int, value: str) -> Draw:
    def draw(canvas: Any) -> None:
        for number in range(count):
            canvas.acroForm.textfield(name=f"f{number}", value=value, maxlen=None, x=9, y=9)

    return draw


@pytest.mark.parametrize("size", [(3000, 1), (1, 3000)])
def test_a_strip_of_single_pixels_costs_no_memory(ocr: Ocr, size: tuple[int, int]) -> None:
    """The engine would magnify it until its short side had thirty."""
    assert ocr.words(Image.linear_gradient("L").resize(size)) == ()


@pytest.mark.parametrize("colour", ["white", "black", "lightblue"])
def test_a_page_of_one_colour_needs_no_ocr(tmp_path: Path, colour: str) -> None:
    file = paper.saved(Image.new("RGB", (300, 200), colour), tmp_path / "a.jpg", format="JPEG")

    with open_file(file) as opened:
        assert opened.read_page(1, None, None).words == ()


def test_a_faint_page_is_looked_at(tmp_path: Path) -> None:
    faint = Image.new("L", (300, 200), 255)
    faint.paste(240, (50, 50, 90, 60))

    with open_file(paper.saved(faint, tmp_path / "a.png")) as opened, pytest.raises(NeedsOcr):
        opened.read_page(1, None, None)


def test_a_pdf_whose_text_is_off_the_page_needs_no_ocr(tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Nobody sees this", x=5000))

    with open_file(file) as opened:
        assert opened.read_page(1, None, None).words == ()


@pytest.mark.parametrize("following", [1, 2**31])
async def test_a_tiff_whose_pages_lead_nowhere_is_damaged(
    reader: LocalReader, tmp_path: Path, following: int
) -> None:
    (tmp_path / "a.tiff").write_bytes(tiff(PAGE, following) + bytes(81))

    with pytest.raises(DocumentDamaged):
        await reader.measure(tmp_path / "a.tiff")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "HEIF"])
async def test_the_first_bytes_of_a_picture_are_a_damaged_picture(
    reader: LocalReader, tmp_path: Path, kind: str
) -> None:
    whole = BytesIO()
    paper.picture("W-2").save(whole, format=kind)
    (tmp_path / "a").write_bytes(whole.getvalue()[:24])

    with pytest.raises(DocumentDamaged):
        await reader.measure(tmp_path / "a")


async def test_more_letters_on_a_page_than_we_take_are_too_large(
    reader: LocalReader, tmp_path: Path
) -> None:
    def draw(canvas: Any) -> None:
        for line in range(MAX_LETTERS // 500 + 1):
            paper.printed("w" * 500, x=9, y=9 + line, size=1)(canvas)

    file = paper.pdf(tmp_path / "a.pdf", draw)

    with pytest.raises(DocumentTooLarge, match="letters"):
        await reader.read(file, tmp_path / "pages")


@pytest.mark.parametrize(("count", "value"), [(MAX_FIELDS + 1, "7"), (1, "7" * (MAX_LETTERS + 1))])
async def test_more_in_a_form_than_we_take_is_too_large(
    reader: LocalReader, tmp_path: Path, count: int, value: str
) -> None:
    file = paper.pdf(tmp_path / "a.pdf", filled_in(count, value))

    with pytest.raises(DocumentTooLarge, match="field"):
        await reader.read(file, tmp_path / "pages")


def test_measuring_gives_a_sign_of_life_for_each_page(tmp_path: Path) -> None:
    """A page has its limits, however many pages a file has."""
    file = paper.pdf(tmp_path / "a.pdf", *[paper.printed("Page")] * 3)
    job = Job(task=Task.MEASURE, file=str(file), page_cpu_seconds=60)

    *signs, last = answers(job, Ocr())

    assert [type(sign) for sign in signs] == [PageChecked] * 3
    assert isinstance(last, Measured)


async def test_the_pages_before_one_that_never_ends_are_drawn(tmp_path: Path) -> None:
    """A form draws another ten times, that one a third, and so on."""
    endless = RawPdf().one_page(says("The second page never ends"))
    endless.put(2, "<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>")
    endless.put(5, page_of_forms(endless, depth=9))
    (tmp_path / "a.pdf").write_bytes(endless.written())
    reader, images = LocalReader(Limits(page_cpu_seconds=1)), tmp_path / "pages"

    assert (await reader.measure(tmp_path / "a.pdf")).pages == 2
    with pytest.raises(ReaderGaveUp):
        await reader.read(tmp_path / "a.pdf", images)

    assert [image.name for image in images.iterdir()] == ["1.png"]
    await reader.close()


class TestCargo:
    def carries(self, tmp_path: Path, work: Callable[[pypdf.PdfWriter], object]) -> list[Cargo]:
        def rework(writer: pypdf.PdfWriter) -> None:
            work(writer)

        file = paper.reworked(paper.pdf(tmp_path / "a.pdf", paper.printed("Cover")), rework)
        with open_file(file) as opened:
            return list(opened.cargo())

    def test_a_plain_file_carries_nothing(self, tmp_path: Path) -> None:
        assert self.carries(tmp_path, lambda _: None) == []

    def test_a_file_of_a_kind_we_take_is_a_document(self, tmp_path: Path) -> None:
        found = self.carries(tmp_path, lambda pdf: pdf.add_attachment("W-2.PDF", b"%PDF-1.7"))

        assert found == [Cargo.DOCUMENTS]

    def test_any_other_file_is_a_file(self, tmp_path: Path) -> None:
        found = self.carries(tmp_path, lambda pdf: pdf.add_attachment("factur-x.xml", b"<a/>"))

        assert found == [Cargo.FILES]

    def test_a_script_is_told(self, tmp_path: Path) -> None:
        def work(pdf: pypdf.PdfWriter) -> None:
            action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
            pdf.root_object[NameObject("/OpenAction")] = action

        assert self.carries(tmp_path, work) == [Cargo.SCRIPTS]
