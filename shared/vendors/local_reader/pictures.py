"""Pictures as clients send them, made into plain pages: upright, opaque, eight bits a colour."""

import warnings
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

from shared.vendors.local_reader.limits import MAX_IMAGE_SIDE, MAX_PAGES, MAX_PIXELS
from shared.vendors.local_reader.ocr import NeedsOcr, Ocr
from shared.vendors.local_reader.page_images import save_page_image
from shared.vendors.reading import (
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
_FAX_STRETCH = (1.1, 3.0)
_SUBFILE_TYPE, _THUMBNAIL = 254, 1  # TIFF: a small copy of another page

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
register_heif_opener()


class PictureFile:
    """A picture, or a TIFF of several. Of an animation the first frame counts."""

    def __init__(self, file: Path) -> None:
        try:
            self._image = Image.open(file, formats=_DECODERS)
        except UnidentifiedImageError as unknown:
            raise NotADocument("It is neither a PDF nor a picture of a kind we take") from unknown
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
            raise DocumentTooLarge(f"It has more than {MAX_PIXELS:,} pixels") from bomb
        except (OSError, SyntaxError, ValueError) as damage:
            raise DocumentDamaged("The picture cannot be decoded") from damage
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

    def check(self) -> None:
        """Decode everything: a truncated picture opens without complaint."""
        for number in range(1, self.pages + 1):
            self._decoded(number)

    def read_page(self, number: int, images: Path | None, ocr: Ocr | None) -> Page:
        if ocr is None:
            raise NeedsOcr
        image = _as_page(self._decoded(number))
        if images is not None:
            save_page_image(image, images, number)
        return Page(
            number=number,
            width=image.width,
            height=image.height,
            source=WordSource.OCR,
            words=ocr.words(image),
        )

    def _list_frames(self) -> list[int]:
        if not isinstance(self._image, TiffImagePlugin.TiffImageFile):
            return [0]
        frames: list[int] = []
        for frame in range(self._count_frames()):
            self._seek(frame)
            if not self._image.tag_v2.get(_SUBFILE_TYPE, 0) & _THUMBNAIL:
                frames.append(frame)
        return frames or [0]

    def _count_frames(self) -> int:
        try:
            count = getattr(self._image, "n_frames", 1)
        except (OSError, SyntaxError, ValueError, EOFError) as damage:
            raise DocumentDamaged("The picture's pages cannot be found") from damage
        if count > MAX_PAGES:
            raise DocumentTooLarge(f"It has more than {MAX_PAGES} pages")
        return count

    def _seek(self, frame: int) -> None:
        try:
            self._image.seek(frame)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
            raise DocumentTooLarge(f"It has more than {MAX_PIXELS:,} pixels") from bomb
        except (OSError, SyntaxError, ValueError, EOFError) as damage:
            raise DocumentDamaged(f"Page {frame + 1} cannot be found") from damage
        if self._image.width * self._image.height > MAX_PIXELS:
            raise DocumentTooLarge(f"It has more than {MAX_PIXELS:,} pixels")

    def _decoded(self, number: int) -> Image.Image:
        self._seek(self._frames[number - 1])
        try:
            self._image.draft("", (MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
            self._image.load()
        except (OSError, SyntaxError, ValueError, EOFError, IndexError) as damage:
            raise DocumentDamaged(f"Page {number} cannot be decoded") from damage
        return self._image


def _as_page(image: Image.Image) -> Image.Image:
    page = _opaque(_eight_bits(ImageOps.exif_transpose(image)))
    page = _square_pixels(page, image.info.get("dpi", (72, 72)))
    page.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE), Image.Resampling.LANCZOS)
    return page


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
