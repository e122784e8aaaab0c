"""One value out of two: what our own geometry read, and what a vendor's model of the kind found.

Both say the same: it is so. They differ: the surer one stands, but a person looks. Only the model
has it: a person looks if it matters, for a model is surer of itself than it is right. Where the
arithmetic of the form tells which of the two it must be, that decides.
"""

from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher

from shared.documents.kinds import DocumentKind
from shared.documents.understanding import amounts, arithmetic, identifiers
from shared.documents.understanding.dates import read_date
from shared.documents.understanding.extraction import field_holds
from shared.documents.understanding.forms import Shape
from shared.documents.understanding.layout import plain
from shared.documents.understanding.models import Extraction, FieldSource, FieldValue
from shared.documents.understanding.values import Candidate
from shared.documents.understanding.voting import SUREST, elect
from shared.vendors.reading import ModelField, ModelFields

DISPUTED = 0.5
"""No value that two readings give differently is surer than this: too little for any field."""

ALONE = 0.9
"""What is left of a model's confidence when nothing else says so: too little for a required one."""

SAME_WORDS = 0.85
"""Names and addresses this much alike are the same; what differs is commas and ZIP codes."""

_YES = frozenset({"yes", "true", "x", "selected"})
_NO = frozenset({"no", "false", "unselected"})


def agree(kind: DocumentKind, own: Extraction, model: ModelFields) -> Extraction:
    """The fields of both; in the order of our own, then what only the model has."""
    year = own.tax_year or _year(model)
    theirs = list(_candidates(kind, model, year))
    mine = {field.name: field for field in own.fields}
    found = {field.name: field for field in elect(theirs)}
    agreed = [
        _settle(field_holds(kind, name, year), mine.get(name), found.get(name))
        for name in dict.fromkeys((*mine, *found))
    ]
    if kind is DocumentKind.W2:
        agreed = arithmetic.settle(agreed, [*theirs, *map(_candidate, _placed(own.fields))])
    return Extraction(tax_year=year, fields=tuple(agreed))


def _settle(shape: Shape | None, mine: FieldValue | None, model: FieldValue | None) -> FieldValue:
    if model is None or model.value is None:
        assert mine
        return mine
    if mine is None or mine.value is None:
        return _surely(model, model.confidence * ALONE)
    surer = model if model.confidence > mine.confidence else mine
    if not _is_same(shape, mine.value, model.value):
        return _surely(surer, min(DISPUTED, surer.confidence))
    if mine.source is FieldSource.OCR:  # the same eyes: a letter misread once is misread twice
        return surer
    doubt = (1 - mine.confidence) * (1 - model.confidence)
    return _surely(surer, max(surer.confidence, min(SUREST, 1 - doubt)))


def _surely(field: FieldValue, confidence: float) -> FieldValue:
    return field.model_copy(update={"confidence": round(confidence, 3)})


def _is_same(shape: Shape | None, mine: str, model: str) -> bool:
    first, second = plain(mine), plain(model)
    if shape is Shape.TEXT and not (first + second).isdigit():
        return SequenceMatcher(None, first, second, autojunk=False).ratio() >= SAME_WORDS
    return first == second


def _year(model: ModelFields) -> int | None:
    years = (field.raw.strip() for field in model.fields if field.name == "tax_year")
    return next((int(year) for year in years if year.isdigit()), None)


def _candidates(kind: DocumentKind, model: ModelFields, year: int | None) -> Iterator[Candidate]:
    """The model's values in the shapes of their fields; without its shape a value is none."""
    for field in model.fields:
        shape = field_holds(kind, field.name, year)
        value = _SHAPED[shape](field) if shape else None
        if value:
            yield Candidate(
                name=field.name,
                value=value,
                raw=field.raw,
                confidence=min(SUREST, field.confidence),
                page=field.page,
                box=field.box,
                source=FieldSource.MODEL,
            )


def _placed(fields: Iterable[FieldValue]) -> Iterator[FieldValue]:
    return (field for field in fields if field.page and field.box)


def _candidate(field: FieldValue) -> Candidate:
    assert field.page
    assert field.box
    return Candidate(
        name=field.name,
        value=field.value,
        raw=field.raw or "",
        confidence=field.confidence,
        page=field.page,
        box=field.box,
        source=field.source,
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
