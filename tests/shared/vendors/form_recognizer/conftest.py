from pathlib import Path

import pytest

from shared.vendors.local_reader import LocalReader
from tests.shared.vendors.form_recognizer import paper
from tests.shared.vendors.form_recognizer.paper import Paper


@pytest.fixture
async def w2(drawing: LocalReader, tmp_path: Path) -> Paper:
    return await paper.w2(drawing, tmp_path)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    return folder
