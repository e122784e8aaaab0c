"""What is uploaded to Azure holds all that the app reads while it runs."""

import fnmatch
from pathlib import Path

from functions.http.pages import ASSETS
from functions.http.reference import DOCUMENT

ROOT = Path(__file__).parents[2]
NEEDED = ["function_app.py", "host.json", "requirements.txt", "functions/http/api.py"]
NOT_NEEDED = ["local/stack.py", "tests/conftest.py", "local.settings.json", ".venv/pyvenv.cfg"]


def is_ignored(path: str) -> bool:
    """By the rules of .funcignore, which are those of .gitignore: the last match counts."""
    ignored = False
    for line in (ROOT / ".funcignore").read_text().split():
        pattern = line.removeprefix("!").rstrip("/")
        top = path.split("/", maxsplit=1)[0]
        if fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(top, pattern):
            ignored = not line.startswith("!")
    return ignored


def test_the_app_is_uploaded_with_its_own_description() -> None:
    read = [DOCUMENT, *ASSETS.iterdir()]
    needed = [*NEEDED, *(str(path.relative_to(ROOT)) for path in read)]

    assert [path for path in needed if is_ignored(path)] == []


def test_the_laptop_stays_at_home() -> None:
    assert [path for path in NOT_NEEDED if not is_ignored(path)] == []
