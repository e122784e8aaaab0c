"""One value out of two: what our own geometry read, and what a vendor's model of the kind found.

Both say the same: it is so. They differ: the surer one stands, but a person looks. Only the model
has it: a person looks if it matters, for a model is surer of itself than it is right. Where the
arithmetic of the form tells which of the two it must be, that decides; where both fit, it does not.
The tax year is no field and has no confidence; a doubt about it is a finding.
"""

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import partial

from shared.documents.kinds import DocumentKind
from shared.documents.thresholds import SURE_OF_ANY_VALUE
from shared.documents.understanding import amounts, arithmetic, identifiers
from shared.documents.understanding.dates import read_date
from shared.documents.understanding.extraction import field_holds
from shared.documents.understanding.forms import Shape
from shared.documents.understanding.layout import plain
from shared.documents.understanding.models import (
    Extraction,
    FieldSource,
    FieldValue,
    Finding,
    Severity,
)
from shared.documents.understanding.values import Candidate
from shared.documents.understanding.voting import SUREST, elect
from shared.vendors.reading import ModelField, ModelFields

DISPUTED = 0.5
"""No value that two readings give differently is surer than this: too little for any field."""

ALONE = 0.9
"""What is left of a model's confidence when nothing else says so: too little for a required one."""

SAME_WORDS = 0.85
"""Names and addresses this much alike are the same, if their numbers are; no other value is."""

_WORDS = ("_name", "_address")
_ADDRESSES = frozenset({(DocumentKind.F1098, "box_8")})
"""Addresses that are not called so: that of the mortgaged property."""

_ZIP = re.compile(r"(?<=\b[A-Z]{2})\W+\d{5}(-\d{4})?\W*$", re.IGNORECASE)

_YEAR = re.compile(r"(19|20)\d\d")
_YES = frozenset({"yes", "true", "x", "selected"})
_NO = frozenset({"no", "false", "unselected"})


def agree(kind: DocumentKind, own: Extraction, model: ModelFields) -> Extraction:
    """The fields of both; in the order of our own, then what only the model has."""
    said = _year(model)
    year = own.tax_year or (int(said.value) if said and said.value else None)
    theirs = list(_candidates(kind, model, year))
    mine = {field.name: field for field in own.fields}
    found = {field.name: field for field in elect(theirs)}
    agreed = [
        _settle(partial(_is_same, kind, name, year), mine.get(name), found.get(name))
        for name in dict.fromkeys((*mine, *found))
    ]
    if kind is DocumentKind.W2:
        agreed = arithmetic.settle(agreed, [*theirs, *own.fields])
    doubt = _doubt_about_year(own.tax_year, said)
    return Extraction(tax_year=year, fields=tuple(agreed), findings=(doubt,) if doubt else ())


def _settle(
    is_same: Callable[[str, str], bool], mine: FieldValue | None, model: FieldValue | None
) -> FieldValue:
    if model is None or model.value is None:
        assert mine
        return mine
    if mine is None or mine.value is None:
        return _surely(model, model.confidence * ALONE)
    surer = model if model.confidence > mine.confidence else mine
    if not is_same(mine.value, model.value):
        return _surely(surer, min(DISPUTED, surer.confidence))
    if mine.source is FieldSource.OCR:  # the same eyes: a letter misread once is misread twice
        return surer
    doubt = (1 - mine.confidence) * (1 - model.confidence)
    return _surely(surer, max(surer.confidence, min(SUREST, 1 - doubt)))


def _surely(field: FieldValue, confidence: float) -> FieldValue:
    return field.model_copy(update={"confidence": round(confidence, 3)})


def _is_same(kind: DocumentKind, name: str, year: int | None, mine: str, model: str) -> bool:
    """Letter by letter, but for names and addresses; a number in those is never nearly the same."""
    if field_holds(kind, name, year) is Shape.MONEY:
        return mine == model
    first, second = plain(mine), plain(model)
    if first == second:
        return True
    if not (name.endswith(_WORDS) or (kind, name) in _ADDRESSES):
        return False
    alike = SequenceMatcher(None, first, second, autojunk=False).ratio()
    return alike >= SAME_WORDS and _has_same_numbers(mine, model)


def _has_same_numbers(mine: str, model: str) -> bool:
    """The same runs of digits in the same order; one of the two may have left the ZIP code out."""
    texts = [mine, model]
    if not all(map(_ZIP.search, texts)):
        texts = [_ZIP.sub("", text) for text in texts]
    first, second = (re.findall(r"\d+", text) for text in texts)
    return first == second


def _year(model: ModelFields) -> FieldValue | None:
    years = (field for field in model.fields if field.name == "tax_year")
    said = elect(
        _candidate(field, year) for field in years if _YEAR.fullmatch(year := plain(field.raw))
    )
    return said[0] if said else None


def _doubt_about_year(mine: int | None, model: FieldValue | None) -> Finding | None:
    if model is None or model.value == str(mine):
        return None
    if mine:
        message = f"The form was read as that of {mine}, and by the model as that of {model.value}"
        return Finding(rule="tax_year_differs", severity=Severity.WARN, message=message)
    if model.confidence * ALONE < SURE_OF_ANY_VALUE:
        message = f"Only the model has found a tax year, {model.value}, and it is not sure"
        return Finding(rule="tax_year_unsure", severity=Severity.WARN, message=message)
    return None


def _candidates(kind: DocumentKind, model: ModelFields, year: int | None) -> Iterator[Candidate]:
    """The model's values in the shapes of their fields; without its shape a value is none."""
    for field in model.fields:
        shape = field_holds(kind, field.name, year)
        value = _SHAPED[shape](field) if shape else None
        if value:
            yield _candidate(field, value)


def _candidate(field: ModelField, value: str) -> Candidate:
    return Candidate(
        name=field.name,
        value=value,
        raw=field.raw,
        confidence=min(SUREST, field.confidence),
        page=field.page,
        box=field.box,
        source=FieldSource.MODEL,
    )


def _money(field: ModelField) -> str | None:
    amount = amounts.read_amount(field.value) or amounts.read_amount(field.raw)
    return amount.value if amount else None


def _date(field: ModelField) -> str | None:
    found = read_date(field.value) or read_date(field.raw)
    return found.iso if found else None


def _ssn(field: ModelField) -> str | None:
    found = identifiers.read_ssn(field.raw)
    return found.value if found else None


def _ein(field: ModelField) -> str | None:
    found = identifiers.read_ein(field.raw)
    return found.value if found else None


def _code(field: ModelField) -> str | None:
    code = field.value.strip().upper()
    return code if code.isascii() and code.isalpha() and len(code) <= 2 else None  # noqa: PLR2004


def _check(field: ModelField) -> str | None:
    said = field.value.strip(" :").lower()
    return "yes" if said in _YES else "no" if said in _NO else None


def _text(field: ModelField) -> str | None:
    return " ".join((field.raw or field.value).split()).strip(" ,;|") or None


_SHAPED: dict[Shape, Callable[[ModelField], str | None]] = {
    Shape.MONEY: _money,
    Shape.DATE: _date,
    Shape.SSN: _ssn,
    Shape.EIN: _ein,
    Shape.CODE: _code,
    Shape.CHECK: _check,
    Shape.TEXT: _text,
}
