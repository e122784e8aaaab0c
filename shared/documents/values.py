"""Values on their way between a page, a row and a screen; a TIN is plain in none of them."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

from shared.documents.errors import BadValue
from shared.documents.kinds import DocumentKind
from shared.documents.models import FieldRow, FieldView
from shared.documents.understanding import amounts
from shared.documents.understanding.extraction import field_holds
from shared.documents.understanding.forms import Shape
from shared.documents.understanding.models import FieldSource, FieldValue
from shared.platform.crypto import Keyring, place
from shared.platform.redaction import mask, redact

TIN_ENDINGS = ("_ssn", "_tin", "_ein")
TIN_DIGITS = 9

_DOLLARS = re.compile(
    r"(?P<minus>-?)\$? ?(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?)"
)
_SSN = re.compile(r"(?<![0-9])[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}(?![0-9])")


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
    value = revealed(keyring, row) if row.value_sealed else row.value
    return FieldValue(
        name=row.name,
        value=value,
        raw=None,
        confidence=row.confidence,
        page=row.page,
        box=row.box,
        source=row.source,
    )


def revealed(keyring: Keyring, row: FieldRow) -> str | None:
    """The TIN itself, for whoever has said why; None when it is no TIN, or none was read."""
    sealed = row.value_sealed
    return keyring.unseal(sealed, _place(row.id)).decode() if sealed else None


def reseal(keyring: Keyring, row_id: UUID, sealed: bytes) -> tuple[bytes, bytes]:
    """The same value under the active keys, and the hash it is found by."""
    value = keyring.unseal(sealed, _place(row_id)).decode()
    return keyring.seal(value.encode(), _place(row_id)), keyring.hash(_canonical(value))


def to_view(row: FieldRow) -> FieldView:
    return FieldView(
        value=mask(row.last4) if row.last4 else row.value,
        confidence=row.confidence,
        page=row.page,
        box=row.box,
        source=row.source,
    )


def corrected(
    kind: DocumentKind | None, name: str, value: str | None, tax_year: int | None = None
) -> FieldValue:
    """What a person typed, in the shape that field has. Raises ``BadValue``."""
    plain = value.strip() if value is not None else None
    shape = field_holds(kind, name, tax_year) if kind else None
    return FieldValue(
        name=name,
        value=_SHAPED[shape or Shape.TEXT](plain) if plain else None,
        raw=None,
        confidence=1.0,
        page=None,
        box=None,
        source=FieldSource.PERSON,
    )


def _money(value: str) -> str:
    """Stricter than a reader: with 12.345 a person may mean dollars or thousands."""
    typed = _DOLLARS.fullmatch(value)
    if typed is None:
        raise BadValue("An amount is a number of dollars and cents, as 1234.50")
    return amounts.decimal(amounts.cents(typed["minus"] + typed["number"].replace(",", "")))


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:  # it quotes the value, which may be a TIN in the wrong place
        raise BadValue("A date is written as 2025-01-31") from None


def _ssn(value: str) -> str:
    return _tin(value, r"([0-9]{3})([0-9]{2})([0-9]{4})", r"\1-\2-\3")


def _ein(value: str) -> str:
    return _tin(value, r"([0-9]{2})([0-9]{7})", r"\1-\2")


def _tin(value: str, bare: str, dashed: str) -> str:
    """Bare digits get the dashes of the field; typed ones stay, for a payer may have an SSN."""
    if not re.fullmatch(r"[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7}", value):
        raise BadValue("A TIN is nine digits, as 000-00-0000 or 00-0000000")
    return re.sub(bare, dashed, value)


def _code(value: str) -> str:
    code = value.upper()
    if not re.fullmatch(r"[A-Z]{1,2}", code):
        raise BadValue("A code is one or two letters")
    return code


def _check(value: str) -> str:
    answer = value.lower()
    if answer not in {"yes", "no"}:
        raise BadValue("A check box is yes or no")
    return answer


_SHAPED: dict[Shape, Callable[[str], str]] = {
    Shape.MONEY: _money,
    Shape.DATE: _date,
    Shape.SSN: _ssn,
    Shape.EIN: _ein,
    Shape.CODE: _code,
    Shape.CHECK: _check,
    Shape.TEXT: str,
}


def _without_tins(found: FieldValue) -> str | None:
    """A TIN that was taken for part of something else is masked there too.

    Outside of names and addresses nine bare digits may be an account, 00-0000000 a state's ID.
    """
    if not found.value:
        return found.value
    if found.name.endswith(("name", "address")):
        return redact(found.value)
    return _SSN.sub(lambda match: redact(match[0]), found.value)


def _canonical(tin: str) -> str:
    """A TIN is the same with and without its dashes; a truncated one equals only itself."""
    digits = re.sub(r"[^0-9]", "", tin)
    return digits if len(digits) == TIN_DIGITS else tin


def _place(row_id: UUID) -> str:
    return place("extracted_fields", "value_sealed", row_id)
