"""What the whole stack costs on this machine: python -m benchmarks.stack.

Seconds until it is ready (new, and again), memory and processor at rest, part by part, seconds and
memory while it reads text-layer W-2s and scanned ones. Memory is PSS, which counts shared pages
once; the processor's share is that of one core.
"""

import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.figures import Figure, tell
from benchmarks.running import RunningStack, a_folder, a_stack, forget
from local.samples import make_many, make_scanned

PLAIN, SCANS = 20, 5
REST_SECONDS, SETTLE_SECONDS = 60, 20
MIB = 2**20
MOST_AT_REST, MOST_WHILE_READING = 500, 1.6 * 1024
MOST_OF_A_CORE = 0.01


def measure() -> list[Figure]:
    with a_folder() as folder:
        try:
            return list(_measured(folder))
        finally:
            forget(folder / "state")


def _measured(folder: Path) -> Iterator[Figure]:
    state = folder / "state"
    began = time.perf_counter()
    with a_stack(state):
        yield Figure("the stack is ready, with new state", _seconds(began))
    began = time.perf_counter()
    with a_stack(state) as stack:
        yield Figure("ready again", _seconds(began))
        yield from _rest(stack)
        plain = [sample.path for sample in make_many(folder / "plain", PLAIN, seed=3)]
        yield _read(stack, "one text-layer W-2", plain[:1])
        yield _read(stack, f"{PLAIN - 1} text-layer W-2s", plain[1:])
        scans = [sample.path for sample in make_scanned(folder / "scans", SCANS, seed=3)]
        yield _read(stack, "the first scanned W-2", scans[:1])
        yield _read(stack, f"{SCANS - 1} scanned W-2s", scans[1:])


def _rest(stack: RunningStack) -> Iterator[Figure]:
    time.sleep(SETTLE_SECONDS)
    before = {name: processor(part) for name, part in stack.parts().items()}
    time.sleep(REST_SECONDS)
    parts = stack.parts()
    shares = {name: (processor(parts[name]) - before[name]) / REST_SECONDS for name in parts}
    sizes = {name: memory(part) / MIB for name, part in parts.items()}
    yield Figure.at_most(
        "at rest, without the reader",
        sum(sizes.values()),
        MOST_AT_REST,
        "{:.0f} MiB",
        ", ".join(f"{name} {size:.0f}" for name, size in sizes.items()),
    )
    yield Figure.at_most(
        f"at rest, of a core in {REST_SECONDS} s",
        100 * sum(shares.values()),
        100 * MOST_OF_A_CORE,
        "{:.2f} %",
        ", ".join(f"{name} {100 * share:.2f}" for name, share in shares.items()),
    )


def _read(stack: RunningStack, what: str, files: list[Path]) -> Figure:
    began = time.perf_counter()
    with _peak(stack) as peak:
        outcomes = stack.read(files)
    taken = (time.perf_counter() - began) / len(files)
    states = ", ".join(sorted({outcome["state"] for outcome in outcomes}))
    return Figure.at_most(
        f"reading {what}, peak",
        max(peak) / MIB,
        MOST_WHILE_READING,
        "{:,.0f} MiB",
        f"{taken:.2f} s each with the command's start, {states}",
    )


@contextmanager
def _peak(stack: RunningStack) -> Generator[list[int]]:
    sizes, done = [_memory_of_all(stack)], threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            sizes.append(_memory_of_all(stack))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield sizes
    finally:
        done.set()
        watcher.join()


def _memory_of_all(stack: RunningStack) -> int:
    return sum(map(memory, stack.parts().values()))


def memory(processes: Iterable[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


def processor(processes: Iterable[psutil.Process]) -> float:
    """Seconds, with those of children that have ended."""
    return sum(sum(process.cpu_times()[:4]) for process in processes)


def _seconds(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    sys.exit(tell(measure()))
