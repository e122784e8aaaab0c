"""Page images lose nothing, and a page without colour takes a third of the bytes to press."""

from pathlib import Path

import pytest
from PIL import Image

from shared.vendors.local_reader.page_images import save_page_image


def kept(picture: Image.Image, folder: Path) -> Image.Image:
    save_page_image(picture, folder, 7)
    with Image.open(folder / "7.png") as opened:
        opened.load()
        return opened


def test_a_page_without_colour_is_kept_in_grey_with_every_shade(tmp_path: Path) -> None:
    shades = Image.linear_gradient("L").convert("RGB")

    image = kept(shades, tmp_path)

    assert image.mode == "L"
    assert image.convert("RGB").tobytes() == shades.tobytes()


@pytest.mark.parametrize("colour", [(255, 254, 255), (255, 255, 254), (254, 255, 255)])
def test_the_faintest_colour_is_kept(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    page = Image.new("RGB", (20, 20), "white")
    page.putpixel((3, 4), colour)

    image = kept(page, tmp_path)

    assert image.mode == "RGB"
    assert image.tobytes() == page.tobytes()
