"""Which kind of file the bytes are; a name proves nothing."""

from pathlib import Path
from typing import TypeAlias

from shared.vendors.local_reader.limits import MAX_BYTES
from shared.vendors.local_reader.pdf import PdfFile
from shared.vendors.local_reader.pictures import PictureFile
from shared.vendors.reading import DocumentTooLarge, EmptyFile

ReadableFile: TypeAlias = PdfFile | PictureFile

_HEADER = 1024  # how far into a file its readers have always looked for the mark of a PDF


def open_file(file: Path) -> ReadableFile:
    size = file.stat().st_size
    if size == 0:
        raise EmptyFile("The file is empty")
    if size > MAX_BYTES:
        raise DocumentTooLarge(f"It is larger than {MAX_BYTES // 1024**2} MB")
    with file.open("rb") as stream:
        start = stream.read(_HEADER)
    return PdfFile(file) if b"%PDF-" in start else PictureFile(file)
