"""What a PDF carries besides its pages; none of it is opened here, and nothing of it runs."""

from mmap import ACCESS_READ, mmap
from pathlib import Path

import pypdfium2 as pdfium

from shared.vendors.reading import Cargo

_DOCUMENTS = ("pdf", "png", "jpg", "jpeg", "tif", "tiff", "heic", "heif", "webp", "bmp", "gif")
_SCRIPTS = (b"/JavaScript", b"/Launch")
_COLLECTIONS = (b"/Collection", b"/FileAttachment")
_MOST_NAMES = 100


def cargo_of(document: pdfium.PdfDocument, file: Path) -> tuple[Cargo, ...]:
    """Tell files and scripts inside; what stands in compressed objects only pdfium can count."""
    names = _attachment_names(document)
    with file.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
        has_scripts = any(content.find(mark) >= 0 for mark in _SCRIPTS)
        is_collection = any(content.find(mark) >= 0 for mark in _COLLECTIONS)
    cargo: list[Cargo] = []
    if is_collection or any(name.endswith(_DOCUMENTS) for name in names):
        cargo.append(Cargo.DOCUMENTS)
    elif names:
        cargo.append(Cargo.FILES)
    if has_scripts:
        cargo.append(Cargo.SCRIPTS)
    return tuple(cargo)


def _attachment_names(document: pdfium.PdfDocument) -> list[str]:
    count = min(document.count_attachments(), _MOST_NAMES)
    return [document.get_attachment(index).get_name().lower() for index in range(count)]
