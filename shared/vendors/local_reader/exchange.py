"""What host and worker say to each other: a job one way, answers the other, each a line of JSON."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from shared.platform.messages import Message
from shared.vendors.reading import Cargo, Page


class Task(StrEnum):
    MEASURE = "measure"
    READ_TEXT = "read_text"
    READ = "read"
    DRAW = "draw"


class Job(Message):
    """``images`` is where the pages are drawn; nothing is drawn without it.

    To read text is to read without OCR, as far as the first page that needs it; to draw is to read
    without OCR to the end, so that a page which needs it comes without words.
    """

    task: Task
    file: str
    images: str | None = None
    page_cpu_seconds: int


class PageChecked(Message):
    """A sign of life while a file is measured, which may have hundreds of pages."""

    says: Literal["checked"] = "checked"


class Measured(Message):
    says: Literal["measured"] = "measured"
    media_type: str
    pages: int


class PageRead(Message):
    says: Literal["page"] = "page"
    page: Page


class FileRead(Message):
    """Every page was said before this."""

    says: Literal["read"] = "read"
    reader: str
    cargo: tuple[Cargo, ...] = ()


class OcrNeeded(Message):
    """A page has to be looked at, which this task may not: no fault of the file's."""

    says: Literal["ocr_needed"] = "ocr_needed"


class Refused(Message):
    says: Literal["refused"] = "refused"
    code: str
    message: str


class Stumbled(Message):
    """A fault of ours or the parser's: where, never what, since a message may quote the file."""

    says: Literal["stumbled"] = "stumbled"
    where: str


Answer: TypeAlias = Annotated[
    PageChecked | Measured | PageRead | FileRead | OcrNeeded | Refused | Stumbled,
    Field(discriminator="says"),
]
answers: TypeAdapter[Answer] = TypeAdapter(Answer)
