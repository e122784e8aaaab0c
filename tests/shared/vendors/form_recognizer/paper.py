"""Papers that only a picture is left of, with what stands on them."""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from local.samples.chance import chance_for
from local.samples.models import Content
from local.samples.pictures import render
from local.samples.w2_forms import draw_w2
from local.samples.wages import invent_w2
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import Page

DPI = 200


class Paper(NamedTuple):
    """``typed`` has a text layer, ``scanned`` has not; ``page`` is what stands on both."""

    typed: Path
    scanned: Path
    page: Page
    content: Content


async def w2(drawing: LocalReader, folder: Path) -> Paper:
    content = invent_w2(chance_for(3, "cloud"), 2024)
    typed, scanned = folder / "typed.pdf", folder / "scanned.pdf"
    typed.write_bytes(draw_w2(content))
    scanned.write_bytes(pdf_of(picture(typed)))
    reading = await drawing.draw(typed, folder)
    return Paper(typed, scanned, reading.pages[0], content)


def picture(pdf: Path) -> Image.Image:
    return render(pdf.read_bytes(), DPI)


def pdf_of(*images: Image.Image) -> bytes:
    target = BytesIO()
    images[0].save(target, "PDF", resolution=DPI, save_all=True, append_images=list(images[1:]))
    return target.getvalue()


def sheet() -> Image.Image:
    """Letter paper with some scribble, so that there is something to look at."""
    blank = Image.new("L", (1700, 2200), 250)
    blank.paste(40, (200, 300, 900, 320))
    return blank
