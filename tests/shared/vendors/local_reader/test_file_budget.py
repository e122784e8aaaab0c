"""Pages within their limits may be too much together: a few bytes can stand on all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.vendors.local_reader import Limits, LocalReader, budget, pictures, process
from shared.vendors.local_reader.budget import Budget
from shared.vendors.local_reader.exchange import Answer, Job, PageRead, Refused, Task
from shared.vendors.local_reader.files import open_file
from shared.vendors.local_reader.limits import (
    MAX_FILE_LETTERS,
    MAX_FILE_PIXELS,
    MAX_FILE_WORDS,
    MAX_PAGES,
    MAX_PIXELS,
    WITHOUT_OCR,
)
from shared.vendors.local_reader.ocr import Ocr
from shared.vendors.local_reader.process import WorkerProcess
from shared.vendors.local_reader.worker import answers
from shared.vendors.reading import DocumentTooLarge, Page, ReaderGaveUp, Word, WordSource
from tests.hostile.corpus.pdf_contents import page_shared
from tests.hostile.corpus.picture_damage import shared_strip
from tests.shared.vendors.local_reader import paper

DENSE_WORDS, DENSE_LETTERS = 500, 3_000
LETTER_AT_300_DPI = 2550 * 3300


def page_of(words: int, letters: int) -> Page:
    word = Word(text="w" * (letters // words), box=(0, 0, 1, 1), line=0, confidence=1)
    source = WordSource.TEXT_LAYER
    return Page(number=1, width=9, height=9, source=source, words=(word,) * words)


def shared_by(pages: int, folder: Path) -> Path:
    file = folder / "shared.pdf"
    file.write_bytes(page_shared(pages, b"BT /F1 9 Tf 9 200 Td (one two three) Tj"))
    return file


def read(file: Path) -> list[Answer]:
    return list(answers(Job(task=Task.READ, file=str(file), page_cpu_seconds=60), Ocr()))


def filled_in(canvas: Any) -> None:
    canvas.acroForm.textfield(name="wages", value="23,677.70", x=9, y=9)


class TestWords:
    def test_five_hundred_dense_pages_are_taken(self) -> None:
        page, spent = page_of(DENSE_WORDS, DENSE_LETTERS), Budget()

        for _ in range(MAX_PAGES):
            spent.spend(page)

    @pytest.mark.parametrize(
        ("page", "times", "what"),
        [
            (page_of(20_000, 20_000), MAX_FILE_WORDS // 20_000, "words"),
            (page_of(1_000, 40_000), MAX_FILE_LETTERS // 40_000, "letters"),
        ],
    )
    def test_more_than_that_is_too_large(self, page: Page, times: int, what: str) -> None:
        spent = Budget()
        for _ in range(times):
            spent.spend(page)

        with pytest.raises(DocumentTooLarge, match=what):
            spent.spend(page)

    def test_the_worker_stops_at_the_page_that_is_too_much(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "MAX_FILE_WORDS", 6)

        *pages, last = read(shared_by(9, tmp_path))

        assert [type(page) for page in pages] == [PageRead] * 2
        assert isinstance(last, Refused)
        assert last.code == DocumentTooLarge.code

    @pytest.mark.parametrize(("limit", "most"), [("MAX_FILE_WORDS", 1), ("MAX_FILE_LETTERS", 27)])
    def test_what_is_filled_in_counts_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
    ) -> None:
        monkeypatch.setattr(budget, limit, most)

        *_, last = read(paper.pdf(tmp_path / "a.pdf", filled_in, filled_in))

        assert isinstance(last, Refused)
        assert last.code == DocumentTooLarge.code

    async def test_the_host_takes_no_more_than_it_holds_from_any_worker(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worker, file = await WorkerProcess.start(), shared_by(9, tmp_path)
        job = Job(task=Task.READ, file=str(file), page_cpu_seconds=60)
        monkeypatch.setattr(process, "MAX_ANSWERS_BYTES", 1_000)

        with pytest.raises(DocumentTooLarge):
            await worker.carry_out(job, Limits())
        await worker.kill()


class TestPixels:
    def test_five_hundred_scanned_pages_are_taken(self) -> None:
        assert MAX_PAGES * LETTER_AT_300_DPI < MAX_FILE_PIXELS

    async def test_pages_that_share_their_pixels_are_too_large_before_one_is_decoded(
        self, reader: LocalReader, tmp_path: Path
    ) -> None:
        side = int(MAX_PIXELS**0.5)
        whole = shared_strip(MAX_FILE_PIXELS // side**2 + 1, side)
        (tmp_path / "a.tif").write_bytes(whole[:-1000])

        with pytest.raises(DocumentTooLarge, match="pixels"):
            await reader.measure(tmp_path / "a.tif")

    def test_as_many_as_may_be_are_pages(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pictures, "MAX_FILE_PIXELS", 3 * 50**2)
        (tmp_path / "a.tif").write_bytes(shared_strip(3, 50))

        with open_file(tmp_path / "a.tif") as opened:
            assert opened.pages == 3
            opened.check_page(3)


class TestTime:
    async def test_a_file_whose_time_is_over_is_not_tried_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Everybody behind it would wait for it twice."""
        started = counted(monkeypatch)
        reader = LocalReader(Limits(file_seconds=0.5))

        with pytest.raises(ReaderGaveUp):
            await reader.read(shared_by(MAX_PAGES, tmp_path), tmp_path / "pages")

        assert started == [1]
        await reader.close()

    @pytest.mark.parametrize("quick", [Limits(), Limits(page_cpu_seconds=3), WITHOUT_OCR])
    def test_no_file_has_the_quick_lane_for_long(self, quick: Limits) -> None:
        reader = LocalReader(quick)

        assert reader.quick.limits.file_seconds == WITHOUT_OCR.file_seconds
        assert reader.slow.limits.file_seconds == Limits().file_seconds


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each worker that is started."""
    start: Callable[[], Any] = WorkerProcess.start
    started: list[int] = []

    async def count() -> WorkerProcess:
        started.append(1)
        return await start()

    monkeypatch.setattr(WorkerProcess, "start", count)
    return started
