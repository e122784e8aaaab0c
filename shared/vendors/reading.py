"""Reading what is on a page: the role, and the shapes every reader answers with.

Boxes are fractions of the page as displayed (rotation applied), origin top left:
``(x0, y0, x1, y1)`` with ``0 <= x0 <= x1 <= 1``. Pages count from 1.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

from pydantic import AfterValidator

from shared.platform.errors import AppError, Invalid
from shared.platform.messages import Message

Box: TypeAlias = tuple[float, float, float, float]


class WordSource(StrEnum):
    TEXT_LAYER = "text_layer"
    OCR = "ocr"


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")


def _without_controls(text: str) -> str:
    """Fonts and forms hand over NULs and the like, which no database keeps and nobody sees."""
    return text if text.isprintable() else "".join(each for each in text if each.isprintable())


Printed = Annotated[str, AfterValidator(_without_controls)]
FormValue = Annotated[str, AfterValidator(_without_nul)]


class Word(Message):
    """One word. Words of one printed line share ``line``, which counts from 0 on each page."""

    text: Printed
    box: Box
    line: int
    confidence: float


class FormField(Message):
    """A filled AcroForm widget; its value is in no text layer. A check box is ``"Yes"``."""

    name: str
    value: FormValue
    box: Box


class Page(Message):
    """A page as displayed: its size in pixels of the rendered image, and what stands on it.

    ``words`` come in reading order, from one source; ``fields`` only from PDF forms.
    """

    number: int
    width: int
    height: int
    source: WordSource
    words: tuple[Word, ...]
    fields: tuple[FormField, ...] = ()


class Cargo(StrEnum):
    """What a file carries besides its pages: scripts, other files, or documents of its own."""

    SCRIPTS = "active_content"
    FILES = "embedded_files"
    DOCUMENTS = "embedded_documents"


class Reading(Message):
    """What one reader saw in one file.

    ``instead_of_cloud`` is the code of what kept the cloud reader from reading it.
    """

    reader: str
    pages: tuple[Page, ...]
    cargo: tuple[Cargo, ...] = ()
    instead_of_cloud: str | None = None


class ModelField(Message):
    """A value that a vendor's model for this kind of document found, under our name for it.

    ``value`` is plain: amounts decimal, dates ISO; ``raw`` is what is printed there.
    """

    name: str
    value: FormValue
    raw: FormValue
    confidence: float
    page: int
    box: Box


class ModelFields(Message):
    """What a vendor's model found on some pages; a name stands there once for each copy."""

    model: str
    fields: tuple[ModelField, ...]


class Measurement(Message):
    """What the bytes are, by content and never by name: size, SHA-256 (hex), type, pages."""

    size: int
    sha256: str
    media_type: str
    pages: int


class Unreadable(Invalid):
    """The bytes are not a document anyone can read; asking again will not help."""

    code = "unreadable"
    remedy = "Send it as a PDF or a picture"


class NotADocument(Unreadable):
    """Neither a PDF nor an image of a kind we take."""

    code = "not_a_document"
    remedy = "Send a PDF or a picture (PNG, JPEG, TIFF, HEIC, WebP, BMP)"


class EmptyFile(Unreadable):
    """It has no bytes."""

    code = "document_empty"
    remedy = "Send it again"


class DocumentEncrypted(Unreadable):
    """A password protects it; the client sends it again without one."""

    code = "document_encrypted"
    remedy = "Remove the password and send it again"


class DocumentDamaged(Unreadable):
    """It is cut off or corrupt."""

    code = "document_damaged"
    remedy = "Export or scan it again, and send that"


class DocumentTooLarge(Unreadable):
    """More bytes, pages or pixels than we take."""

    code = "document_too_large"
    remedy = "Split it and send its parts"


class XfaForm(Unreadable):
    """An XFA form has no pages of its own; the client prints it to PDF."""

    code = "document_is_xfa"
    remedy = "Print the form to PDF and send that"


class ReaderUnavailable(AppError):
    """Nothing in this deployment reads pictures of text; a person can."""

    status = 503
    code = "reader_unavailable"
    remedy = "Look at the file yourself, or have a reader installed"


class ReaderGaveUp(AppError):
    """The reader died, hung or outgrew its limits twice on this file; a person looks at it."""

    status = 503
    code = "reader_gave_up"
    remedy = "Look at the file yourself"


class CloudReaderUnavailable(AppError):
    """The cloud reader is away, also after being asked again: read without it, or ask a person."""

    status = 503
    code = "cloud_reader_unavailable"
    remedy = "Read it again later"


class CloudReaderMissing(CloudReaderUnavailable):
    """Nobody has told this deployment where a cloud reader is."""

    status = 409
    code = "cloud_reader_missing"
    remedy = "Leave cloud reading off, or have FORM_RECOGNIZER_ENDPOINT set"


class CloudReaderRejected(CloudReaderUnavailable):
    """Our key, identity or model is not what it wants: somebody has to set it up anew."""

    status = 502
    code = "cloud_reader_rejected"
    remedy = "Have whoever runs the deployment set the cloud reader up anew"


class CloudReaderThrottled(CloudReaderUnavailable):
    """It asks us to wait for longer than a document should."""

    code = "cloud_reader_throttled"
    remedy = "Read it again later, or have the cloud reader's tier raised"


class CloudReaderTooSlow(CloudReaderUnavailable):
    """It has not finished within the time we give it."""

    code = "cloud_reader_too_slow"
    remedy = "Read it again later"


class CloudReaderRefusedFile(CloudReaderUnavailable):
    """It does not take this file, which we could measure: too large, or a type it does not know."""

    code = "cloud_reader_refused_file"
    remedy = "Look at the file yourself, or let this deployment read it"


class Reader(Protocol):
    """Reads files on the local disk; never keeps them."""

    async def measure(self, file: Path) -> Measurement:
        """Say what the file is. Raises ``Unreadable`` or a subclass."""
        ...

    async def read(self, file: Path, images: Path) -> Reading:
        """Read every page and render each to ``images/{number}.png`` (long side at most 2000 px).

        Raises ``Unreadable`` or a subclass, ``ReaderUnavailable`` when a page needs OCR and
        there is none, ``ReaderGaveUp``.
        """
        ...


class CloudReader(Protocol):
    """Sends what this machine cannot read by itself to a vendor, and pays for it.

    Whatever goes wrong there is a ``CloudReaderUnavailable``.
    """

    async def read(self, file: Path, images: Path) -> Reading:
        """As a ``Reader``; only pages without a text layer are sent."""
        ...

    def understands(self, kind: str) -> bool:
        """Whether the vendor has a model for that kind of document."""
        ...

    async def understand(self, file: Path, kind: str, pages: Sequence[Page]) -> ModelFields:
        """Ask the model for that kind what the pages say."""
        ...


class NoReader:
    """A deployment without a reader: every document waits for a person."""

    async def measure(self, file: Path) -> Measurement:
        raise ReaderUnavailable(f"This deployment reads no documents, {file.name} neither")

    async def read(self, file: Path, images: Path) -> Reading:
        raise ReaderUnavailable(f"This deployment fills no {images.name} from {file.name}")
