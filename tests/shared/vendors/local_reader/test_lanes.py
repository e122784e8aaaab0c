"""What takes a moment is not kept waiting by what takes a minute."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.vendors.local_reader import Limits, LocalReader
from shared.vendors.local_reader.exchange import Job, OcrNeeded, PageRead, Task
from shared.vendors.local_reader.process import WorkerProcess
from shared.vendors.reading import ReaderGaveUp, ReaderUnavailable, WordSource
from tests.shared.vendors.local_reader import paper
from tests.shared.vendors.local_reader.conftest import until

ENGINE = """
import os, time
from pathlib import Path
from types import SimpleNamespace

here = Path(__file__).parent
with (here / "loaded").open("a") as list_of_pids:
    print(os.getpid(), file=list_of_pids)

class RapidOCR:
    def __init__(self, params):
        pass

    def __call__(self, picture):
        while not (here / "may_finish").exists():
            time.sleep(0.005)
        if (here / "deadly").exists():
            os._exit(1)
        return SimpleNamespace(txts=None)
"""


class Engine:
    """Stands in for the OCR engine, in whichever worker loads it: it sees nothing, at length."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        (folder / "rapidocr.py").write_text(ENGINE)

    @property
    def pids(self) -> list[int]:
        """The processes that loaded it, in order."""
        loaded = self._folder / "loaded"
        return [int(line) for line in loaded.read_text().split()] if loaded.exists() else []

    def finish(self) -> None:
        (self._folder / "may_finish").touch()

    def kill(self) -> None:
        (self._folder / "deadly").touch()
        self.finish()

    def uninstall(self) -> None:
        (self._folder / "rapidocr.py").write_text("raise ImportError")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine(tmp_path / "engine")
    monkeypatch.syspath_prepend(tmp_path / "engine")
    return engine


@pytest_asyncio.fixture(loop_scope="session")
async def reader(engine: Engine) -> AsyncGenerator[LocalReader]:
    """A reader whose workers find the engine that stands in; one kept waiting fails soon."""
    reader = LocalReader(Limits(page_seconds=20))
    yield reader
    await reader.close()


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    return paper.pdf(tmp_path / "typed.pdf", paper.printed("Wages"))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Three pages of which the second is a scan."""
    page, scan = paper.printed("Wages"), paper.pasted(paper.picture("W-2"), (0, 0, *paper.LETTER))
    return paper.pdf(tmp_path / "mixed.pdf", page, scan, page)


def names(images: Path) -> list[str]:
    return sorted(image.name for image in images.iterdir())


class TestDuringOcr:
    async def test_a_text_layer_is_read(
        self, reader: LocalReader, engine: Engine, mixed: Path, typed: Path, tmp_path: Path
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            slow = tasks.create_task(reader.read(mixed, tmp_path / "mixed"))
            await until(lambda: bool(engine.pids))

            reading = await reader.read(typed, tmp_path / "typed")

            assert [word.text for word in reading.pages[0].words] == ["Wages"]
            assert not slow.done()
            engine.finish()

    async def test_a_file_is_measured(
        self, reader: LocalReader, engine: Engine, mixed: Path, tmp_path: Path
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            slow = tasks.create_task(reader.read(mixed, tmp_path / "mixed"))
            await until(lambda: bool(engine.pids))

            assert (await reader.measure(mixed)).pages == 3
            assert not slow.done()
            engine.finish()


class TestGoingOnToTheSlowLane:
    async def test_one_scanned_page_sends_the_whole_file_on(
        self, reader: LocalReader, engine: Engine, mixed: Path, tmp_path: Path
    ) -> None:
        engine.finish()

        reading = await reader.read(mixed, tmp_path / "pages")

        by_text, by_ocr = WordSource.TEXT_LAYER, WordSource.OCR
        assert [page.number for page in reading.pages] == [1, 2, 3]
        assert [page.source for page in reading.pages] == [by_text, by_ocr, by_text]
        assert names(tmp_path / "pages") == ["1.png", "2.png", "3.png"]

    async def test_the_quick_lane_gives_up_at_the_first_page_that_needs_ocr(
        self, mixed: Path, tmp_path: Path
    ) -> None:
        worker, images = await WorkerProcess.start(), tmp_path / "pages"
        job = Job(task=Task.READ_TEXT, file=str(mixed), images=str(images), page_cpu_seconds=60)

        page, end = await worker.carry_out(job, Limits())

        assert isinstance(page, PageRead)
        assert isinstance(end, OcrNeeded)
        assert names(images) == ["1.png"]
        await worker.stop()

    async def test_only_the_slow_lane_loads_the_engine(
        self, reader: LocalReader, engine: Engine, mixed: Path, typed: Path, tmp_path: Path
    ) -> None:
        engine.finish()
        photographed = paper.saved(paper.picture("W-2"), tmp_path / "photo.jpg")

        for number, file in enumerate((typed, mixed, photographed)):
            await reader.measure(file)
            await reader.read(file, tmp_path / str(number))

        assert engine.pids == [reader.slow.worker_pid]
        assert reader.quick.worker_pid not in {None, *engine.pids}

    async def test_a_file_without_scanned_pages_starts_no_second_worker(
        self, reader: LocalReader, typed: Path, tmp_path: Path
    ) -> None:
        await reader.read(typed, tmp_path / "pages")

        assert reader.quick.worker_pid is not None
        assert reader.slow.worker_pid is None

    async def test_ocr_that_dies_is_tried_twice_and_leaves_the_quick_lane_alone(
        self, reader: LocalReader, engine: Engine, mixed: Path, tmp_path: Path
    ) -> None:
        await reader.measure(mixed)
        quick = reader.quick.worker_pid
        engine.kill()

        with pytest.raises(ReaderGaveUp):
            await reader.read(mixed, tmp_path / "pages")

        assert len(engine.pids) == 2
        assert reader.quick.worker_pid == quick

    async def test_without_the_engine_the_pages_up_to_the_refused_one_are_drawn(
        self, reader: LocalReader, engine: Engine, mixed: Path, tmp_path: Path
    ) -> None:
        engine.uninstall()

        with pytest.raises(ReaderUnavailable):
            await reader.read(mixed, tmp_path / "pages")

        assert names(tmp_path / "pages") == ["1.png", "2.png"]
