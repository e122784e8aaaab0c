"""What people call the kinds and their fields, and how sure a value has to be."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.documents.kinds import DocumentKind
from shared.documents.thresholds import SURE_OF_ANY_VALUE, SURE_OF_KIND, SURE_OF_REQUIRED_VALUE
from shared.documents.understanding import forms
from shared.documents.understanding.catalogue import load
from shared.documents.understanding.extraction import field_holds, known_fields, required_fields
from shared.documents.understanding.forms import FormBox, Holds, Shape

_OF_A_STATE = {Holds.STATE_AND_ID, Holds.STATE_AMOUNT, Holds.STATE_TEXT}
_PARTIES = ("employee", "employer", "payer", "recipient", "vendor")


class FieldGroup(StrEnum):
    EMPLOYEE = "employee"
    EMPLOYER = "employer"
    PAYER = "payer"
    RECIPIENT = "recipient"
    VENDOR = "vendor"
    DOCUMENT = "document"
    BOXES = "boxes"
    STATE = "state"


class KindTitle(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: DocumentKind
    title: str


class FieldGuide(BaseModel):
    """``number`` is that of the box; from ``sure_from`` on nobody needs to look at the value."""

    model_config = ConfigDict(frozen=True)

    name: str
    number: str | None
    title: str
    group: FieldGroup
    shape: Shape
    is_required: bool
    sure_from: float


class KindGuide(KindTitle):
    """The fields a document of the kind can have, in the order of the form."""

    sure_from: float
    fields: list[FieldGuide]


def list_kinds() -> list[KindTitle]:
    return [KindTitle(kind=kind, title=_title(kind)) for kind in DocumentKind]


def describe_kind(kind: DocumentKind, tax_year: int | None) -> KindGuide:
    """Forms have given one number to different boxes, so the boxes are those of the year."""
    form = forms.form(kind)
    return KindGuide(
        kind=kind,
        title=_title(kind),
        sure_from=SURE_OF_KIND,
        fields=list((_boxes(kind, form.boxes, tax_year) if form else _values(kind)).values()),
    )


def _title(kind: DocumentKind) -> str:
    return load("titles")["kinds"][kind]


def _boxes(
    kind: DocumentKind, boxes: tuple[FormBox, ...], tax_year: int | None
) -> dict[str, FieldGuide]:
    return {
        name: _field(kind, name, shape, box, tax_year)
        for box in sorted(boxes, key=lambda box: box.name.startswith("box_"))
        for name, shape in box.fields(tax_year).items()
    }


def _values(kind: DocumentKind) -> dict[str, FieldGuide]:
    known = known_fields(kind)
    named = [name for name in load("titles")["fields"] if name in known]
    return {name: _field(kind, name, field_holds(kind, name) or Shape.TEXT) for name in named}


def _field(
    kind: DocumentKind,
    name: str,
    shape: Shape,
    box: FormBox | None = None,
    tax_year: int | None = None,
) -> FieldGuide:
    is_required = name in required_fields(kind)
    return FieldGuide(
        name=name,
        number=_number(box, tax_year),
        title=next(_titles(kind, name, box)),
        group=_group(name, box),
        shape=shape,
        is_required=is_required,
        sure_from=SURE_OF_REQUIRED_VALUE if is_required else SURE_OF_ANY_VALUE,
    )


def _number(box: FormBox | None, tax_year: int | None) -> str | None:
    """As the year's form prints it; the three checks of one box share its number."""
    if box is None:
        return None
    is_named_for_it = box.name.startswith("box_")
    return box.name_in(tax_year, "").split("_")[1] if is_named_for_it else box.number or None


def _titles(kind: DocumentKind, name: str, box: FormBox | None) -> Iterator[str]:
    titles: dict[str, Any] = load("titles")
    for known in (titles.get(kind, {}), titles["fields"]):
        if name in known:
            yield known[name]
    if box:
        printed = box.labels[0].rstrip("*")
        is_second = box.holds in _OF_A_STATE and name.endswith("_2")
        yield f"{printed}, second line" if is_second else printed


def _group(name: str, box: FormBox | None) -> FieldGroup:
    party = name.split("_", maxsplit=1)[0]
    if box and box.holds in _OF_A_STATE:
        return FieldGroup.STATE
    if party in _PARTIES:
        return FieldGroup(party)
    return FieldGroup.BOXES if name.startswith("box_") else FieldGroup.DOCUMENT
