from shared.documents.understanding.labels import Anchor, Finder
from shared.documents.understanding.layout import columns, lines
from tests.shared.documents.understanding.form_pages import Sheet


def found(sheet: Sheet, *labels: str) -> list[Anchor]:
    return list(Finder(sheet.page()).find(*labels))


class TestFind:
    def test_a_label_is_found_with_its_box_number(self) -> None:
        anchor = found(
            Sheet().put(0.1, 0.1, "4 Social security tax withheld"), "Social security tax"
        )

        assert anchor[0].lead == "4"
        assert anchor[0].words[0].text == "4"

    def test_a_box_number_glued_to_its_label_is_still_its_number(self) -> None:
        anchor = found(Sheet().put(0.1, 0.1, "5Medicare wages and tips"), "Medicare wages and tips")

        assert anchor[0].lead == "5"

    def test_a_label_may_wrap(self) -> None:
        sheet = Sheet().put(0.1, 0.1, "Gross proceeds paid").put(0.1, 0.11, "to an attorney")

        assert len(found(sheet, "Gross proceeds paid to an attorney")[0].words) == 6

    def test_lost_spaces_and_misread_letters_do_not_hide_a_label(self) -> None:
        sheet = Sheet().put(0.1, 0.1, "Federalincometax wlthheld")

        assert found(sheet, "Federal income tax withheld")[0].score > 0.9

    def test_another_label_is_not_found(self) -> None:
        assert found(Sheet().put(0.1, 0.1, "State income tax"), "Federal income tax withheld") == []

    def test_a_short_label_is_a_whole_word(self) -> None:
        assert found(Sheet().put(0.1, 0.1, "Otherwise enter zero"), "Other") == []
        assert len(found(Sheet().put(0.1, 0.1, "14 Other"), "Other")) == 1

    def test_long_labels_that_only_end_alike_are_different(self) -> None:
        sheet = Sheet().put(0.1, 0.1, "taxpayer identification number")

        assert found(sheet, "PAYER'S identification number") == []

    def test_the_longer_of_two_labels_at_one_place_wins(self) -> None:
        sheet = Sheet().put(0.1, 0.1, "Bond premium on Treasury obligations")
        anchors = found(sheet, "Bond premium", "Bond premium on Treasury obligations")

        assert [anchor.label for anchor in anchors] == ["Bond premium on Treasury obligations"]


class TestLines:
    def test_words_of_one_line_are_in_order(self) -> None:
        page = Sheet().put(0.5, 0.1, "right").put(0.1, 0.1, "left").put(0.1, 0.2, "below").page()

        assert [line.text for line in lines(page)] == ["left right", "below"]

    def test_a_wide_gap_parts_columns(self) -> None:
        page = Sheet().put(0.5, 0.1, "right side").put(0.1, 0.1, "left side").page()

        assert [run.text for run in columns(page)] == ["left side", "right side"]
