"""What the product says about files: through the running stack, or in this process."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared.documents.understanding import classification, extraction, parts
from shared.platform.errors import AppError
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import Reading


@dataclass(frozen=True)
class Given:
    """One value as it was given, and how sure it was."""

    value: str | None
    confidence: float


@dataclass(frozen=True)
class Answer:
    """``seconds`` is nothing when a kept reading was taken."""

    kinds: dict[int, str]
    fields: dict[str, Given]
    seconds: float | None
    problem: str | None = None


def from_stack(files: Sequence[Path], options: Sequence[str]) -> Iterator[tuple[Path, Answer]]:
    """Send the files as a client would; for the options see ``python -m local read --help``."""
    command = [sys.executable, "-m", "local", "read", "--json", *options]
    by_name = {str(file): file for file in files}
    with subprocess.Popen([*command, *list(by_name)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            told = json.loads(line)
            yield by_name.pop(told["file"]), of_line(told)
    for file in by_name.values():
        yield file, Answer({}, {}, None, "no_answer")


def of_line(told: dict[str, Any]) -> Answer:
    """A packet's values stand in its children."""
    fields: dict[str, Given] = {}
    for part in (*reversed(told["children"]), told):
        for name, field in part["fields"].items():
            fields[name] = Given(field["value"], field["confidence"])
    kinds = {page["page"]: page["kind"] for page in told["pages"]}
    problem = told["code"] if told["state"] in ("failed", "rejected") else None
    return Answer(kinds, fields, told["seconds"], problem)


async def direct(
    files: Sequence[Path], readings: Path | None
) -> AsyncIterator[tuple[Path, Answer]]:
    """Read and understand the files here, without the stack.

    A folder for ``readings`` saves reading twice: what is there is taken, what is new is kept.
    """
    reader = LocalReader()
    try:
        for file in files:
            started = time.perf_counter()
            try:
                reading, is_kept = await _reading(reader, file, readings)
                answer = await asyncio.to_thread(_understood, reading)
            except AppError as refused:
                answer, is_kept = Answer({}, {}, None, type(refused).code), False
            seconds = None if is_kept else time.perf_counter() - started
            yield file, replace(answer, seconds=seconds)
    finally:
        await reader.close()


async def _reading(reader: LocalReader, file: Path, readings: Path | None) -> tuple[Reading, bool]:
    """The reading, and whether it was kept from before."""
    kept = readings / file.parent.name / f"{file.name}.json" if readings else None
    if kept and kept.exists():
        return Reading.model_validate_json(kept.read_bytes()), True
    with tempfile.TemporaryDirectory() as images:
        reading = await reader.read(file, Path(images))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(reading.model_dump_json(), "utf-8")
    return reading, False


def _understood(reading: Reading) -> Answer:
    kinds = classification.classify(reading)
    fields: dict[str, Given] = {}
    for part in reversed(parts.split(reading, kinds)):
        for field in extraction.extract(reading, part).fields:
            fields[field.name] = Given(field.value, field.confidence)
    return Answer({page.page: page.kind.value for page in kinds}, fields, None)
