"""What must hold among the values of a form; each rule with its citation in ``data/rules.toml``."""

from collections.abc import Iterator, Mapping

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.models import FieldValue, Finding
from shared.documents.understanding.rules import every_form, w2


def check(
    kind: DocumentKind, fields: Mapping[str, FieldValue], tax_year: int | None
) -> tuple[Finding, ...]:
    """The rules that do not hold. For a year we have no table of, only those of every year."""
    return tuple(_check(kind, fields, tax_year))


def _check(
    kind: DocumentKind, fields: Mapping[str, FieldValue], tax_year: int | None
) -> Iterator[Finding]:
    if kind is DocumentKind.W2:
        yield from w2.check(fields, tax_year)
    yield from every_form.check(kind, fields)
