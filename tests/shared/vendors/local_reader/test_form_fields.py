"""What was filled into a PDF's form, or typed onto it."""

from pathlib import Path

import pytest
from PIL import Image

from tests.shared.vendors.local_reader import paper
from tests.shared.vendors.local_reader.conftest import first_page


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return paper.pdf(tmp_path / "form.pdf", paper.filled_form)


def test_filled_widgets_are_told_and_empty_ones_are_not(form: Path) -> None:
    fields = {field.name: field.value for field in first_page(form).fields}

    assert fields == {"wages": "23,677.70", "retirement": "Yes"}


def test_a_widget_stands_where_it_is_displayed(form: Path) -> None:
    field = next(field for field in first_page(form).fields if field.name == "wages")

    expected = (144 / 612, 1 - 710 / 792, 264 / 612, 1 - 690 / 792)
    assert field.box == pytest.approx(expected, abs=0.002)


def test_values_are_told_as_fields_and_not_again_as_words(form: Path) -> None:
    assert [word.text for word in first_page(form).words] == ["Wages"]


def test_values_are_drawn_on_the_page_image(form: Path, tmp_path: Path) -> None:
    first_page(form, images=tmp_path)

    with Image.open(tmp_path / "1.png") as page:
        across, down = page.width / 612, page.height / 792
        inside = page.crop((int(148 * across), int(84 * down), int(210 * across), int(100 * down)))
        lowest = min(low for low, _ in inside.getextrema())  # pyright: ignore[reportGeneralTypeIssues]
    assert lowest < 100


def test_widgets_the_documents_field_list_forgot_are_read_too(form: Path) -> None:
    page = first_page(paper.reworked(form, paper.forget_fields))

    assert [field.value for field in page.fields] == ["23,677.70", "Yes"]


def test_a_text_that_a_widget_shows_without_having_it_is_read_as_words(form: Path) -> None:
    page = first_page(paper.reworked(form, paper.forget_values))

    assert "23,677.70" in [word.text for word in page.words]
    assert "23,677.70" not in [field.value for field in page.fields]


def test_boxes_of_widgets_follow_the_rotation_of_the_page(form: Path) -> None:
    upright = {field.name: field for field in first_page(form).fields}["wages"]

    turned = {f.name: f for f in first_page(paper.reworked(form, paper.turn(90))).fields}["wages"]

    x0, y0, x1, y1 = upright.box
    assert turned.box == pytest.approx((1 - y1, x0, 1 - y0, x1), abs=0.001)


def test_a_note_typed_onto_the_page_is_read_as_words(tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Date"))

    page = first_page(paper.reworked(file, paper.note("05/14/2020", (300, 690, 400, 710))))

    assert [word.text for word in page.words] == ["Date", "05/14/2020"]
    assert page.words[1].box[0] == pytest.approx(302 / 612, abs=0.005)
