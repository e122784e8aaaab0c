"""Writes who may do what, from the code itself: ``python -m functions.http.permissions``.

The page is committed as docs/permissions.md; a test fails when it is not up to date.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.http import openapi
from shared.identity.api_keys import GRANTABLE
from shared.identity.permissions import HOLDERS, STAFF
from shared.platform.actor import Role

PAGE = Path(__file__).parents[2] / "docs/permissions.md"
ROLES = (*STAFF, Role.CLIENT)
HEAD = """# Who may do what

Written by `python -m functions.http.permissions` from the code (shared/identity/permissions.py).
A client sees the own client's records only, which the database sees to. A key (`aos_live_…`) may do
what its member may and its scopes name, of what the last column lets any key be given: it sees no
TIN, and has no say over who gets in and how. On top of these come the roles on one engagement
(preparer, reviewer, partner); the preparer of a return never reviews or signs it.

"""


def render() -> str:
    return HEAD + "\n".join([*_matrix(), "", "## What each route needs", "", *_routes()]) + "\n"


def _matrix() -> Iterator[str]:
    yield _row(["permission", *ROLES, "a key"])
    yield _row(["---"] * (len(ROLES) + 2))
    for permission, holders in HOLDERS.items():
        held = [*(role in holders for role in ROLES), permission in GRANTABLE]
        yield _row([f"`{permission}`", *("yes" if each else "-" for each in held)])


def _routes() -> Iterator[str]:
    yield _row(["route", "needs"])
    yield _row(["---", "---"])
    for path, operations in openapi.describe()["paths"].items():
        for method, operation in operations.items():
            yield _row([f"`{method.upper()} {path}`", _needed(operation)])


def _needed(operation: dict[str, Any]) -> str:
    needed = str(operation.get("x-permission", "nobody's leave"))
    return f"`{needed}`" if ":" in needed else needed


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(render())
