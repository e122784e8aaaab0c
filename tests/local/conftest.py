from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of a file: its servers are started once, and on its own ports."""
    for item in items:
        is_ours = Path(__file__).parent in item.path.parents
        if is_ours and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
