"""What a page calls the kinds and their fields."""

import re

import pytest

from shared.documents import guide
from shared.documents.guide import FieldGroup, FieldGuide
from shared.documents.kinds import DocumentKind
from shared.documents.understanding.extraction import field_holds, known_fields, required_fields

YEAR = 2024


def field(kind: DocumentKind, name: str, tax_year: int | None = YEAR) -> FieldGuide:
    return next(each for each in guide.describe_kind(kind, tax_year).fields if each.name == name)


def test_every_kind_has_a_title_of_its_own() -> None:
    titles = guide.list_kinds()

    assert [each.kind for each in titles] == list(DocumentKind)
    assert len({each.title for each in titles}) == len(DocumentKind)


@pytest.mark.parametrize("kind", DocumentKind)
class TestEachKind:
    def test_describes_fields_as_they_are_read(self, kind: DocumentKind) -> None:
        for tax_year in (None, 2017, YEAR):
            described = guide.describe_kind(kind, tax_year).fields

            assert {each.name for each in described} <= known_fields(kind)
            assert {each.name for each in described if each.is_required} == {
                name for name in required_fields(kind) if name in known_fields(kind)
            }
            assert {each.shape for each in described} <= {
                field_holds(kind, each.name, tax_year) for each in described
            }

    def test_calls_no_field_by_its_code(self, kind: DocumentKind) -> None:
        for each in guide.describe_kind(kind, YEAR).fields:
            assert re.match(r"[A-Z]", each.title), each
            assert "_" not in each.title, each

    def test_calls_no_two_boxes_the_same(self, kind: DocumentKind) -> None:
        called = [(each.number, each.title) for each in guide.describe_kind(kind, YEAR).fields]

        assert len(set(called)) == len(called)


class TestAField:
    def test_has_the_number_and_words_of_its_box(self) -> None:
        box = field(DocumentKind.W2, "box_4")

        assert (box.number, box.title) == ("4", "Social security tax withheld")
        assert (box.group, box.shape) == (FieldGroup.BOXES, "money")

    def test_has_the_number_of_its_year(self) -> None:
        """Exempt-interest dividends were in box 11 until 2020."""
        then, now = (
            field(DocumentKind.F1099DIV, "box_11", 2019),
            field(DocumentKind.F1099DIV, "box_12"),
        )

        assert then.title == now.title == "Exempt-interest dividends"

    def test_that_must_be_there_has_to_be_surer(self) -> None:
        required, other = field(DocumentKind.W2, "box_4"), field(DocumentKind.W2, "box_8")

        assert (required.is_required, other.is_required) == (True, False)
        assert required.sure_from > other.sure_from

    def test_of_a_state_says_which_line(self) -> None:
        line = field(DocumentKind.W2, "box_17_2")

        assert (line.title, line.group) == ("State income tax, second line", FieldGroup.STATE)
