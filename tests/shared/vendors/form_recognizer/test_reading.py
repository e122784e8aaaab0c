"""Pages that are sent, and where their words turn out to stand."""

from pathlib import Path

import pytest
from PIL import Image

from shared.vendors.form_recognizer import FormRecognizerReader
from shared.vendors.reading import CloudReaderUnavailable, Word, WordSource
from tests.shared.vendors.form_recognizer import answers, paper
from tests.shared.vendors.form_recognizer.answers import INCHES
from tests.shared.vendors.form_recognizer.paper import Paper
from tests.shared.vendors.form_recognizer.server import FormRecognizerServer

LAYOUT = "prebuilt-layout"


def word(text: str, x: float, y: float, line: int = 0) -> Word:
    return Word(text=text, box=(x, y, x + 0.1, y + 0.01), line=line, confidence=0.9)


def spot(each: Word) -> tuple[str, ...]:
    return tuple(f"{side:.3f}" for side in each.box)


def places(words: tuple[Word, ...]) -> dict[str, tuple[float, ...]]:
    return {each.text: tuple(round(side, 3) for side in each.box) for each in words}


async def read_one(
    cloud: FormRecognizerReader, azure: FormRecognizerServer, file: Path, told: answers.Json
) -> tuple[Word, ...]:
    azure.answers[LAYOUT] = [answers.layout(told)]
    images = file.parent / "drawn"
    images.mkdir(exist_ok=True)
    return (await cloud.read(file, images)).pages[0].words


