"""What the app registers with the host; it may be asked for only once in a process."""

from functools import cache
from typing import Any

from function_app import app


@cache
def registered() -> list[Any]:
    return app.get_functions()
