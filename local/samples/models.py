"""What a sample document says, and what the pipeline should make of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from shared.documents.kinds import DocumentKind


class ExpectedState(StrEnum):
    ACCEPTED = "accepted"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Content:
    """One form: its fields as they should be read, and blocks of lines printed with them.

    Amounts are plain decimals, dates ISO. Blocks stand for what a field cannot say:
    an address in the lines it is printed in, a name split over two columns.
    """

    kind: DocumentKind
    tax_year: int | None = None
    fields: dict[str, str] = field(default_factory=dict[str, str])
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True)
class SamplePart:
    """One form inside a packet, and the pages it stands on."""

    kind: DocumentKind
    tax_year: int | None
    pages: tuple[int, ...]
    fields: dict[str, str]


@dataclass(frozen=True)
class Sample:
    """A file and its truth. ``kind`` is empty for a packet and for what is not a document."""

    path: Path
    kind: DocumentKind | None
    tax_year: int | None
    fields: dict[str, str]
    expected_state: ExpectedState
    pages: int | None = None
    parts: tuple[SamplePart, ...] = ()
    findings: tuple[str, ...] = ()
    code: str | None = None
