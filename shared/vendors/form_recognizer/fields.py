"""What Form Recognizer's own models of a kind of document find, under our names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from shared.vendors.form_recognizer.pages import box_on
from shared.vendors.reading import ModelField, Page

if TYPE_CHECKING:
    from azure.ai.formrecognizer import AnalyzeResult, DocumentField


class PrebuiltModel(NamedTuple):
    """``fields`` has our name for each path into its answer, as ``Employee.Name``."""

    name: str
    fields: Mapping[str, str]


@cache
def models() -> Mapping[str, PrebuiltModel]:
    """By our kind of document."""
    text = files("shared.vendors.form_recognizer").joinpath("models.toml").read_text("utf-8")
    return {
        kind: PrebuiltModel(entry["model"], entry["fields"])
        for kind, entry in tomllib.loads(text).items()
    }


def fields_in(
    result: AnalyzeResult, model: PrebuiltModel, shown: Mapping[int, Page]
) -> Iterator[ModelField]:
    """The fields we have a name for; ``shown`` has our page for each number of its own.

    A value that stands nowhere on a page is left out: nobody could see whether it is right.
    """
    seen = {page.page_number: page for page in result.pages}
    for document in result.documents or ():
        for path, value, field in _leaves("", document.fields or {}):
            place = next(iter(field.bounding_regions or ()), None)
            if path in model.fields and place and place.polygon:
                yield ModelField(
                    name=model.fields[path],
                    value=value,
                    raw=field.content or "",
                    confidence=field.confidence or 0.0,
                    page=shown[place.page_number].number,
                    box=box_on(seen[place.page_number], place.polygon),
                )


def _leaves(
    path: str, fields: Mapping[str, DocumentField]
) -> Iterator[tuple[str, str, DocumentField]]:
    """The single values of objects and lists, each with its path and its plain value."""
    for name, field in fields.items():
        value: Any = field.value
        if isinstance(value, list):
            value = {str(number): each for number, each in enumerate(cast("list[Any]", value))}
        if isinstance(value, dict):
            yield from _leaves(f"{path}{name}.", cast("dict[str, DocumentField]", value))
            continue
        yield f"{path}{name}", _plain(value, field), field
        if code := getattr(value, "code", None):
            yield f"{path}{name}.code", str(code), field


def _plain(value: Any, field: DocumentField) -> str:
    """An amount may have a currency, an address has parts; both are read as printed otherwise."""
    amount = getattr(value, "amount", value)
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        return f"{amount:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else (field.content or "")
