"""The forms whose boxes we read, as their data files describe them."""

from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.catalogue import load
from shared.documents.understanding.layout import plain


class Holds(StrEnum):
    """What stands in a box."""

    AMOUNT = "amount"
    CODED_AMOUNT = "coded_amount"
    DATE = "date"
    SSN = "ssn"
    EIN = "ein"
    PARTY = "party"
    TEXT = "text"
    CHECK = "check"
    STATE_AND_ID = "state_and_id"
    STATE_AMOUNT = "state_amount"
    STATE_TEXT = "state_text"


class Shape(StrEnum):
    """How the value of one field is written."""

    MONEY = "money"
    DATE = "date"
    SSN = "ssn"
    EIN = "ein"
    CODE = "code"
    CHECK = "check"
    TEXT = "text"


_FIELDS: dict[Holds, dict[str, Shape]] = {
    Holds.AMOUNT: {"": Shape.MONEY},
    Holds.CODED_AMOUNT: {"": Shape.MONEY, "_code": Shape.CODE},
    Holds.DATE: {"": Shape.DATE},
    Holds.SSN: {"": Shape.SSN},
    Holds.EIN: {"": Shape.EIN},
    Holds.PARTY: {"_name": Shape.TEXT, "_address": Shape.TEXT},
    Holds.TEXT: {"": Shape.TEXT},
    Holds.CHECK: {"": Shape.CHECK},
    Holds.STATE_AND_ID: {
        "": Shape.CODE,
        "_2": Shape.CODE,
        "_id": Shape.TEXT,
        "_id_2": Shape.TEXT,
    },
    Holds.STATE_AMOUNT: {"": Shape.MONEY, "_2": Shape.MONEY},
    Holds.STATE_TEXT: {"": Shape.TEXT, "_2": Shape.TEXT},
}


class FormBox(NamedTuple):
    """One box of a form.

    ``spans`` are labels printed inside the box that do not end it; ``address`` labels the boxes
    where the rest of a party's address stands; ``renumbered`` says which number the box carries
    from a tax year on.
    """

    name: str
    number: str
    holds: Holds
    labels: tuple[str, ...]
    spans: tuple[str, ...]
    address: tuple[str, ...]
    renumbered: tuple[tuple[int, str], ...]
    also_numbered: tuple[str, ...]

    def name_in(self, tax_year: int | None, printed: str) -> str:
        """The field's name: by the number printed at the label, or else by the year's form."""
        if not self.renumbered:
            return self.name
        numbers = [number for year, number in self.renumbered if tax_year and year <= tax_year]
        known = {number for _, number in self.renumbered}
        number = printed if printed in known else (numbers or [self.number])[-1]
        return f"box_{number}"

    def fields(self, tax_year: int | None) -> dict[str, Shape]:
        """The names that the box's values have on the year's form."""
        name = self.name_in(tax_year, "")
        return {name + suffix: shape for suffix, shape in _FIELDS[self.holds].items()}


class Form(NamedTuple):
    """What a form's data file says.

    ``marks`` are other printed labels: they end a box and are never a value. ``notices`` is what
    is printed in its margins, and ``print`` its vocabulary.
    """

    kind: DocumentKind
    required: tuple[str, ...]
    marks: tuple[str, ...]
    notices: str
    print: frozenset[str]
    boxes: tuple[FormBox, ...]

    def fields(self, tax_year: int | None) -> dict[str, Shape]:
        """Every name a field has had in any year; a number in two of them is the year's own."""
        years = sorted({year for box in self.boxes for year, _ in box.renumbered})
        return {
            name: shape
            for year in (*years, None, tax_year)
            for box in self.boxes
            for name, shape in box.fields(year).items()
        }


@cache
def form(kind: DocumentKind) -> Form | None:
    name = _data_file(kind)
    if name is None:
        return None
    own = load(name)
    sources = [load(own["includes"]), own] if "includes" in own else [own]
    notices = " ".join(source.get("print", "") for source in sources)
    return Form(
        kind=kind,
        required=tuple(own["required"]),
        marks=tuple(chain.from_iterable(source["marks"] for source in sources)),
        notices=plain(notices),
        print=frozenset(map(plain, notices.split())),
        boxes=tuple(_box(entry) for source in sources for entry in source["box"]),
    )


def _data_file(kind: DocumentKind) -> str | None:
    """The form's own file, or that of its family: all information returns have two parties."""
    if files("shared.documents.understanding").joinpath("data", f"{kind}.toml").is_file():
        return str(kind)
    return "1099" if kind.startswith(("1098-", "1099-")) else None


def _box(entry: dict[str, Any]) -> FormBox:
    renumbered = {int(year): number for year, number in entry.get("renumbered", {}).items()}
    return FormBox(
        name=entry["name"],
        number=entry.get("number", ""),
        holds=Holds(entry["holds"]),
        labels=tuple(entry["labels"]),
        spans=tuple(entry.get("spans", ())),
        address=tuple(entry.get("address", ())),
        renumbered=tuple(sorted(renumbered.items())),
        also_numbered=tuple(entry.get("also_numbered", ())),
    )
