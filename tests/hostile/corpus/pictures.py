"""Pictures as clients really send them, odd but readable: each has to be looked at."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, ImageFont

from tests.hostile.corpus.case import BLANK, UNSURE, Case, case
from tests.hostile.corpus.raw_pdf import RawPdf

pillow_heif.register_heif_opener()

SIZE = (360, 240)
ORIENTATION = 274  # the tag of Exif that says how the camera was held


def generated() -> Iterator[Case]:
    for name, make in _readable().items():
        yield case(f"picture/{name}", make, UNSURE, looks=True)
    for turn in (2, 5, 7):
        yield case(
            f"picture/mirrored by Exif {turn}",
            lambda turn=turn: _turned_by_exif(turn),
            BLANK,
            looks=True,
        )
    for name, make in _blank().items():
        yield case(f"blank/{name}", make, BLANK)
    yield case("blank/90 transparent megapixels", _giant_of_nothing, BLANK, is_slow=True)


def drawn(text: str, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    font = ImageFont.load_default(26)
    ImageDraw.Draw(image).text((20, 90), text, font=font, fill="black")
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, format=kind, **options)
    return target.getvalue()


def _readable() -> dict[str, Callable[[], bytes]]:
    """The first ones are those that `make test` has room for."""
    return {
        "CMYK": lambda: saved(drawn("Four inks", "CMYK"), "JPEG"),
        "16 bits": lambda: saved(_deep("Sixteen bits"), "PNG"),
        "animated GIF": lambda: saved(
            drawn("First frame", "P"), "GIF", save_all=True, append_images=[drawn("Second", "P")]
        ),
        "transparent PNG": lambda: saved(_transparent("See through"), "PNG"),
        "upside down by Exif": lambda: _turned_by_exif(3),
        "upside down": lambda: saved(drawn("Upside down").rotate(180), "PNG"),
        "on its side": lambda: saved(drawn("On its side").rotate(90, expand=True), "PNG"),
        "HEIC": lambda: saved(drawn("From a phone"), "HEIF"),
        "TIFF of two pages": lambda: _pages(2),
        "one bit": lambda: saved(drawn("One bit", "1"), "TIFF", compression="group4"),
        "animated WebP": lambda: saved(
            drawn("Moving"), "WEBP", save_all=True, append_images=[drawn("Moved")]
        ),
        "interlaced palette": _interlaced,
        "progressive JPEG": lambda: saved(drawn("Progressive"), "JPEG", progressive=True),
        "a broken colour profile": lambda: saved(drawn("Profile"), "JPEG", icc_profile=b"x" * 99),
        "a JPEG with junk behind it": lambda: saved(drawn("Junk"), "JPEG") + b"PK\x03\x04" * 99,
        "a JPEG that is a program, too": lambda: saved(drawn("GIFAR"), "JPEG") + b"MZ" * 999,
        **{
            f"turned by Exif {turn}": lambda turn=turn: _turned_by_exif(turn)
            for turn in (1, 4, 6, 8, 9)
        },
        "BMP": lambda: saved(drawn("Bitmap"), "BMP"),
        "TIFF, CMYK": lambda: saved(drawn("Inks", "CMYK"), "TIFF", compression="tiff_lzw"),
        "TIFF, Lab": lambda: saved(drawn("Lab").convert("LAB"), "TIFF"),
        "TIFF, 32 bits": lambda: saved(drawn("Deep", "I"), "TIFF"),
        "TIFF, floating": lambda: saved(drawn("Floating", "F"), "TIFF"),
        "TIFF of ten pages": lambda: _pages(10),
        "TIFF, fax": lambda: saved(drawn("Fax", "1"), "TIFF", compression="group3", dpi=(204, 98)),
        "TIFF, JPEG inside": lambda: saved(drawn("Inside"), "TIFF", compression="jpeg"),
        "palette with transparency": lambda: saved(drawn("Clear", "P"), "PNG", transparency=0),
        "grey with transparency": lambda: saved(drawn("Grey", "LA"), "PNG"),
        "WebP without loss": lambda: saved(drawn("Lossless"), "WEBP", lossless=True),
        "a JPEG of the worst quality": lambda: saved(drawn("Worst"), "JPEG", quality=1),
        "a PDF that is a scan upside down": lambda: saved(drawn("Scan").rotate(180), "PDF"),
        "a PDF whose text is only outlines": _outlines,
    }


def _deep(text: str) -> Image.Image:
    return drawn(text, "L").convert("I").point(lambda value: value * 257).convert("I;16")


def _transparent(text: str) -> Image.Image:
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    font = ImageFont.load_default(26)
    ImageDraw.Draw(image).text((20, 90), text, font=font, fill=(0, 0, 0, 255))
    return image


def _turned_by_exif(turn: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    return saved(drawn(f"Turned {turn}"), "JPEG", exif=exif)


def _interlaced() -> bytes:
    """Pillow writes no interlaced PNG; GIF has the same in its own way."""
    return saved(drawn("Interlaced", "P"), "GIF", interlace=1)


def _pages(count: int) -> bytes:
    first, *rest = [drawn(f"Sheet {number} of {count}") for number in range(1, count + 1)]
    return saved(first, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")


def _outlines() -> bytes:
    """Strokes that look like letters, and not one letter of text."""
    strokes = b"".join(
        b"%d %d m %d %d l %d %d l %d %d l S\n" % (x, y, x + 4, y + 8, x + 8, y, x + 2, y + 4)
        for y in range(40, 260, 20)
        for x in range(20, 260, 12)
    )
    return RawPdf().one_page(strokes).written()


def _blank() -> dict[str, Callable[[], bytes]]:
    """Nothing is on them, in every format; nobody has to look to see that."""
    white = Image.new("RGB", SIZE, "white")
    return {
        "a white PNG": lambda: saved(white, "PNG"),
        "a black JPEG": lambda: saved(Image.new("RGB", SIZE), "JPEG"),
        "a white JPEG, CMYK": lambda: saved(white.convert("CMYK"), "JPEG"),
        "a white TIFF of three pages": lambda: saved(
            white, "TIFF", save_all=True, append_images=[white, white]
        ),
        "a white TIFF, fax": lambda: saved(white.convert("1"), "TIFF", compression="group4"),
        "a white WebP": lambda: saved(white, "WEBP"),
        "a white BMP": lambda: saved(white, "BMP"),
        "a white GIF": lambda: saved(white, "GIF"),
        "a white HEIC": lambda: saved(white, "HEIF"),
        "a white PNG, 16 bits": lambda: saved(Image.new("I;16", SIZE, 65535), "PNG"),
        "a transparent PNG": lambda: saved(Image.new("RGBA", SIZE, (0, 0, 0, 0)), "PNG"),
        "one pixel": lambda: saved(Image.new("RGB", (1, 1), "white"), "PNG"),
        "one pixel wide": lambda: saved(Image.new("L", (1, 5000), 255), "PNG"),
        "one pixel high": lambda: saved(Image.new("L", (30000, 1), 255), "PNG"),
        "90 megapixels of white": lambda: saved(Image.new("1", (9_000, 10_000), 1), "PNG"),
        "a PDF of three blank pages": _blank_pages,
        "a PDF with a white picture": lambda: saved(white.resize((200, 100)), "PDF"),
        "a PDF whose text is all spaces": lambda: (
            RawPdf().one_page(b"BT /F1 12 Tf 20 200 Td (     ) Tj ET").written()
        ),
        "a PDF whose text is invisible": lambda: (
            RawPdf().one_page(b"BT 3 Tr /F1 12 Tf 20 200 Td (nobody sees this) Tj ET").written()
        ),
        "a PDF whose text is off the page": lambda: (
            RawPdf().one_page(b"BT /F1 12 Tf 2000 2000 Td (nobody sees this) Tj ET").written()
        ),
    }


def _giant_of_nothing() -> bytes:
    """As large as is taken, and every copy of it that decoding makes counts."""
    return saved(Image.new("RGBA", (9_000, 10_000), (0, 0, 0, 0)), "PNG", compress_level=1)


def _blank_pages() -> bytes:
    pdf = RawPdf().one_page(b" ")
    pdf.put(2, "<< /Type /Pages /Kids [3 0 R 3 0 R 3 0 R] /Count 3 >>")
    return pdf.written()
