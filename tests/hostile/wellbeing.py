"""What has to hold of a stack after whatever was sent: nothing lost, left over, broken or told."""

import asyncio
import hashlib
import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

import httpx
from azure.storage.blob import ContainerClient

from local.parts.azurite import connection_string
from local.ports import Ports
from shared.platform.blob import DERIVED, UPLOADS
from tests.chaos.blobs import orphans, stored
from tests.hostile.run import Ended
from tests.journeys.stack import Stack

CODES = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
DOCUMENTED = Path(__file__).parents[2] / "docs/errors.md"
GONE_TO_OCR = "A file goes to OCR"
TIN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b\d{2}-\d{7}\b")


def looked_at(stack: Stack) -> int:
    """How many files the reader has sent to its OCR."""
    return sum(log.read_text().count(GONE_TO_OCR) for log in _logs(stack, "host"))


def undocumented(ended: Sequence[Ended]) -> Iterator[str]:
    """Outcomes that docs/errors.md does not explain; what was kept needs no explanation."""
    known = set(CODES.findall(DOCUMENTED.read_text(encoding="utf-8"))) - {"processing_failed"}
    for each in ended:
        outcome = each.outcome
        is_kept = outcome.state in ("accepted", "duplicate") and outcome.code is None
        if not is_kept and outcome.code not in known:
            yield f"{each.case.name}: {outcome.state}, {outcome.code}"


def altered(stack: Stack, ended: Sequence[Ended]) -> Iterator[str]:
    """Files whose bytes do not lie in Blob Storage as they were sent."""
    firms = dict(stack.rows("SELECT id::text, organization_id::text FROM documents"))
    key = (stack.state / "secrets/storage-key").read_text()
    storage = connection_string(Ports(stack.port).blob, key)
    with ContainerClient.from_connection_string(storage, UPLOADS) as uploads:
        for each in ended:
            if each.document_id:
                name = f"{firms[each.document_id]}/{each.document_id}"
                digest = hashlib.sha256()
                for chunk in uploads.download_blob(name).chunks():
                    digest.update(chunk)
                if digest.hexdigest() != each.sha256:
                    yield f"{each.case.name} is stored as something else"


def misplaced(stack: Stack) -> Iterator[str]:
    return orphans(stack, stored(stack, UPLOADS), stored(stack, DERIVED))


def unfinished(stack: Stack) -> Iterator[str]:
    for document_id, number in stack.rows(
        "SELECT document_id, number FROM document_processing WHERE finished_at IS NULL"
    ):
        yield f"run {number} of {document_id} has no end"
    for state, count in stack.rows(
        """
        SELECT state, count(*) FROM documents
        WHERE state IN ('expected', 'received', 'processing', 'failed') GROUP BY state
        """
    ):
        yield f"{count} documents are {state}"


async def ailing(stack: Stack, host_pid: int) -> list[str]:
    """The host is the one that was started, and says of itself and the reader that it is well."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as http:
        answer = await http.get("/api/health")
    said = [] if answer.status_code == HTTPStatus.OK else [f"health says {answer.text}"]
    if stack.part("host").pid != host_pid:
        said.append("the host was started again")
    return said


def told(stack: Stack) -> Iterator[str]:
    """What a log must not hold: an error nobody expected, and a number of somebody's."""
    for log in _logs(stack, ""):
        for line in log.read_text(errors="replace").splitlines():
            if "Traceback" in line or " ERROR " in line or TIN.search(line):
                yield f"{log.name}: {line[:200]}"


async def troubles(stack: Stack, ended: Sequence[Ended], host_pid: int) -> list[str]:
    found = await asyncio.to_thread(
        lambda: [
            *altered(stack, ended),
            *misplaced(stack),
            *unfinished(stack),
            *told(stack),
        ]
    )
    return [*undocumented(ended), *found, *await ailing(stack, host_pid)]


def _logs(stack: Stack, part: str) -> list[Path]:
    return sorted((stack.state / "logs").glob(f"{part}*.log*"))
