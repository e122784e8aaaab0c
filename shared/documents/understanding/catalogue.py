"""The data files: what each kind looks like, which boxes it has, which rules it must keep."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """One of the files in ``data/``, by name without ending. Nobody may change the answer."""
    text = (
        files("shared.documents.understanding").joinpath("data", f"{name}.toml").read_text("utf-8")
    )
    return tomllib.loads(text)
