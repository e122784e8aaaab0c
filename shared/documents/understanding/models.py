"""What understanding answers with: kinds of pages, parts of a file, values, findings."""

from enum import StrEnum

from shared.documents.kinds import DocumentKind
from shared.platform.messages import Message
from shared.vendors.reading import Box


class FieldSource(StrEnum):
    TEXT_LAYER = "text_layer"
    FORM_FIELD = "form_field"
    OCR = "ocr"
    DERIVED = "derived"
    MODEL = "model"
    PERSON = "person"


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class PageKind(Message):
    page: int
    kind: DocumentKind
    confidence: float


class Part(Message):
    """One form, or one run of pages, inside a file; a plain file has exactly one."""

    kind: DocumentKind
    confidence: float
    pages: tuple[int, ...]


class FieldValue(Message):
    """One value: ``None`` when it cannot be read, never zero; amounts decimal, dates ISO.

    ``raw`` is the text as it stands on the page. A derived value has no box of its own.
    """

    name: str
    value: str | None
    raw: str | None
    confidence: float
    page: int | None
    box: Box | None
    source: FieldSource


class Finding(Message):
    """A rule that did not hold, or something a person should know; ``fields`` it speaks of."""

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()


class Extraction(Message):
    """What a part says, and what a person should know about how that was found."""

    tax_year: int | None
    fields: tuple[FieldValue, ...]
    findings: tuple[Finding, ...] = ()
