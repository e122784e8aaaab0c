"""What the whole pipeline adds to the reader: python -m benchmarks.pipeline.

The same files go the same way twice: to a ``LocalReader`` of this process, which measures and reads
them, and through the running stack as a client sends them, until their story has ended. Both have
read before. Scans go several at a time, as they come from a client, and the whole time counts;
text-layer W-2s go one at a time, and what counts is what each takes longer.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.figures import Figure, tell
from benchmarks.running import RunningStack, a_folder, a_new_stack
from local.reading.api import Api
from local.reading.following import read_files
from local.samples import make_many, make_scanned
from shared.vendors.local_reader import LocalReader

SCAN_ROUNDS, SCANS = 2, 6
PLAIN = 24
MOST_ADDED_SHARE, MOST_ADDED_MS = 0.15, 300
ENDED = {"accepted", "needs_review"}


@dataclass(frozen=True, slots=True)
class Ways:
    reader: LocalReader
    api: Api

    async def direct(self, files: Sequence[Path]) -> float:
        began = time.perf_counter()
        await asyncio.gather(*map(self._read, files))
        return time.perf_counter() - began

    async def pipeline(self, files: Sequence[Path]) -> float:
        began = time.perf_counter()
        outcomes = await read_files(
            self.api,
            list(map(str, files)),
            force=False,
            done=lambda: None,
            tell=lambda _: None,
        )
        took = time.perf_counter() - began
        if odd := {outcome.state for outcome in outcomes} - ENDED:
            raise RuntimeError(f"some documents were {', '.join(odd)}")
        return took

    async def _read(self, file: Path) -> None:
        with tempfile.TemporaryDirectory() as images:
            await self.reader.measure(file)
            await self.reader.read(file, Path(images))


def measure() -> list[Figure]:
    with a_folder() as folder, a_new_stack() as stack:
        count = SCAN_ROUNDS * SCANS + 1
        scans = [sample.path for sample in make_scanned(folder / "scans", count, seed=5)]
        plain = [sample.path for sample in make_many(folder / "plain", PLAIN + 1, seed=5)]
        return asyncio.run(_compare(stack, scans, plain))


async def _compare(
    stack: RunningStack, scans: Sequence[Path], plain: Sequence[Path]
) -> list[Figure]:
    async with _both(stack) as ways:
        for files in (plain[:1], scans[:1]):
            await ways.direct(files)
            await ways.pipeline(files)
        texts = [await _in_turn(ways, [file], number) for number, file in enumerate(plain[1:])]
        rounds = [scans[1 + n * SCANS :][:SCANS] for n in range(SCAN_ROUNDS)]
        reads = [await _in_turn(ways, files, number) for number, files in enumerate(rounds)]
    return [_of_scans(reads), _of_texts(texts)]


@asynccontextmanager
async def _both(stack: RunningStack) -> AsyncGenerator[Ways]:
    reader = LocalReader()
    headers = {"authorization": f"Bearer {stack.token()}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60) as client:
        try:
            yield Ways(reader, Api(client))
        finally:
            await reader.close()


async def _in_turn(ways: Ways, files: Sequence[Path], number: int) -> tuple[float, float]:
    """Seconds directly and through the pipeline; neither is always the first."""
    if number % 2:
        return await ways.direct(files), await ways.pipeline(files)
    piped = await ways.pipeline(files)
    return await ways.direct(files), piped


def _of_scans(took: Sequence[tuple[float, float]]) -> Figure:
    count = SCAN_ROUNDS * SCANS
    direct, piped = (sum(each) / count for each in zip(*took, strict=True))
    return Figure.at_most(
        f"{count} scanned W-2s through the pipeline, longer than the reader alone",
        100 * added_share(took),
        100 * MOST_ADDED_SHARE,
        "{:.1f} %",
        f"{piped:.2f} s : {direct:.2f} s each",
    )


def _of_texts(took: Sequence[tuple[float, float]]) -> Figure:
    added = added_milliseconds(took)
    piped = statistics.median(each for _, each in took) * 1000
    return Figure.at_most(
        "a text-layer W-2 through the pipeline, longer than the reader alone, median",
        statistics.median(added),
        MOST_ADDED_MS,
        "{:.0f} ms",
        f"{piped:.0f} ms in all; {added[0]:.0f} to {added[-1]:.0f} ms",
    )


def added_share(took: Sequence[tuple[float, float]]) -> float:
    direct, piped = (sum(each) for each in zip(*took, strict=True))
    return piped / direct - 1


def added_milliseconds(took: Sequence[tuple[float, float]]) -> list[float]:
    return sorted(1000 * (piped - direct) for direct, piped in took)


if __name__ == "__main__":
    sys.exit(tell(measure()))
