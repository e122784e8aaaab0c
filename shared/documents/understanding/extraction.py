"""What a part of a document says: its fields, each with its page, box, source and confidence."""

from shared.documents.kinds import DocumentKind
from shared.documents.understanding import arithmetic, commerce, forms
from shared.documents.understanding.cells import Cell, cells
from shared.documents.understanding.forms import Form, Shape
from shared.documents.understanding.models import Extraction, FieldValue, Part
from shared.documents.understanding.tax_year import tax_year
from shared.documents.understanding.values import candidates
from shared.documents.understanding.voting import elect
from shared.vendors.reading import Page, Reading

_COMMERCE = frozenset({DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.BANK_STATEMENT})
_BILL = {
    "vendor_name": Shape.TEXT,
    "vendor_address": Shape.TEXT,
    "invoice_number": Shape.TEXT,
    "date": Shape.DATE,
    "due_date": Shape.DATE,
    "subtotal": Shape.MONEY,
    "tax": Shape.MONEY,
    "total": Shape.MONEY,
    "currency": Shape.TEXT,
}
_STATEMENT = {
    "institution": Shape.TEXT,
    "account_last4": Shape.TEXT,
    "period_start": Shape.DATE,
    "period_end": Shape.DATE,
    "opening_balance": Shape.MONEY,
    "closing_balance": Shape.MONEY,
}
_YEARLESS = frozenset(
    {DocumentKind.PAYSTUB, DocumentKind.W9, DocumentKind.W8BEN, DocumentKind.OTHER}
)


def extract(reading: Reading, part: Part) -> Extraction:
    """The fields of the part; a box without ink is not among them."""
    if part.kind in _COMMERCE:
        return commerce.extract(reading, part)
    pages = [page for page in reading.pages if page.number in part.pages]
    form = forms.form(part.kind)
    year = None if part.kind in _YEARLESS else tax_year(pages)
    return Extraction(tax_year=year, fields=_fields(pages, form, year) if form else ())


def required_fields(kind: DocumentKind) -> tuple[str, ...]:
    """The fields without which a document of the kind is of no use."""
    if kind in _COMMERCE:
        return commerce.required(kind)
    form = forms.form(kind)
    return form.required if form else ()


def known_fields(kind: DocumentKind) -> frozenset[str]:
    """Every name that a field of the kind can have."""
    return frozenset(_shapes(kind, None))


def field_holds(kind: DocumentKind, name: str, tax_year: int | None = None) -> Shape | None:
    """How the value of the field is written; forms have given one number to different boxes."""
    return _shapes(kind, tax_year).get(name)


def _shapes(kind: DocumentKind, tax_year: int | None) -> dict[str, Shape]:
    if kind in _COMMERCE:
        return _STATEMENT if kind is DocumentKind.BANK_STATEMENT else _BILL
    form = forms.form(kind)
    return form.fields(tax_year) if form else {}


def _fields(pages: list[Page], form: Form, year: int | None) -> tuple[FieldValue, ...]:
    """A blank form has labels, and says no to every check box, but has no fields."""
    boxes = _copies([cells(page, form) for page in pages])
    found = [one for box in boxes for one in candidates(box, year)]
    if all(candidate.value in (None, "no") for candidate in found):
        return ()
    elected = elect(found)
    return arithmetic.settle(elected, found) if form.kind is DocumentKind.W2 else elected


def _copies(pages: list[tuple[Cell, ...]]) -> list[Cell]:
    """The boxes of the form's copies; a page with few of them only speaks of the form."""
    most = max(map(len, pages), default=0)
    return [box for boxes in pages if len(boxes) * 2 >= most for box in boxes]
