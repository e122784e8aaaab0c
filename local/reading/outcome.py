"""What one file came to: the object that `read --json` prints. Its keys are a contract."""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

_PAGE_KEYS = ("page", "kind", "confidence")
_FIELD_KEYS = ("value", "confidence", "page", "box", "source")
_FINDING_KEYS = ("rule", "severity", "message", "fields")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    file: str
    document_id: str | None = None
    state: str
    kind: str | None = None
    confidence: float | None = None
    tax_year: int | None = None
    pages: list[Json] = field(default_factory=list[Json])
    fields: dict[str, Json] = field(default_factory=dict[str, Json])
    children: list[Json] = field(default_factory=list[Json])
    findings: list[Json] = field(default_factory=list[Json])
    code: str | None = None
    seconds: float

    @property
    def is_failure(self) -> bool:
        """It failed or could not be sent; a verdict on the document is no failure."""
        return self.state == "failed"

    def as_json(self) -> Json:
        return asdict(self)


def outcome_of(file: str, document: Json, *, shown: Json, seconds: float) -> Outcome:
    """`shown` is the document itself or, for a duplicate, its original."""
    return Outcome(
        file=file,
        document_id=shown["id"],
        state=document["state"],
        kind=shown["kind"],
        confidence=shown["confidence"],
        tax_year=shown["tax_year"],
        pages=[_only(_PAGE_KEYS, page) for page in shown["pages"]],
        fields=_fields(shown),
        children=[_child(child) for child in shown["children"]],
        findings=[_only(_FINDING_KEYS, finding) for finding in shown["findings"]],
        code=document["code"],
        seconds=seconds,
    )


def _child(child: Json) -> Json:
    return {**_only(("document_id", "kind", "pages"), child), "fields": _fields(child)}


def _fields(document: Json) -> dict[str, Json]:
    return {name: _only(_FIELD_KEYS, value) for name, value in document["fields"].items()}


def _only(keys: tuple[str, ...], found: Json) -> Json:
    return {key: found[key] for key in keys}
