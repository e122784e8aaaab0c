"""The picture of a page as it is kept, written once for every page we read."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PIL import Image, ImageChops

_GRAIN = 8  # of 255: what JPEG makes of a single colour


def save_page_image(picture: Image.Image, images: Path, number: int) -> None:
    """Write ``{number}.png``, in grey where no colour is lost by it: a third of the bytes to press.

    A higher level of compression makes scans much slower to write, and hardly any page smaller.
    """
    page = picture.convert("L") if _is_grey(picture) else picture
    page.save(images / f"{number}.png", compress_level=1)


def is_blank(picture: Image.Image) -> bool:
    """Tell a page of one colour, which nobody has to look at; a scan of white paper is grained."""
    extremes = cast("Sequence[tuple[int, int]]", picture.convert("RGB").getextrema())
    return all(brightest - darkest <= _GRAIN for darkest, brightest in extremes)


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return all(ImageChops.difference(red, other).getbbox() is None for other in (green, blue))
