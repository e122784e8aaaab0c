"""The reader's own process: bare, bounded, replaceable, and gone when it is not needed."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import shared
from shared.vendors.local_reader import Limits, LocalReader
from shared.vendors.local_reader.exchange import Job, Measured, PageRead, Task
from shared.vendors.local_reader.process import WorkerLost, WorkerProcess
from shared.vendors.reading import ReaderGaveUp
from tests.shared.vendors.local_reader import paper
from tests.shared.vendors.local_reader.conftest import children, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
ROOT = Path(shared.__file__).parents[1]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return paper.pdf(tmp_path / "small.pdf", paper.printed("Wages"))


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return paper.pdf(tmp_path / "long.pdf", *[paper.printed("x", x=5, y=5)] * 400, size=(50, 50))


def measuring(file: Path) -> Job:
    return Job(task=Task.MEASURE, file=str(file), page_cpu_seconds=60)


async def kill_once_it_reads(images: Path, *, besides: set[int]) -> int:
    """Kill the worker when it has drawn a page; the pid of the one that died."""
    await until((images / "2.png").exists)
    (victim,) = [p for p in psutil.Process().children() if p.pid not in besides]
    victim.kill()
    return victim.pid


def is_alive(pid: int) -> bool:
    """An orphan nobody has collected yet is dead."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class TestLosingTheWorker:
    async def test_a_file_is_read_again_when_the_worker_dies_under_it(
        self, long: Path, tmp_path: Path
    ) -> None:
        reader, images = LocalReader(), tmp_path / "pages"
        killing = asyncio.create_task(kill_once_it_reads(images, besides=children()))

        reading = await reader.read(long, images)

        assert reader.quick.worker_pid not in {None, await killing}
        assert [page.number for page in reading.pages] == list(range(1, 401))
        await reader.close()

    async def test_it_gives_up_when_the_second_worker_dies_too(
        self, long: Path, tmp_path: Path
    ) -> None:
        reader, images, others = LocalReader(), tmp_path / "pages", children()

        async def kill_twice() -> None:
            first = await kill_once_it_reads(images, besides=others)
            (images / "2.png").unlink()
            await kill_once_it_reads(images, besides=others | {first})

        killing = asyncio.create_task(kill_twice())
        with pytest.raises(ReaderGaveUp):
            await reader.read(long, images)
        await killing

    async def test_a_worker_that_is_silent_too_long_is_killed(self, small: Path) -> None:
        reader, before = LocalReader(Limits(page_seconds=0.001)), children()

        with pytest.raises(ReaderGaveUp):
            await reader.measure(small)

        assert children() <= before

    async def test_a_file_that_takes_too_long_in_all_is_given_up(
        self, long: Path, tmp_path: Path
    ) -> None:
        reader = LocalReader(Limits(file_seconds=0.5))

        with pytest.raises(ReaderGaveUp):
            await reader.read(long, tmp_path / "pages")

    @linux
    async def test_a_worker_that_outgrows_its_memory_is_killed(self, small: Path) -> None:
        worker = await WorkerProcess.start()

        with pytest.raises(WorkerLost, match="memory"):
            await worker.carry_out(measuring(small), Limits(memory_bytes=1_000_000))

        await worker.kill()
        assert worker.exit_code == -signal.SIGKILL

    async def test_a_worker_that_spends_too_much_processor_time_is_killed(self, long: Path) -> None:
        worker = await WorkerProcess.start()
        greedy = Job(task=Task.READ, file=str(long), page_cpu_seconds=0)

        with pytest.raises(WorkerLost, match="died"):
            await worker.carry_out(greedy, Limits())

    async def test_a_caller_who_leaves_takes_the_work_with_him(
        self, long: Path, small: Path, tmp_path: Path
    ) -> None:
        reader, before = LocalReader(), children()
        reading = asyncio.create_task(reader.read(long, tmp_path / "pages"))
        await until((tmp_path / "pages" / "2.png").exists)

        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

        assert children() <= before
        assert (await reader.measure(small)).pages == 1
        await reader.close()


