"""Documents made on the spot: PDFs with reportlab, pictures with Pillow."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pypdf
from PIL import Image, ImageDraw, ImageFont
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
)
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

LETTER = (612.0, 792.0)


def pdf(
    file: Path,
    *pages: Callable[[Canvas], None],
    size: tuple[float, float] = LETTER,
    password: str | None = None,
) -> Path:
    """One page for each function that draws on it."""
    canvas = Canvas(str(file), pagesize=size, encrypt=password, invariant=True)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file


def printed(text: str, x: float = 72, y: float = 700, size: float = 12) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y, text)

    return draw


def pasted(
    picture: Image.Image, box: tuple[float, float, float, float], *more: Callable[[Canvas], None]
) -> Callable[[Canvas], None]:
    """A page with a picture at x, y, width, height, and what else is drawn over it."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture), *box)
        for each in more:
            each(canvas)

    return draw


def filled_form(canvas: Canvas) -> None:
    canvas.drawString(72, 700, "Wages")
    form = canvas.acroForm
    form.textfield(name="wages", value="23,677.70", x=144, y=690, width=120, height=20)
    form.textfield(name="tips", value="", x=144, y=650, width=120, height=20)
    form.checkbox(name="retirement", checked=True, x=144, y=610, size=20)
    form.checkbox(name="statutory", checked=False, x=200, y=610, size=20)


def reworked(file: Path, work: Callable[[pypdf.PdfWriter], None]) -> Path:
    writer = pypdf.PdfWriter(clone_from=BytesIO(file.read_bytes()))
    work(writer)
    writer.write(file)
    return file


def turn(degrees: int) -> Callable[[pypdf.PdfWriter], None]:
    def work(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].rotate(degrees)

    return work


def crop(left: float, bottom: float, right: float, top: float) -> Callable[[pypdf.PdfWriter], None]:
    def work(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].cropbox = RectangleObject((left, bottom, right, top))

    return work


def forget_fields(writer: pypdf.PdfWriter) -> None:
    """Leave the widgets on the pages and empty the document's list of fields."""
    form = cast("DictionaryObject", writer.root_object["/AcroForm"].get_object())
    form[NameObject("/Fields")] = ArrayObject()


def forget_values(writer: pypdf.PdfWriter) -> None:
    """Leave what the widgets show and take away what they say, as some programs do."""
    for annotation in cast("ArrayObject", writer.pages[0]["/Annots"]):
        cast("DictionaryObject", annotation.get_object()).pop(NameObject("/V"), None)


def make_xfa(*, dynamic: bool) -> Callable[[pypdf.PdfWriter], None]:
    def work(writer: pypdf.PdfWriter) -> None:
        root = writer.root_object
        form = root.setdefault(NameObject("/AcroForm"), DictionaryObject())
        form = form.get_object()
        form.setdefault(NameObject("/Fields"), ArrayObject())
        form[NameObject("/XFA")] = ArrayObject()
        if dynamic:
            root[NameObject("/NeedsRendering")] = BooleanObject(value=True)

    return work


def note(text: str, box: tuple[float, float, float, float]) -> Callable[[pypdf.PdfWriter], None]:
    """A note typed onto the page in a viewer, with its own drawing of itself."""

    def work(writer: pypdf.PdfWriter) -> None:
        width, height = box[2] - box[0], box[3] - box[1]
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        drawing = StreamObject()
        drawing.set_data(f"BT /F1 12 Tf 2 4 Td ({text}) Tj ET".encode())
        drawing.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): ArrayObject(map(NumberObject, (0, 0, width, height))),
                NameObject("/Resources"): DictionaryObject(
                    {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
                ),
            }
        )
        annotation = FreeText(text=text, rect=box)
        annotation[NameObject("/AP")] = DictionaryObject(
            {NameObject("/N"): writer._add_object(drawing)}  # pyright: ignore[reportPrivateUsage]
        )
        writer.add_annotation(0, annotation)

    return work


def picture(
    *lines: str, size: tuple[int, int] = (900, 600), letters: int = 48, mode: str = "RGB"
) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(letters)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 2 * letters * number), line, font=font, fill="black")
    return image.convert(mode)


def saved(image: Image.Image, file: Path, **options: Any) -> Path:
    image.save(file, **options)
    return file


def colours(image: Path) -> Mapping[str, tuple[int, int, int]]:
    """The colour of each corner."""
    with Image.open(image) as opened:
        page = opened.convert("RGB")
    right, bottom = page.width - 1, page.height - 1
    places = {
        "top left": (0, 0),
        "top right": (right, 0),
        "bottom left": (0, bottom),
        "bottom right": (right, bottom),
    }
    return {
        name: cast("tuple[int, int, int]", page.getpixel(place)) for name, place in places.items()
    }
