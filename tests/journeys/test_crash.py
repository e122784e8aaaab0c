"""kill -9 of the functions host in the middle of twenty documents."""

import subprocess
import sys
import time
from pathlib import Path

from local.samples import make_many
from tests.journeys.stack import PROJECT, Stack, environment

DOCUMENTS = 20
KILL_AFTER = 3  # documents that have ended, so that others are in every step


def test_twenty_documents_survive_the_host(stack: Stack, folder: Path) -> None:
    paths = [sample.path for sample in make_many(folder / "crash", DOCUMENTS, seed=20)]
    before = stack.part("host").pid
    sending = subprocess.Popen(
        [sys.executable, "-m", "local", "read", "--json", "--state", str(stack.state), *paths],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    wait_for(stack, KILL_AFTER)
    ended_at_kill = count_ended(stack)

    stack.kill("host")

    output, _ = sending.communicate(timeout=240)
    assert sending.returncode == 0
    assert len(output.splitlines()) == DOCUMENTS
    assert ended_at_kill < DOCUMENTS, "the host died too late to prove anything"
    assert stack.part("host").pid != before
    outcomes = stack.rows("SELECT state, count(*) FROM documents GROUP BY state")
    assert outcomes == [("accepted", DOCUMENTS)]
    assert stack.rows(
        "SELECT count(*), count(DISTINCT document_id), count(finished_at) FROM document_processing"
    ) == [(DOCUMENTS, DOCUMENTS, DOCUMENTS)]
    for topic in ("document.received", "document.accepted"):
        assert stack.rows(
            f"""
            SELECT count(*), count(DISTINCT subject_id)
            FROM outbox_events WHERE topic = '{topic}'
            """
        ) == [(DOCUMENTS, DOCUMENTS)]
    assert stack.rows(
        """
        SELECT count(*) FROM (
            SELECT FROM extracted_fields GROUP BY document_id, name HAVING count(*) > 1) AS twice
        """
    ) == [(0,)]


def wait_for(stack: Stack, count: int) -> None:
    deadline = time.monotonic() + 120
    while count_ended(stack) < count:
        assert time.monotonic() < deadline, "no document has ended"
        time.sleep(0.02)


def count_ended(stack: Stack) -> int:
    ((count,),) = stack.rows(
        "SELECT count(*) FROM documents WHERE state IN ('accepted', 'needs_review')"
    )
    return count