class TestConfinement:
    @linux
    async def test_nothing_of_our_environment_reaches_the_worker(
        self, small: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://app:secret@db/advisoros")
        worker = await WorkerProcess.start()
        await worker.carry_out(measuring(small), Limits())

        assert Path(f"/proc/{worker.pid}/environ").read_bytes() == b""
        await worker.stop()

    @linux
    async def test_the_worker_is_held_to_its_limits(self, small: Path) -> None:
        worker = await WorkerProcess.start()
        await worker.carry_out(measuring(small), Limits())

        rows = Path(f"/proc/{worker.pid}/limits").read_text().splitlines()
        soft = {row[:26].strip(): row[26:].split()[0] for row in rows}
        assert soft["Max core file size"] == "0"
        assert soft["Max open files"] == "128"
        assert soft["Max file size"] == str(64 * 1024 * 1024)
        assert 60 <= int(soft["Max cpu time"]) < 70
        await worker.stop()

    @linux
    async def test_page_images_are_nobody_elses_to_see(self, small: Path, tmp_path: Path) -> None:
        reader = LocalReader()
        await reader.read(small, tmp_path / "pages")

        assert (tmp_path / "pages" / "1.png").stat().st_mode & 0o077 == 0
        await reader.close()

    def test_the_host_never_loads_the_parsers(self) -> None:
        listing = (
            "import sys, shared.vendors.local_reader\n"
            "print({name.split('.')[0] for name in sys.modules})"
        )
        loaded = subprocess.run(
            [sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

        parsers = ("pypdfium2", "pypdf", "PIL", "pillow_heif", "numpy", "rapidocr", "onnxruntime")
        assert [name for name in parsers if f"'{name}'" in loaded] == []


class TestComingAndGoing:
    async def test_one_worker_serves_file_after_file(self, small: Path, long: Path) -> None:
        reader = LocalReader()
        await reader.measure(small)
        first = reader.quick.worker_pid

        await asyncio.gather(reader.measure(long), reader.measure(small))

        assert first is not None
        assert reader.quick.worker_pid == first
        await reader.close()

    async def test_the_worker_goes_when_its_input_ends(self, small: Path) -> None:
        worker = await WorkerProcess.start()
        await worker.carry_out(measuring(small), Limits())

        await worker.stop()

        assert worker.exit_code == 0

    async def test_an_idle_worker_gives_its_memory_back(self, small: Path) -> None:
        reader = LocalReader(Limits(idle_seconds=0))
        await reader.measure(small)

        await until(lambda: reader.quick.worker_pid is None)

        assert (await reader.measure(small)).pages == 1
        await reader.close()

    @linux
    async def test_the_worker_does_not_outlive_its_host(self, small: Path) -> None:
        host = (
            "import asyncio, os, sys, pathlib\n"
            "from shared.vendors.local_reader import LocalReader\n"
            "async def main():\n"
            "    reader = LocalReader()\n"
            "    await reader.measure(pathlib.Path(sys.argv[1]))\n"
            "    print(reader.quick.worker_pid, flush=True)\n"
            "    os.kill(os.getpid(), 9)\n"
            "asyncio.run(main())\n"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", host, str(small), cwd=ROOT, stdout=subprocess.PIPE
        )
        told, _ = await process.communicate()

        await until(lambda: not is_alive(int(told)))

    async def test_the_host_does_other_things_while_it_reads(
        self, long: Path, tmp_path: Path
    ) -> None:
        reader, done = LocalReader(), 0
        reading = asyncio.create_task(reader.read(long, tmp_path / "pages"))
        while not reading.done():
            await asyncio.sleep(0.001)
            done += 1

        assert done > 50
        assert len((await reading).pages) == 400
        await reader.close()

    async def test_what_the_worker_says_is_plain_json(self, small: Path) -> None:
        worker = await WorkerProcess.start()
        reading = Job(task=Task.READ, file=str(small), page_cpu_seconds=60)

        (page, end) = await worker.carry_out(reading, Limits())
        (measured,) = await worker.carry_out(measuring(small), Limits())

        assert isinstance(page, PageRead)
        assert end.says == "read"
        assert measured == Measured(media_type="application/pdf", pages=1)
        await worker.stop()

    async def test_two_readings_of_one_file_are_the_same(
        self, reader: LocalReader, small: Path, tmp_path: Path
    ) -> None:
        readings = [await reader.read(small, tmp_path / name) for name in ("one", "two")]

        assert readings[0] == readings[1]
        assert readings[0].reader.startswith("local-1/pypdfium2-")
