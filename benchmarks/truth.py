"""What the files of a folder are known to say, in whichever shape the folder tells it."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

MEDIA = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic"})


@dataclass(frozen=True)
class Truth:
    """One file: its kind by page, its fields with every wording that is right."""

    file: Path
    folder: str
    kinds: dict[int, str] = field(default_factory=dict[int, str])
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    is_day_first: bool = False


@cache
def _labels() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("labels.toml").read_text("utf-8")
    return tomllib.loads(text)


def in_folder(folder: Path) -> Iterator[Truth]:
    """The files of the folder about which something is known, by name."""
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in MEDIA and file.is_file():
            truth = _of_file(folder, file)
            if truth.kinds or truth.fields:
                yield truth


def _of_file(folder: Path, file: Path) -> Truth:
    beside = file.with_suffix(".json")
    key = file.parent.parent / "key" / f"{file.stem}.json"
    labelled = file.with_name(f"{file.name}.labels.json")
    kinds = _page_kinds(folder, file)
    if own := _own(folder, file):
        return own
    if labelled.exists():
        return Truth(file, folder.name, kinds, _azure(_load(labelled)))
    if key.exists():
        fields = _renamed(_load(key))
        return Truth(file, folder.name, kinds or {1: "receipt"}, fields, is_day_first=True)
    if beside.exists() and (fields := _invoice2data(_load(beside))):
        return Truth(file, folder.name, kinds or {1: "invoice"}, fields)
    return Truth(file, folder.name, kinds)


def _own(folder: Path, file: Path) -> Truth | None:
    """The ``truth.json`` of our own samples; a packet tells the kinds of its parts."""
    told = _load(folder / "truth.json").get(str(file.relative_to(folder)))
    if not told:
        return None
    parts: list[dict[str, Any]] = told.get("parts") or [{"pages": [1], "kind": told.get("kind")}]
    kinds: dict[int, str] = {
        page: part["kind"] for part in parts for page in part["pages"] if part["kind"]
    }
    fields = {name: (str(value),) for name, value in (told.get("fields") or {}).items()}
    return Truth(file, folder.name, kinds, fields)


def _page_kinds(folder: Path, file: Path) -> dict[int, str]:
    """``page_labels.json`` beside the folder counts pages from nought."""
    path = f"{folder.name}/{file.relative_to(folder)}"
    return {
        one["page"] + 1: _kind(one["label"])
        for one in _load_list(folder.parent / "page_labels.json")
        if one["file"] == path
    }


def _kind(label: str) -> str:
    return _labels()["kinds"].get(label, label.lower())


def _azure(told: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    marks = _labels()["marks"]
    return _renamed(
        {
            one["label"].replace(" ", ""): " ".join(
                str(marks.get(value["text"], value["text"])) for value in one["value"]
            )
            for one in told["labels"]
            if one["value"]
        }
    )


def _invoice2data(told: Any) -> dict[str, tuple[str, ...]]:
    one = told[0] if isinstance(told, list) and told else told
    return _renamed(one) if isinstance(one, dict) and "issuer" in one else {}


def _renamed(told: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    names = _labels()["fields"]
    fields: dict[str, tuple[str, ...]] = {}
    for label, value in told.items():
        name = names.get(label)
        if name and value not in (None, ""):
            fields[name] = (*fields.get(name, ()), str(value))
    return fields


@cache
def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


@cache
def _load_list(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8")) if path.exists() else []
