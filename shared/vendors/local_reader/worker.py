"""The worker: takes jobs from its input, one at a time, until the input ends."""

import ctypes
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

from shared.vendors.local_reader.budget import Budget
from shared.vendors.local_reader.exchange import (
    Answer,
    FileRead,
    Job,
    Measured,
    OcrNeeded,
    PageChecked,
    PageRead,
    Refused,
    Stumbled,
    Task,
)
from shared.vendors.local_reader.files import open_file
from shared.vendors.local_reader.ocr import NeedsOcr, NoOcr, Ocr
from shared.vendors.reading import ReaderUnavailable, Unreadable

_EDITION = "local-1"
_OPEN_FILES = 128
_FILE_BYTES = 64 * 1024 * 1024
_NICENESS = 5
_PR_SET_PDEATHSIG = 1


def serve() -> None:
    output = _own_output()
    _confine()
    ocr = Ocr()
    for line in sys.stdin.buffer:
        job = Job.model_validate_json(line)
        _allow_processor_time(job.page_cpu_seconds)
        for answer in answers(job, ocr):
            output.write(answer.model_dump_json().encode() + b"\n")
            output.flush()
            _allow_processor_time(job.page_cpu_seconds)


def _own_output() -> BinaryIO:
    """Keep standard output for answers: the parsers' libraries print what they like."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _confine() -> None:
    """Give up what reading does not need; no core dump may keep a client's numbers."""
    os.umask(0o077)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _allow_processor_time(seconds: int) -> None:
    """Move the limit on, since the kernel counts from the process's birth."""
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def answers(job: Job, ocr: Ocr) -> Iterator[Answer]:
    try:
        match job.task:
            case Task.MEASURE:
                yield from _measure(job)
            case Task.READ_TEXT:
                yield from _read(job, None)
            case Task.READ:
                yield from _read(job, ocr)
            case Task.DRAW:
                yield from _read(job, NoOcr())
    except NeedsOcr:
        yield OcrNeeded()
    except (Unreadable, ReaderUnavailable) as refusal:
        yield Refused(code=refusal.code, message=str(refusal))
    except Exception as error:  # noqa: BLE001, hostile bytes raise anything; the host decides
        yield Stumbled(where=_where(error))


def _measure(job: Job) -> Iterator[Answer]:
    with open_file(Path(job.file)) as file:
        for number in range(1, file.pages + 1):
            file.check_page(number)
            yield PageChecked()
        yield Measured(media_type=file.media_type, pages=file.pages)


def _read(job: Job, ocr: Ocr | None) -> Iterator[Answer]:
    images = Path(job.images) if job.images else None
    if images:
        images.mkdir(parents=True, exist_ok=True)
    budget = Budget()
    with open_file(Path(job.file)) as file:
        for number in range(1, file.pages + 1):
            page = file.read_page(number, images, ocr)
            budget.spend(page)
            yield PageRead(page=page)
        yield FileRead(reader=_name(), cargo=file.cargo())


def _name() -> str:
    parts = [_EDITION, f"pypdfium2-{version('pypdfium2')}"]
    try:
        parts.append(f"rapidocr-{version('rapidocr')}")
    except PackageNotFoundError:
        parts.append("no-ocr")
    return "/".join(parts)


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
