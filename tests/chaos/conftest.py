from pathlib import Path

import pytest

from tests.chaos.outcome import Outcome, play

SEED = 2026
DOCUMENTS = 100
STORM_SECONDS = 30


@pytest.fixture(scope="session")
async def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("chaos")
    return await play(folder, seed=SEED, seconds=STORM_SECONDS, count=DOCUMENTS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Beside the journeys' stack, not one after the other: both wait more than they work."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("chaos"))
