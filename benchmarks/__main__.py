"""Every benchmark of speed and memory, as Markdown: python -m benchmarks [NAME …].

Each is a process of its own, so none measures what another has left behind; one that breaks does
not keep the others from their turn. The exit status is 1 when one broke or missed an aim.
"""

import subprocess
import sys
from collections.abc import Sequence

TITLES = {
    "pipeline": "The pipeline against the reader alone",
    "cold_start": "Cold start",
    "api": "A route against the same route bare",
    "stack": "The stack",
    "durable": "The durable engine",
    "growth": "Lists of a firm that has grown a thousandfold",
}


def main(names: Sequence[str]) -> int:
    unknown = set(names) - set(TITLES)
    if unknown:
        print(f"There are: {', '.join(TITLES)}.", file=sys.stderr)
        return 2
    return max([_run(name) for name in names or TITLES])


def _run(name: str) -> int:
    """What it says is told as it ends: all of them together take ten minutes."""
    module = f"benchmarks.{name}"
    print(f"\n## {TITLES[name]}: `python -m {module}`\n", flush=True)
    return subprocess.run([sys.executable, "-m", module], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
