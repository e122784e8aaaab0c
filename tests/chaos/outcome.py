"""What came of a round: the counts, and every complaint."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.platform.blob import DERIVED, UPLOADS
from tests.chaos import blobs, facts, records, remains, values
from tests.chaos.papers import make_papers
from tests.chaos.rounds import SETTINGS, Round
from tests.journeys.stack import Stack, running

Counts = dict[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: int
    took: int
    counts: Counts
    complaints: dict[str, list[str]]

    def lines(self) -> Iterator[str]:
        yield f"seed {self.seed}, {self.took} s"
        for subject, numbers in self.counts.items():
            told = ", ".join(f"{name} {number}" for name, number in sorted(numbers.items()))
            yield f"  {subject}: {told}"
        for subject, found in self.complaints.items():
            yield from (f"  {subject.upper()}: {each}" for each in found)


async def play(folder: Path, *, seed: int, seconds: float, count: int, scanned: int = 0) -> Outcome:
    """A round on a stack of its own, which is stopped before its remains are looked at."""
    papers = make_papers(folder / "papers", count, seed, scanned=scanned)
    temporary = folder / "temporary"
    temporary.mkdir()
    with running(folder / "state", TMPDIR=str(temporary), **SETTINGS) as stack:
        began = time.monotonic()
        played = Round(stack, papers, seed=seed, seconds=seconds)
        shown = await played.run()
        took = round(time.monotonic() - began)
        uploads, derived = blobs.stored(stack, UPLOADS), blobs.stored(stack, DERIVED)
        complaints = {
            "promises": [*records.promises(stack, played.ledger)],
            "states": [*records.states(stack, played.ledger)],
            "values": [each for paper in papers for each in values.misread(paper, shown[paper])],
            "repetitions": [*records.repetitions(stack)],
            "events": [*facts.events(stack)],
            "audit": [*facts.audit(stack)],
            "blobs": [
                *blobs.orphans(stack, uploads, derived),
                *blobs.missing(stack, uploads, derived),
            ],
        }
        counts = _counts(stack, played)
    complaints |= {
        "stories": [*remains.stories(stack.state)],
        "receipts": [*remains.receipts(stack.state, uploads)],
        "files": [*remains.files(temporary)],
        "processes": [*remains.processes(played.monkey.seen_readers)],
    }
    return Outcome(seed, took, counts, complaints)


def _counts(stack: Stack, played: Round) -> Counts:
    answers = {str(status): count for status, count in played.ledger.answers.items()}
    slowest = {part: round(max(took)) for part, took in played.monkey.recovery.items() if took}
    return {
        "kills": played.monkey.kills,
        "slowest recovery in seconds": slowest,
        "documents": _tally(stack, "SELECT state, count(*) FROM documents GROUP BY 1"),
        "runs": _tally(stack, "SELECT outcome, count(*) FROM document_processing GROUP BY 1"),
        "events": _tally(stack, "SELECT topic, count(*) FROM outbox_events GROUP BY 1"),
        "clients": played.ledger.counts + Counter({"second documents": len(played.ledger.seconds)}),
        "answers": answers,
    }


def _tally(stack: Stack, query: str) -> Counter[str]:
    return Counter({str(name): count for name, count in stack.rows(query)})
