"""Making paper out of drawings: what a scanner and what a telephone make of a page."""

from io import BytesIO
from random import Random
from time import gmtime

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

_POINTS_PER_INCH = 72
_NO_DAY = gmtime(0)
_EXIF_ORIENTATION = 0x0112
_LIE_ON_THE_RIGHT_SIDE = 6


def render(pdf: bytes, dpi: int) -> Image.Image:
    """The first page as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        scale = dpi / _POINTS_PER_INCH
        bitmap = document[0].render(scale=scale)  # pyright: ignore[reportArgumentType]
        return bitmap.to_pil().convert("RGB")
    finally:
        document.close()


def scan(pdf: bytes, chance: Random, *, dpi: int = 200) -> bytes:
    """A page that went through a scanner a little askew: grey, speckled, without a text layer."""
    image = render(pdf, dpi).convert("L")
    angle = chance.choice((-1, 1)) * chance.uniform(0.4, 0.9)
    image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=252)
    image = _add_noise(image.filter(ImageFilter.GaussianBlur(0.6)), chance, strength=9)
    target = BytesIO()
    image.save(target, "PDF", resolution=dpi, quality=70, creationDate=_NO_DAY, modDate=_NO_DAY)
    return target.getvalue()


def photograph(pdf: bytes, chance: Random, *, sideways: bool = False) -> bytes:
    """A slip photographed on a table: askew, in perspective, unevenly lit, noisy.

    Sideways, the pixels lie on their side and EXIF says which way is up, as telephones do it.
    """
    paper = render(pdf, 230)
    width, height = int(paper.width * 1.3), int(paper.height * 1.2)
    photo, corners = _table(chance, width, height), _corners(chance, paper.size, (width, height))
    coefficients = _perspective(corners, paper.size)
    laid = paper.transform(
        (width, height), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
    )
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    shadow = mask.filter(ImageFilter.GaussianBlur(14)).point([value // 3 for value in range(256)])
    photo.paste((20, 14, 8), (9, 12), shadow)
    photo.paste(laid, (0, 0), mask.filter(ImageFilter.GaussianBlur(1)))
    photo = _light(photo.filter(ImageFilter.GaussianBlur(0.8)), chance)
    photo = _add_noise(photo, chance, strength=7)
    if not sideways:
        return _jpeg(photo, quality=78)
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = _LIE_ON_THE_RIGHT_SIDE
    return _jpeg(photo.transpose(Image.Transpose.ROTATE_90), quality=78, exif=exif.tobytes())


def _jpeg(image: Image.Image, *, quality: int, exif: bytes = b"") -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=quality, exif=exif)
    return target.getvalue()


def _noise(chance: Random) -> np.random.Generator:
    return np.random.default_rng(chance.getrandbits(32))


def _add_noise(image: Image.Image, chance: Random, *, strength: float) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float32)
    grain = _noise(chance).standard_normal(pixels.shape, dtype=np.float32) * strength
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def _table(chance: Random, width: int, height: int) -> Image.Image:
    grain = _noise(chance).integers(0, 26, (24, 5, 1)) + np.array((104, 76, 52))
    wood = Image.fromarray(grain.astype(np.uint8))
    return wood.resize((width, height), Image.Resampling.BICUBIC)


def _light(image: Image.Image, chance: Random) -> Image.Image:
    """Darken the picture towards one corner, as under a lamp."""
    across = np.linspace(0, 1, image.width)[None, :]
    down = np.linspace(0, 1, image.height)[:, None]
    if chance.choice((True, False)):
        across = 1 - across
    shade = (1.02 - 0.28 * (across + down) / 2)[:, :, None]
    pixels: NDArray[np.float64] = np.asarray(image, dtype=np.float64) * shade
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _corners(
    chance: Random, paper: tuple[int, int], photo: tuple[int, int]
) -> list[tuple[float, float]]:
    """Where the corners of the paper lie in the picture, clockwise from the top left."""
    left, top = (photo[0] - paper[0]) / 2, (photo[1] - paper[1]) / 2
    tilt = chance.choice((-1, 1)) * chance.uniform(0.02, 0.045)
    squeeze = chance.uniform(0.01, 0.035) * paper[0]
    corners = [
        (left + squeeze, top),
        (left + paper[0] - squeeze, top),
        (left + paper[0], top + paper[1]),
        (left, top + paper[1]),
    ]
    middle_x, middle_y = photo[0] / 2, photo[1] / 2
    return [(x - tilt * (y - middle_y), y + tilt * (x - middle_x)) for x, y in corners]


def _perspective(corners: list[tuple[float, float]], paper: tuple[int, int]) -> list[float]:
    """The eight coefficients that map a point of the picture to a point of the paper."""
    width, height = paper
    targets = ((0, 0), (width, 0), (width, height), (0, height))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    flat = [float(value) for target in targets for value in target]
    return np.linalg.solve(np.array(rows), np.array(flat)).tolist()
