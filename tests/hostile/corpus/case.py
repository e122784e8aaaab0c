"""One hostile file, and what may become of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

MOST_IN_A_NAME = 255


class Outcome(NamedTuple):
    """The document's state and code; ``refused`` when it was not even announced."""

    state: str
    code: str | None = None


DAMAGED = Outcome("rejected", "document_damaged")
EMPTY = Outcome("rejected", "document_empty")
ENCRYPTED = Outcome("rejected", "document_encrypted")
NOT_A_DOCUMENT = Outcome("rejected", "not_a_document")
TOO_LARGE = Outcome("rejected", "document_too_large")
XFA = Outcome("rejected", "document_is_xfa")
BLANK = Outcome("needs_review", "document_blank")
GAVE_UP = Outcome("needs_review", "reader_gave_up")
EMBEDDED = Outcome("needs_review", "embedded_documents")
MISMATCH = Outcome("rejected", "upload_mismatch")
UNSURE = Outcome("needs_review", "unsure_of_kind")
REFUSED = Outcome("refused", "invalid_request")
REFUSED_AS_TOO_LARGE = Outcome("refused", "document_too_large")
TOO_LARGE_A_BODY = Outcome("refused", "body_too_large")


@dataclass(frozen=True, slots=True)
class Case:
    """``outcome`` is None where nobody knows; what comes has to be a documented one.

    ``looks`` says that OCR has to look at it; ``is_slow`` keeps it out of `make test`.
    """

    name: str
    write: Callable[[Path], object]
    outcome: Outcome | None
    file_name: str
    announced_size: int | None = None
    looks: bool = False
    is_slow: bool = False

    @property
    def family(self) -> str:
        return self.name.split("/")[0]


def case(
    name: str,
    content: bytes | Callable[[], bytes],
    outcome: Outcome,
    *,
    file_name: str | None = None,
    looks: bool = False,
    is_slow: bool = False,
) -> Case:
    """Bytes that are costly to make are made when they are written."""

    def write(file: Path) -> None:
        file.write_bytes(content if isinstance(content, bytes) else content())

    called = f"{name.replace('/', ' - ')}.pdf" if file_name is None else file_name
    return Case(name, write, outcome, called, looks=looks, is_slow=is_slow)


def cases(
    family: str, contents: Iterable[tuple[str, bytes | Callable[[], bytes]]], outcome: Outcome
) -> Iterator[Case]:
    """Several of one family that have to end alike."""
    for name, content in contents:
        yield case(f"{family}/{name}", content, outcome)
