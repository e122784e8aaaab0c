"""docs/security.md names tests that exist; docs/permissions.md is what the code says."""

import ast
import re
from pathlib import Path

import pytest

from functions.http import permissions

ROOT = Path(__file__).parents[2]
NAMED: list[str] = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs/security.md").read_text())


def test_the_committed_page_of_permissions_is_up_to_date() -> None:
    assert permissions.PAGE.read_text() == permissions.render(), permissions.__name__


def test_every_threat_names_a_test() -> None:
    rows = re.findall(r"^\| .*\|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE)
    threats = [row for row in rows if "`tests/" in row]

    assert len(threats) > 20


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_exists(named: str) -> None:
    path, *names = named.split("::")

    assert (ROOT / path).exists()
    if names:
        found = {
            each.name
            for each in ast.parse((ROOT / path).read_text()).body
            if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert names[0] in found
