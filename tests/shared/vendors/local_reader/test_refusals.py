"""What the bytes are, and what we do not take."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from shared.vendors.local_reader import LocalReader
from shared.vendors.local_reader.limits import MAX_BYTES, MAX_PAGES
from shared.vendors.reading import (
    DocumentDamaged,
    DocumentEncrypted,
    DocumentTooLarge,
    EmptyFile,
    Measurement,
    NotADocument,
    Unreadable,
    XfaForm,
)
from tests.shared.vendors.local_reader import paper

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


async def test_a_pdf_is_measured_whatever_it_is_called(reader: LocalReader, tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "holiday.jpg", paper.printed("One"), paper.printed("Two"))

    assert await reader.measure(file) == Measurement(
        size=file.stat().st_size,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        media_type="application/pdf",
        pages=2,
    )


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("HEIF", "image/heic"),
    ],
)
async def test_a_picture_is_measured_by_its_content(
    reader: LocalReader, tmp_path: Path, kind: str, media_type: str
) -> None:
    file = paper.saved(paper.picture("W-2"), tmp_path / "scan.pdf", format=kind)

    measurement = await reader.measure(file)

    assert (measurement.media_type, measurement.pages) == (media_type, 1)


async def test_an_empty_file_is_refused(reader: LocalReader, tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        await reader.measure(written(tmp_path / "w2.pdf", b""))


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00" + bytes(4096), b"\x7fELF" + bytes(4096), b"Dear accountant,\n" * 50, EICAR],
    ids=["a Windows program", "a Linux program", "a text", "a virus test"],
)
async def test_what_is_no_document_is_refused(
    reader: LocalReader, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(NotADocument):
        await reader.measure(written(tmp_path / "w2.pdf", content))


async def test_an_archive_is_not_a_document(reader: LocalReader, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w2.pdf", "w") as archive:
        archive.writestr("w2.txt", "inside")

    with pytest.raises(NotADocument):
        await reader.measure(tmp_path / "w2.pdf")


async def test_a_pdf_that_needs_a_password_is_encrypted(
    reader: LocalReader, tmp_path: Path
) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Secret"), password="opensesame")

    with pytest.raises(DocumentEncrypted):
        await reader.measure(file)


async def test_a_pdf_that_only_forbids_printing_is_read(
    reader: LocalReader, tmp_path: Path
) -> None:
    def forbid(writer: paper.pypdf.PdfWriter) -> None:
        writer.encrypt("", "owner", algorithm="AES-256")

    file = paper.reworked(paper.pdf(tmp_path / "a.pdf", paper.printed("Statement")), forbid)

    reading = await reader.read(file, tmp_path / "pages")

    assert [word.text for word in reading.pages[0].words] == ["Statement"]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
async def test_a_truncated_pdf_is_damaged(
    reader: LocalReader, tmp_path: Path, share: float
) -> None:
    whole = paper.pdf(tmp_path / "a.pdf", *[paper.printed("Page")] * 20).read_bytes()

    with pytest.raises(DocumentDamaged):
        await reader.measure(written(tmp_path / "b.pdf", whole[: int(len(whole) * share)]))


async def test_a_pdf_of_noise_is_damaged(reader: LocalReader, tmp_path: Path) -> None:
    noise = b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"%%EOF"

    with pytest.raises(DocumentDamaged):
        await reader.measure(written(tmp_path / "a.pdf", noise))


async def test_a_pdf_without_pages_is_damaged(reader: LocalReader, tmp_path: Path) -> None:
    paper.pypdf.PdfWriter().write(tmp_path / "a.pdf")

    with pytest.raises(DocumentDamaged):
        await reader.measure(tmp_path / "a.pdf")


async def test_a_locked_pdf_says_nothing_about_the_next(
    reader: LocalReader, tmp_path: Path
) -> None:
    def lock(writer: paper.pypdf.PdfWriter) -> None:
        writer.encrypt("secret", algorithm="AES-256")

    locked = paper.reworked(paper.pdf(tmp_path / "a.pdf", paper.printed("Statement")), lock)
    paper.pypdf.PdfWriter().write(tmp_path / "b.pdf")

    with pytest.raises(DocumentEncrypted):
        await reader.measure(locked)
    with pytest.raises(DocumentDamaged):
        await reader.measure(tmp_path / "b.pdf")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "HEIF"])
async def test_a_truncated_picture_is_damaged(
    reader: LocalReader, tmp_path: Path, kind: str
) -> None:
    noise = paper.Image.effect_noise((400, 400), 90).convert("RGB")
    whole = paper.saved(noise, tmp_path / "a", format=kind).read_bytes()

    with pytest.raises(DocumentDamaged):
        await reader.measure(written(tmp_path / "b", whole[: len(whole) // 2]))


async def test_more_bytes_than_we_take_are_too_large(reader: LocalReader, tmp_path: Path) -> None:
    with (tmp_path / "a.pdf").open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(DocumentTooLarge):
        await reader.measure(tmp_path / "a.pdf")


async def test_more_pages_than_we_take_are_too_large(reader: LocalReader, tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "a.pdf", *[paper.printed("Page")] * (MAX_PAGES + 1))

    with pytest.raises(DocumentTooLarge):
        await reader.measure(file)


async def test_a_small_file_of_too_many_pixels_is_too_large(
    reader: LocalReader, tmp_path: Path
) -> None:
    file = paper.saved(paper.Image.new("1", (20_000, 10_000)), tmp_path / "bomb.png")

    with pytest.raises(DocumentTooLarge):
        await reader.measure(file)


async def test_a_dynamic_xfa_form_has_no_pages_to_read(reader: LocalReader, tmp_path: Path) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.printed("Please wait..."))

    with pytest.raises(XfaForm):
        await reader.measure(paper.reworked(file, paper.make_xfa(dynamic=True)))


async def test_a_form_whose_pages_stand_without_xfa_is_read(
    reader: LocalReader, tmp_path: Path
) -> None:
    file = paper.pdf(tmp_path / "a.pdf", paper.filled_form)

    measurement = await reader.measure(paper.reworked(file, paper.make_xfa(dynamic=False)))

    assert measurement.pages == 1


async def test_a_refusal_leaves_the_worker_ready(reader: LocalReader, tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        await reader.measure(written(tmp_path / "bad.pdf", b"%PDF-1.7 nothing"))

    good = paper.pdf(tmp_path / "good.pdf", paper.printed("Fine"))
    assert (await reader.measure(good)).pages == 1
