"""Round after round of chaos, each with a seed and a stack of its own."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.outcome import Outcome, play

DOCUMENTS = 100
SCANNED = 4
STORM_SECONDS = 45


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    ends_at = time.monotonic() + 60 * options.minutes
    while not outcomes or time.monotonic() < ends_at:
        outcomes.append(_one(options.seed + len(outcomes)))
    complaints = sum(len(found) for each in outcomes for found in each.complaints.values())
    documents = sum(sum(each.counts["documents"].values()) for each in outcomes)
    kills = sum(sum(each.counts["kills"].values()) for each in outcomes)
    _say(f"{len(outcomes)} rounds, {documents} documents, {kills} kills, {complaints} complaints")
    return int(complaints > 0)


def _one(seed: int) -> Outcome:
    """Its folder is kept when there is something to look into."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
    _say(f"seed {seed} in {folder}")
    outcome = asyncio.run(
        play(folder, seed=seed, seconds=STORM_SECONDS, count=DOCUMENTS, scanned=SCANNED)
    )
    _say("\n".join(outcome.lines()))
    if not any(outcome.complaints.values()):
        shutil.rmtree(folder)
    return outcome


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
