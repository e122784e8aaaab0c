"""python -m tests.hostile [--count N] [--seed N]: every hostile file through a stack of its own."""

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from tests.hostile.corpus import generated
from tests.hostile.corpus.mutations import mutated
from tests.hostile.counts import table
from tests.hostile.run import sender
from tests.hostile.wellbeing import looked_at, troubles
from tests.journeys.stack import Stack, running


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many mutated samples")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other mutations")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        with running(Path(folder, "state")) as stack:
            wrong = asyncio.run(_send(stack, Path(folder), options.count, options.seed))
    sys.exit(1 if wrong else 0)


async def _send(stack: Stack, folder: Path, count: int, seed: int) -> list[str]:
    mutations = mutated(folder / "samples", count, seed, looks=True)
    began, host_pid = time.monotonic(), stack.part("host").pid
    async with sender(stack, folder / "sent") as sending:
        ended = await sending.send_all([*generated(), *mutations])
    print(table(ended, looked_at=looked_at(stack), seconds=time.monotonic() - began))  # noqa: T201
    wrong = [f"{each.case.name}: {each.outcome}" for each in ended if not each.is_expected]
    wrong += await troubles(stack, ended, host_pid)
    print("\n".join(wrong))  # noqa: T201
    return wrong


if __name__ == "__main__":
    main()
