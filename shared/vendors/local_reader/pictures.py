"""Pictures as clients send them, made into plain pages: upright, opaque, eight bits a colour."""

import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, SupportsFloat, cast

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)
from pillow_heif import HeifImageFile, register_heif_opener

from shared.vendors.local_reader.limits import (
    MAX_FILE_PIXELS,
    MAX_IMAGE_SIDE,
    MAX_PAGES,
    MAX_PIXELS,
)
from shared.vendors.local_reader.ocr import NeedsOcr, Ocr
from shared.vendors.local_reader.page_images import is_blank, save_page_image
from shared.vendors.reading import (
    Cargo,
    DocumentDamaged,
    DocumentTooLarge,
    NotADocument,
    Page,
    WordSource,
)

# Naming the formats keeps Pillow's other decoders, and their faults, away from clients' bytes.
_MEDIA_TYPES = {
    PngImagePlugin.PngImageFile.format: "image/png",
    JpegImagePlugin.JpegImageFile.format: "image/jpeg",
    MpoImagePlugin.MpoImageFile.format: "image/jpeg",  # a phone's, with another picture behind it
    TiffImagePlugin.TiffImageFile.format: "image/tiff",
    HeifImageFile.format: "image/heic",
    WebPImagePlugin.WebPImageFile.format: "image/webp",
    BmpImagePlugin.BmpImageFile.format: "image/bmp",
    GifImagePlugin.GifImageFile.format: "image/gif",
}
_DECODERS = [name for name in _MEDIA_TYPES if name and name != "MPO"]  # the JPEG one does both
_MARKS = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8|II[*+]\0|MM\0[*+]|RIFF....WEBP|....ftyp(hei|hev|mif1|msf1)",
    re.DOTALL,
)
_REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_FAX_STRETCH = (1.1, 3.0)
_SUBFILE_TYPE, _THUMBNAIL = 254, 1  # TIFF: a small copy of another page

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
register_heif_opener()


class PictureFile:
    """A picture, or a TIFF of several. Of an animation the first frame counts."""

    def __init__(self, file: Path) -> None:
        with _decoding("The picture cannot be decoded"):
            try:
                self._image = Image.open(file, formats=_DECODERS)
            except UnidentifiedImageError as unknown:
                if _begins_as_a_picture(file):
                    raise
                raise NotADocument("It is neither a PDF nor a picture we take") from unknown
        self.media_type = _MEDIA_TYPES[str(self._image.format)]
        self._frames = self._list_frames()
        self.pages = len(self._frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._image.close()

    def check_page(self, number: int) -> None:
        """Decode everything: a truncated picture opens without complaint."""
        self._decoded(number)

    def cargo(self) -> tuple[Cargo, ...]:
        return ()

    def read_page(self, number: int, images: Path | None, ocr: Ocr | None) -> Page:
        image = _as_page(self._decoded(number))
        is_empty = is_blank(image)
        if ocr is None and not is_empty:
            raise NeedsOcr
        if images is not None:
            save_page_image(image, images, number)
        return Page(
            number=number,
            width=image.width,
            height=image.height,
            source=WordSource.OCR,
            words=() if is_empty or ocr is None else ocr.words(image),
        )

    def _list_frames(self) -> list[int]:
        """Find the pages, by what their heads declare: many may show the same few bytes."""
        if not isinstance(self._image, TiffImagePlugin.TiffImageFile):
            return [0]
        frames: list[int] = []
        pixels = 0
        for frame in range(self._count_frames()):
            self._seek(frame)
            if not self._image.tag_v2.get(_SUBFILE_TYPE, 0) & _THUMBNAIL:
                frames.append(frame)
                pixels += self._image.width * self._image.height
        if pixels > MAX_FILE_PIXELS:
            raise DocumentTooLarge(f"Its pages have more than {MAX_FILE_PIXELS:,} pixels")
        return frames or [0]

    def _count_frames(self) -> int:
        with _decoding("The picture's pages cannot be found"):
            count = getattr(self._image, "n_frames", 1)
        if count > MAX_PAGES:
            raise DocumentTooLarge(f"It has more than {MAX_PAGES} pages")
        return count

    def _seek(self, frame: int) -> None:
        with _decoding(f"Page {frame + 1} cannot be found"):
            self._image.seek(frame)
        if self._image.width * self._image.height > MAX_PIXELS:
            raise DocumentTooLarge(f"It has more than {MAX_PIXELS:,} pixels")

    def _decoded(self, number: int) -> Image.Image:
        self._seek(self._frames[number - 1])
        with _decoding(f"Page {number} cannot be decoded"):
            self._image.draft("", (MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
            self._image.load()
        return self._image


def _begins_as_a_picture(file: Path) -> bool:
    with file.open("rb") as stream:
        return _MARKS.match(stream.read(16)) is not None


@contextmanager
def _decoding(otherwise: str) -> Generator[None]:
    """Hostile bytes make a decoder raise anything; a want of memory is no fault of the file's."""
    try:
        yield
    except (NotADocument, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise DocumentTooLarge(f"It has more than {MAX_PIXELS:,} pixels") from bomb
    except Exception as damage:
        raise DocumentDamaged(otherwise) from damage


def _as_page(image: Image.Image) -> Image.Image:
    page = _opaque(_eight_bits(_reduced(ImageOps.exif_transpose(image))))
    page = _square_pixels(page, image.info.get("dpi", (72, 72)))
    page.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE), Image.Resampling.LANCZOS)
    return page


def _reduced(image: Image.Image) -> Image.Image:
    """Bring giants down to twice what is kept, before anything makes copies of them."""
    factor = max(image.size) // (2 * MAX_IMAGE_SIDE)
    return image.reduce(factor) if factor > 1 and image.mode in _REDUCIBLE else image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring deeper greys down to a byte; Pillow would cut them all off at white."""
    if image.mode.startswith("I;16"):
        return _scaled(image.convert("I"), 0, 0xFFFF)
    if image.mode in {"I", "F"}:
        darkest, brightest = cast("tuple[float, float]", image.getextrema())
        return _scaled(image, darkest, brightest)
    return image


def _scaled(image: Image.Image, darkest: float, brightest: float) -> Image.Image:
    scale = 255 / ((brightest - darkest) or 1)
    return image.convert("F").point(lambda value: value * scale - darkest * scale).convert("L")  # pyright: ignore[reportUnknownLambdaType]


def _opaque(image: Image.Image) -> Image.Image:
    """Flatten on white: black on transparent is how signatures and scans of lines come."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    see_through = image.convert("RGBA")
    paper = Image.new("RGBA", see_through.size, "white")
    return Image.alpha_composite(paper, see_through).convert("RGB")


def _square_pixels(image: Image.Image, dpi: tuple[SupportsFloat, SupportsFloat]) -> Image.Image:
    """Undo a fax's resolution, which is half as fine downwards as across."""
    across, down = (float(each) for each in dpi)
    if min(across, down) <= 0 or not _FAX_STRETCH[0] < across / down < _FAX_STRETCH[1]:
        return image
    return image.resize((image.width, round(image.height * across / down)))
