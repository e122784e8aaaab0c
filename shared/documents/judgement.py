"""Whether what was read is sure enough to be kept without a person."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.documents.kinds import DocumentKind
from shared.documents.models import Document, DocumentState, FieldRow, FindingRow
from shared.documents.remarks import FOR_A_PERSON
from shared.documents.thresholds import SURE_OF_ANY_VALUE, SURE_OF_KIND, SURE_OF_REQUIRED_VALUE
from shared.documents.understanding.extraction import required_fields
from shared.documents.understanding.models import Severity


class Judgement(NamedTuple):
    """Accepted without a code, or a reason to ask a person."""

    state: DocumentState
    code: str | None = None
    detail: str | None = None


ACCEPTED = Judgement(DocumentState.ACCEPTED)


def judge(
    document: Document,
    rows: Sequence[FieldRow],
    found: Sequence[FindingRow],
    *,
    is_packet: bool = False,
) -> Judgement:
    """The first doubt, in the order a reviewer would want to hear of it."""
    worries = [each for each in found if each.severity is not Severity.INFO]
    remark = next((each for each in worries if each.rule in FOR_A_PERSON), None)
    if remark:
        return _ask(remark.rule, remark.message)
    doubt = None if is_packet else _doubt(document, rows, worries)
    if doubt:
        return doubt
    if worries:
        return _ask("rules_failed", worries[0].message)
    return ACCEPTED


def _doubt(
    document: Document, rows: Sequence[FieldRow], worries: Sequence[FindingRow]
) -> Judgement | None:
    if document.kind is None:
        return _ask(worries[0].rule if worries else "not_read", "Nothing here could read it")
    if (document.confidence or 0) < SURE_OF_KIND:
        return _ask("unsure_of_kind", "It is not certain what kind of document this is")
    if document.kind is DocumentKind.OTHER:
        return None
    return _doubt_about_values(document.kind, {row.name: row for row in rows})


def _doubt_about_values(kind: DocumentKind, rows: dict[str, FieldRow]) -> Judgement | None:
    required = required_fields(kind)
    missing = [name for name in required if name not in rows or _is_empty(rows[name])]
    if missing:
        return _ask("values_missing", f"Not found or not readable: {', '.join(missing)}")
    unsure = [
        row.name
        for row in rows.values()
        if row.confidence < (SURE_OF_REQUIRED_VALUE if row.name in required else SURE_OF_ANY_VALUE)
    ]
    if unsure:
        return _ask("unsure_of_values", f"Not certain: {', '.join(sorted(unsure))}")
    return None


def _is_empty(row: FieldRow) -> bool:
    return row.value is None and row.value_sealed is None


def _ask(code: str, detail: str) -> Judgement:
    return Judgement(DocumentState.NEEDS_REVIEW, code, detail)
