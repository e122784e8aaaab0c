"""Shapes of the documents domain, and the decisions they can make alone."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.documents.errors import NotCorrectable, NotRereadable, Overtaken, ReviewNotOpen
from shared.documents.kinds import DocumentKind
from shared.documents.names import clean_name
from shared.documents.understanding.models import FieldSource, Severity
from shared.platform.errors import Conflict, Stale
from shared.platform.messages import Message
from shared.platform.redaction import redact
from shared.platform.text import Line, Prose
from shared.vendors.reading import Box

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
MAX_ANNOUNCED_BYTES = 2**62  # what a bigint holds


class DocumentState(StrEnum):
    EXPECTED = "expected"
    RECEIVED = "received"
    PROCESSING = "processing"
    ACCEPTED = "accepted"
    NEEDS_REVIEW = "needs_review"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"


UNDER_WAY = frozenset({DocumentState.EXPECTED, DocumentState.RECEIVED, DocumentState.PROCESSING})
READ = frozenset({DocumentState.ACCEPTED, DocumentState.NEEDS_REVIEW})


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REREAD = "reread"


class DocumentFacts(BaseModel):
    """What is known about a file, or a part of a packet. ``version`` is its ETag.

    ``code`` and ``detail`` say why it was rejected, failed, sent to a person or is expected again.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    client_id: UUID
    parent_id: UUID | None
    name: str
    state: DocumentState
    code: str | None
    detail: str | None
    kind: DocumentKind | None
    confidence: float | None
    tax_year: int | None
    size: int | None
    media_type: str | None
    duplicate_of: UUID | None
    version: int
    created_at: datetime
    received_at: datetime | None


class Document(DocumentFacts):
    """``pages`` are the numbers of its pages in the file, ``run`` its latest."""

    pages: list[int]
    run: int

    def require_version(self, version: int) -> None:
        if self.version != version:
            raise Stale(f"The document is at version {self.version}")

    def is_read_by(self, run: int) -> bool:
        """Whether that run is at work on it: a late step of an older one changes nothing."""
        return self.run == run and self.state is DocumentState.PROCESSING

    def require_run(self, run: int) -> None:
        if self.run != run:
            raise Overtaken(f"Run {self.run} has begun")

    def require_file_settled(self, file: "Document", refusal: type[Conflict]) -> None:
        """Of a part: nobody changes it while its file is under way."""
        file.require_run(self.run)
        if file.state in UNDER_WAY:
            raise refusal(f"Its file is {file.state}")

    def require_in_review(self, version: int) -> None:
        self.require_version(version)
        if self.state is not DocumentState.NEEDS_REVIEW:
            raise ReviewNotOpen(f"The document is {self.state}")

    def require_correctable(self, version: int) -> None:
        self.require_version(version)
        if self.state not in READ:
            raise NotCorrectable(f"The document is {self.state}")

    def require_rereadable(self) -> None:
        if self.parent_id or self.state in UNDER_WAY or self.state is DocumentState.DUPLICATE:
            raise NotRereadable(f"The document is {self.state}")


class DocumentKey(BaseModel):
    """Where a page of documents ends: newest first, or oldest first in the review queue."""

    at: datetime
    id: UUID


FileName = Annotated[
    str,
    Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"),
    AfterValidator(clean_name),
    AfterValidator(redact),  # clients do call a file by somebody's SSN
]


class NewUpload(BaseModel):
    """What a client announces before it sends: name, bytes, SHA-256 in hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: UUID
    name: FileName
    size: int = Field(ge=0, le=MAX_ANNOUNCED_BYTES)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Announcement(BaseModel):
    """What the bytes under a document's name have to be."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Upload(BaseModel):
    """Where to PUT the bytes and with which headers; no URL when they are here already."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    already_received: bool
    upload_url: str | None
    upload_headers: dict[str, str]
    expires_at: datetime | None


class Run(BaseModel):
    """One reading of one document; no ``outcome`` while it is under way."""

    model_config = ConfigDict(frozen=True)

    number: int
    reader: str | None
    outcome: str | None
    code: str | None
    started_at: datetime
    finished_at: datetime | None


class PageRow(BaseModel):
    model_config = ConfigDict(frozen=True)

    page: int
    kind: DocumentKind | None
    confidence: float | None


class FieldRow(BaseModel):
    """A value as it is kept: a TIN only sealed, with its last four digits beside it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    value: str | None
    value_sealed: bytes | None
    last4: str | None
    confidence: float
    page: int | None
    box: Box | None
    source: FieldSource


class FieldOfDocument(FieldRow):
    document_id: UUID


class FieldView(BaseModel):
    """A value as it is shown: a TIN masked; the box in fractions of the page, origin top left."""

    model_config = ConfigDict(frozen=True)

    value: str | None
    confidence: float
    page: int | None
    box: Box | None
    source: FieldSource


class FindingRow(BaseModel):
    model_config = ConfigDict(frozen=True)

    rule: str
    severity: Severity
    message: str
    fields: list[str]


class FindingOfDocument(FindingRow):
    document_id: UUID


class PartView(BaseModel):
    """One form inside a packet, a document of its own."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    kind: DocumentKind | None
    confidence: float | None
    state: DocumentState
    tax_year: int | None
    version: int
    pages: list[int]
    fields: dict[str, FieldView]
    findings: list[FindingRow]


class DocumentView(DocumentFacts):
    """Everything known about one document: pages, fields, parts, findings, runs."""

    pages: list[PageRow]
    fields: dict[str, FieldView]
    children: list[PartView]
    findings: list[FindingRow]
    runs: list[Run]


class FieldCorrection(BaseModel):
    """What a person reads in that box; null when nobody can read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Annotated[str, Line(1000, shortest=0)] | None


Reason = Annotated[str, Prose(500), AfterValidator(redact)]


class Accept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Literal["accepted"]


class Reject(BaseModel):
    """``reason`` becomes the document's detail: the client reads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Literal["rejected"]
    reason: Reason | None = None


class ChangeKind(BaseModel):
    """It is another kind of document: its values are looked for again, as that kind's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Literal["kind_changed"]
    kind: DocumentKind


NewDecision = Annotated[Accept | Reject | ChangeKind, Field(discriminator="verdict")]


class Measured(Message):
    is_duplicate: bool


class Classified(Message):
    has_fields: bool


class Review(Message):
    """What was decided about asking a person, with the dates it was decided with."""

    state: DocumentState
    needs_person: bool
    round: int = 0
    remind_at: datetime | None = None
    deadline: datetime | None = None


class ReviewRound(BaseModel):
    model_config = ConfigDict(frozen=True)

    round: int
    remind_at: datetime
    deadline: datetime


class RunToStart(BaseModel):
    """A run somebody has opened and a story must carry out."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    number: int


class Due(BaseModel):
    """A firm with documents on the way."""

    model_config = ConfigDict(frozen=True)

    organization_id: UUID


class SealedValue(BaseModel):
    """A TIN among the values of a document."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    value_sealed: bytes


class DocumentId(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
