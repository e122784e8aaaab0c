"""Pictures become plain pages: upright, opaque, eight bits, of bounded size."""

from array import array
from pathlib import Path

import pytest
from PIL import Image

from shared.vendors.local_reader.files import open_file
from shared.vendors.local_reader.ocr import Ocr
from shared.vendors.local_reader.pictures import PictureFile
from shared.vendors.reading import Word
from tests.shared.vendors.local_reader import paper

BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)


class Blind(Ocr):
    """Stands in for OCR where only the picture matters."""

    def words(self, image: Image.Image) -> tuple[Word, ...]:
        assert image.mode == "RGB"
        return ()


def drawn(file: Path) -> Path:
    """The image of the file's first page."""
    with open_file(file) as opened:
        assert isinstance(opened, PictureFile)
        opened.read_page(1, file.parent, Blind())
    return file.parent / "1.png"


def size_of(image: Path) -> tuple[int, int]:
    with Image.open(image) as opened:
        return opened.size


def marked(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White, with a red top left corner."""
    image = Image.new("RGB", size, "white")
    image.paste(RED, (0, 0, 10, 10))
    return image.convert(mode)


def test_a_phones_photograph_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = paper.saved(marked(), tmp_path / "a.png", exif=exif)

    image = drawn(file)

    assert size_of(image) == (40, 60)
    assert paper.colours(image)["top right"] == RED


def test_transparent_is_paper_and_not_ink(tmp_path: Path) -> None:
    see_through = Image.new("RGBA", (60, 40), (0, 0, 0, 0))

    corners = paper.colours(drawn(paper.saved(see_through, tmp_path / "a.png")))

    assert set(corners.values()) == {WHITE}


def test_a_palettes_transparent_colour_is_paper_too(tmp_path: Path) -> None:
    palette = Image.new("P", (60, 40), 0)
    palette.putpalette([0, 0, 0] * 256)

    corners = paper.colours(drawn(paper.saved(palette, tmp_path / "a.png", transparency=0)))

    assert set(corners.values()) == {WHITE}


def test_print_colours_become_screen_colours(tmp_path: Path) -> None:
    corners = paper.colours(drawn(paper.saved(marked("CMYK"), tmp_path / "a.tif")))

    assert corners == dict.fromkeys(corners, WHITE) | {"top left": RED}


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_greys_keep_their_shades(tmp_path: Path, mode: str) -> None:
    shades = array("H", [0, 65535, 32768, 65535])
    deep = Image.frombytes("I;16", (2, 2), shades.tobytes()).convert(mode)

    corners = paper.colours(drawn(paper.saved(deep, tmp_path / "a.tif")))

    assert corners["top left"] == BLACK
    assert corners["top right"] == corners["bottom right"] == WHITE
    assert corners["bottom left"][0] == pytest.approx(128, abs=1)


def test_a_large_photograph_is_drawn_smaller(tmp_path: Path) -> None:
    image = drawn(paper.saved(Image.new("RGB", (4000, 3000)), tmp_path / "a.jpg"))

    assert size_of(image) == (2000, 1500)


def test_a_fax_is_drawn_as_tall_as_it_was(tmp_path: Path) -> None:
    fax = Image.new("1", (1728, 1100), 1)

    image = drawn(paper.saved(fax, tmp_path / "a.tif", dpi=(204, 98)))

    width, height = size_of(image)
    assert height / width == pytest.approx(1100 * 204 / 98 / 1728, abs=0.01)


def test_each_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (60, 40), colour) for colour in ("red", "white", "black")]
    file = paper.saved(pages[0], tmp_path / "a.tif", save_all=True, append_images=pages[1:])

    with open_file(file) as opened:
        for number in range(1, opened.pages + 1):
            opened.read_page(number, tmp_path, Blind())

    found = [paper.colours(tmp_path / f"{number}.png")["top left"] for number in (1, 2, 3)]
    assert found == [RED, WHITE, BLACK]


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "white")]
    file = paper.saved(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])

    with open_file(file) as opened:
        assert opened.pages == 1
    assert paper.colours(drawn(file))["top left"] == RED


def test_a_phones_heic_is_drawn(tmp_path: Path) -> None:
    red, *_ = paper.colours(drawn(paper.saved(marked(), tmp_path / "a.heic", quality=95))).values()

    assert red == pytest.approx(RED, abs=12)
