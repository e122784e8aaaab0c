"""Blacking out parts of a page image; the images are ones our own reader has rendered."""

from collections.abc import Sequence
from io import BytesIO

from shared.vendors.reading import Box

MARGIN = 0.002


def black_out(png: bytes, boxes: Sequence[Box]) -> bytes:
    """The same page as PNG with these boxes (fractions of the page) painted over."""
    if not boxes:
        return png
    from PIL import Image, ImageDraw

    with Image.open(BytesIO(png)) as opened:
        image = opened.convert("L" if opened.mode == "L" else "RGB")
    width, height = image.size
    draw = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in boxes:
        corners = (x0 - MARGIN, y0 - MARGIN, x1 + MARGIN, y1 + MARGIN)
        left, top, right, bottom = corners
        draw.rectangle((left * width, top * height, right * width, bottom * height), fill="black")
    made = BytesIO()
    image.save(made, "PNG", compress_level=1)  # it is written often and read seldom
    return made.getvalue()