class TestWhatIsSent:
    async def test_a_scan_is_and_comes_back_as_if_it_had_a_text_layer(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        azure.answers[LAYOUT] = [answers.layout(answers.of_page(w2.page, INCHES))]

        reading = await cloud.read(w2.scanned, images)

        page = reading.pages[0]
        assert reading.reader == "form-recognizer-2023-07-31/prebuilt-layout"
        assert page.source is WordSource.OCR
        ours, theirs = (sorted(each, key=spot) for each in (w2.page.words, page.words))
        assert [each.text for each in theirs] == [each.text for each in ours]
        for mine, told in zip(ours, theirs, strict=True):
            assert told.box == pytest.approx(mine.box, abs=0.0001)
        assert azure.asked[0].content == w2.scanned.read_bytes()
        assert (images / "1.png").exists()

    async def test_a_text_layer_is_read_here_and_nothing_leaves(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        reading = await cloud.read(w2.typed, images)

        assert reading.pages == (w2.page,)
        assert reading.reader.startswith("local-1/")
        assert azure.requests == 0

    async def test_of_a_file_only_the_pages_without_a_text_layer_are_asked_for(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        pypdf = pytest.importorskip("pypdf")
        writer = pypdf.PdfWriter()
        writer.append(w2.typed)
        writer.append(w2.scanned)
        both = w2.typed.with_name("both.pdf")
        writer.write(both)
        azure.answers[LAYOUT] = [answers.layout(answers.page([word("Wages", 0.1, 0.1)], number=2))]

        reading = await cloud.read(both, images)

        assert [each.pages for each in azure.asked] == ["2"]
        assert reading.pages[0].words == w2.page.words
        assert [each.text for each in reading.pages[1].words] == ["Wages"]

    async def test_a_picture_is_sent_as_the_page_that_is_shown_without_what_a_camera_adds(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
    ) -> None:
        photo = w2.typed.with_name("photo.jpg")
        exif = Image.Exif()
        exif[0x010F] = "A telephone"
        paper.picture(w2.typed).save(photo, exif=exif)
        size = (float(w2.page.width), float(w2.page.height))

        words = await read_one(cloud, azure, photo, answers.of_page(w2.page, size))

        sent = azure.asked[0]
        assert sent.content.startswith(b"\x89PNG")
        assert b"A telephone" in photo.read_bytes()
        assert b"A telephone" not in sent.content
        assert sent.pages is None
        assert places(words) == places(w2.page.words)


class TestWhereWordsStand:
    async def test_columns_of_one_row_are_one_line(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
    ) -> None:
        """The vendor ends its lines where a column ends."""
        told = answers.page([word("Wages", 0.1, 0.1, 0), word("Tax", 0.7, 0.1, 1)])

        words = await read_one(cloud, azure, w2.scanned, told)

        assert {each.line for each in words} == {0}

    async def test_the_row_of_a_page_that_leans_is_one_line(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
    ) -> None:
        """At two degrees the end of a row stands lower than the start of the next."""

        def leaning(x: float, y: float) -> tuple[float, float]:
            return x, y + 0.0349 * x * INCHES[0] / INCHES[1]

        rows = [
            word(f"{row}-{at}", 0.1 + 0.3 * at, 0.1 + 0.015 * row, 3 * row + at)
            for row in range(3)
            for at in range(3)
        ]
        told = answers.page(rows, angle=2, turn=leaning)

        words = await read_one(cloud, azure, w2.scanned, told)

        assert [(each.text, each.line) for each in words] == [
            (each.text, each.line // 3) for each in rows
        ]

    @pytest.mark.parametrize(
        ("angle", "turns"), [(90, 1), (180, 2), (-90, 3)], ids=["right", "over", "left"]
    )
    async def test_a_page_on_its_side_is_read_upright_and_boxed_where_it_is_seen(
        self,
        cloud: FormRecognizerReader,
        azure: FormRecognizerServer,
        w2: Paper,
        angle: int,
        turns: int,
    ) -> None:
        def lying(x: float, y: float) -> tuple[float, float]:
            for _ in range(turns):
                x, y = 1 - y, x
            return x, y

        lies = w2.typed.with_name("lies.png")
        paper.picture(w2.typed).rotate(-angle, expand=True).save(lies)
        upright = [word("Wages", 0.1, 0.1), word("1.00", 0.3, 0.1), word("Tax", 0.1, 0.2, 1)]
        size = INCHES if turns == 2 else (INCHES[1], INCHES[0])
        told = answers.page(upright, size=size, angle=angle, turn=lying)

        words = await read_one(cloud, azure, lies, told)

        assert [(each.text, each.line) for each in words] == [("Wages", 0), ("1.00", 0), ("Tax", 1)]
        x0, y0 = lying(0.1, 0.1)
        x1, y1 = lying(0.2, 0.11)
        seen = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        assert words[0].box == pytest.approx(seen, abs=0.0001)

    async def test_check_boxes_are_ink(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
    ) -> None:
        marks = [
            answers.mark("selected", (0.5, 0.1, 0.51, 0.11)),
            answers.mark("unselected", (0.6, 0.1, 0.61, 0.11)),
        ]
        told = answers.page([word("Retirement", 0.1, 0.1)], marks=marks)

        words = await read_one(cloud, azure, w2.scanned, told)

        assert [each.text for each in words] == ["Retirement", "☒", "☐"]
        assert places(words)["☒"] == (0.5, 0.1, 0.51, 0.11)


class TestAnAnswerThatDoesNotFit:
    async def test_a_page_of_another_shape_would_mask_the_wrong_places(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper
    ) -> None:
        told = answers.page([word("Wages", 0.1, 0.1)], size=(11.0, 8.5))

        with pytest.raises(CloudReaderUnavailable, match="another shape"):
            await read_one(cloud, azure, w2.scanned, told)

    async def test_pages_it_left_out_are_not_taken_for_empty(
        self, cloud: FormRecognizerReader, azure: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        """The free tier reads two pages of any file."""
        picture = paper.picture(w2.typed)
        three = w2.typed.with_name("three.pdf")
        three.write_bytes(paper.pdf_of(picture, picture, picture))
        first = [answers.page([word("Wages", 0.1, 0.1)], number=number) for number in (1, 2)]
        azure.answers[LAYOUT] = [answers.layout(*first)]

        with pytest.raises(CloudReaderUnavailable, match="every page"):
            await cloud.read(three, images)
