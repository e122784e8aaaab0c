"""What any form must keep: its required fields, whole identifiers, parts no larger than wholes."""

from collections.abc import Iterator, Mapping

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.amounts import cents
from shared.documents.understanding.extraction import required_fields
from shared.documents.understanding.identifiers import is_ein, is_masked, is_ssn
from shared.documents.understanding.models import FieldSource, FieldValue, Finding
from shared.documents.understanding.rules.findings import finding, table

Fields = Mapping[str, FieldValue]


def check(kind: DocumentKind, fields: Fields) -> Iterator[Finding]:
    yield from _required(kind, fields)
    yield from _identifiers(fields)
    yield from _parts(kind, fields)
    for name, field in fields.items():
        if field.source is FieldSource.DERIVED:
            yield finding("FORM-04", name)


def _required(kind: DocumentKind, fields: Fields) -> Iterator[Finding]:
    for name in required_fields(kind):
        if name not in fields or fields[name].value is None:
            yield finding("FORM-01", name, detail=f"It is {name}.")


def _identifiers(fields: Fields) -> Iterator[Finding]:
    for name in ("payer_tin", "recipient_tin"):
        value = fields[name].value if name in fields else None
        if value and not (is_ssn(value) or is_ein(value) or is_masked(value)):
            yield finding("FORM-02", name)


def _parts(kind: DocumentKind, fields: Fields) -> Iterator[Finding]:
    for part, whole in table("parts").get(kind, ()):
        amounts = [fields[name].value for name in (part, whole) if name in fields]
        if len(amounts) == 2 and all(amounts):  # noqa: PLR2004
            small, large = (cents(amount) for amount in amounts if amount)
            if small > large:
                yield finding("FORM-03", part, whole)
