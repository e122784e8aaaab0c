"""Values on their way between a page, a row and a screen; a TIN is plain in none of them."""

import re
from datetime import date
from uuid import UUID, uuid5

from shared.documents.errors import BadValue
from shared.documents.models import FieldRow, FieldView
from shared.documents.understanding import amounts
from shared.documents.understanding.models import FieldSource, FieldValue
from shared.platform.crypto import Keyring, place
from shared.platform.redaction import mask, redact

TIN_ENDINGS = ("_ssn", "_tin", "_ein")
DATES = frozenset({"date", "due_date", "period_start", "period_end"})
AMOUNTS = frozenset({"subtotal", "tax", "total", "opening_balance", "closing_balance"})
TIN_DIGITS = 9


def is_tin(name: str) -> bool:
    return name.endswith(TIN_ENDINGS)


def to_row(
    keyring: Keyring, document_id: UUID, run: int, found: FieldValue
) -> tuple[FieldRow, bytes | None]:
    """The row a value is kept in, and the hash it is found by if it is a TIN."""
    row_id = uuid5(document_id, f"{run}/{found.name}")
    is_secret = is_tin(found.name) and found.value is not None
    row = FieldRow(
        id=row_id,
        name=found.name,
        value=None if is_secret else _without_tins(found),
        value_sealed=keyring.seal(found.value.encode(), _place(row_id))
        if is_secret and found.value
        else None,
        last4=found.value[-4:] if is_secret and found.value else None,
        confidence=found.confidence,
        page=found.page,
        box=found.box,
        source=found.source,
    )
    hashed = keyring.hash(_canonical(found.value)) if is_secret and found.value else None
    return row, hashed


def to_value(keyring: Keyring, row: FieldRow) -> FieldValue:
    """The value in the clear, for a rule to look at; never for a screen."""
    sealed = row.value_sealed
    value = keyring.unseal(sealed, _place(row.id)).decode() if sealed else row.value
    return FieldValue(
        name=row.name,
        value=value,
        raw=None,
        confidence=row.confidence,
        page=row.page,
        box=row.box,
        source=row.source,
    )


def to_view(row: FieldRow) -> FieldView:
    return FieldView(
        value=mask(row.last4) if row.last4 else row.value,
        confidence=row.confidence,
        page=row.page,
        box=row.box,
        source=row.source,
    )


def corrected(name: str, value: str | None) -> FieldValue:
    """What a person typed, in the shape that field has. Raises ``BadValue``."""
    plain = value.strip() if value is not None else None
    return FieldValue(
        name=name,
        value=_shaped(name, plain) if plain else None,
        raw=None,
        confidence=1.0,
        page=None,
        box=None,
        source=FieldSource.PERSON,
    )


def _shaped(name: str, value: str) -> str:
    if is_tin(name):
        return _tin(value)
    if name in DATES:
        return _date(value)
    if name in AMOUNTS:
        return _amount(value)
    return value


def _tin(value: str) -> str:
    if not re.fullmatch(r"\d{9}|\d{3}-\d{2}-\d{4}|\d{2}-\d{7}", value):
        raise BadValue("A TIN is nine digits, as 000-00-0000 or 00-0000000")
    return value


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise BadValue("A date is written as 2025-01-31") from error


def _amount(value: str) -> str:
    found = amounts.read_amount(value)
    if found is None:
        raise BadValue("An amount is a number of dollars and cents, as 1234.50")
    return found.value


def _without_tins(found: FieldValue) -> str | None:
    """A TIN that was taken for part of a name or an address is masked there too."""
    is_prose = found.name.endswith(("_name", "_address"))
    return redact(found.value) if found.value and is_prose else found.value


def _canonical(tin: str) -> str:
    """A TIN is the same with and without its dashes; a truncated one equals only itself."""
    digits = re.sub(r"\D", "", tin)
    return digits if len(digits) == TIN_DIGITS else tin


def _place(row_id: UUID) -> str:
    return place("extracted_fields", "value_sealed", row_id)
