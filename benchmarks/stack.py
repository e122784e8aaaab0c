"""What the whole stack costs on this machine: python -m benchmarks.stack.

Seconds until it is ready (new, and again), memory and processor at rest, seconds and memory while
it reads text-layer W-2s and scanned ones. Memory is PSS, which counts shared pages once.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from local.samples import make_many, make_scanned

PORT = 17071
PLAIN, SCANS = 20, 5
REST_SECONDS, SETTLE_SECONDS = 30, 20
MIB = 2**20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        state = work / "state"
        with _stack(state, "new"):
            pass
        with _stack(state, "again") as stack:
            _rest(stack)
            plain = [sample.path for sample in make_many(work / "plain", PLAIN, seed=3)]
            _read(stack, state, "a text-layer W-2", plain[:1])
            _read(stack, state, "text-layer W-2s", plain[1:])
            scans = [sample.path for sample in make_scanned(work / "scans", SCANS, seed=3)]
            _read(stack, state, "a scanned W-2, the first", scans[:1])
            _read(stack, state, "scanned W-2s", scans[1:])
        _local("reset", state, "--yes")


@contextmanager
def _stack(state: Path, what: str) -> Generator[psutil.Process]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "local", "up", "--port", str(PORT), "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        record = state / "stack.json"
        while not (record.exists() and json.loads(record.read_text())["ready"]):
            if process.poll() is not None:
                raise RuntimeError("the stack did not start")
            time.sleep(0.05)
        print(f"ready, {what}: {time.perf_counter() - began:.1f} s")
        yield psutil.Process(process.pid)
        process.terminate()


def _rest(stack: psutil.Process) -> None:
    time.sleep(SETTLE_SECONDS)
    before = _processor(stack)
    time.sleep(REST_SECONDS)
    share = (_processor(stack) - before) / REST_SECONDS
    print(f"at rest: {_memory(stack) / MIB:.0f} MiB, {share:.1%} of a core")


def _read(stack: psutil.Process, state: Path, what: str, paths: list[Path]) -> None:
    peak, done = [_memory(stack)], threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            peak.append(_memory(stack))

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    answer = _local("read", state, "--json", *map(str, paths))
    taken = time.perf_counter() - began
    done.set()
    watcher.join()
    outcomes: list[dict[str, Any]] = [json.loads(line) for line in answer.splitlines()]
    states = sorted({outcome["state"] for outcome in outcomes})
    print(
        f"reading {len(paths)} ({what}): {taken:.1f} s with the command's start, "
        f"{taken / len(paths):.2f} s each, peak {max(peak) / MIB:.0f} MiB, {', '.join(states)}"
    )


def _local(command: str, state: Path, *words: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "local", command, "--state", str(state), *words],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _family(stack: psutil.Process) -> list[psutil.Process]:
    return [stack, *stack.children(recursive=True)]


def _memory(stack: psutil.Process) -> int:
    total = 0
    for process in _family(stack):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


def _processor(stack: psutil.Process) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _family(stack))


if __name__ == "__main__":
    main()
