"""PDFs that do something, or carry something; they are read, and nothing of it happens."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from tests.hostile.corpus.case import DAMAGED, EMBEDDED, UNSURE, XFA, Case, case, cases
from tests.hostile.corpus.programs import EICAR, windows_program
from tests.hostile.corpus.raw_pdf import RawPdf, page_saying, says

ALERT = "<< /S /JavaScript /JS (app.alert\\('hello'\\);) >>"


def generated() -> Iterator[Case]:
    yield from cases("active", _actions().items(), UNSURE)
    yield from cases("active", _carriers().items(), UNSURE)
    yield from cases("active", _with_documents().items(), EMBEDDED)
    yield from _xfa()
    yield from _two_things_at_once()


def _actions() -> dict[str, bytes]:
    opened = {
        "a script on opening": ALERT,
        "an endless script on opening": "<< /S /JavaScript /JS (while\\(true\\){}) >>",
        "a program on opening": "<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>",
        "an address on opening": "<< /S /URI /URI (http://127.0.0.1:9/beacon) >>",
        "a form sent on opening": "<< /S /SubmitForm /F (http://127.0.0.1:9/) /Fields [] >>",
        "data imported on opening": "<< /S /ImportData /F (/etc/passwd) >>",
        "another file on opening": "<< /S /GoToR /F (//127.0.0.1/share/a.pdf) /D [0 /Fit] >>",
        "an embedded file on opening": "<< /S /GoToE /D [0 /Fit] /T << /R /C /N (a.pdf) >> >>",
        "a film on opening": "<< /S /Rendition /OP 0 /R << /S /MR >> >>",
        "a sound on opening": "<< /S /Sound /Sound 4 0 R >>",
        "a chain of scripts": f"<< /S /JavaScript /JS (1) /Next [{ALERT} {ALERT} {ALERT}] >>",
    }
    made = {
        name: page_saying(f"active: {name}", catalog=f"/OpenAction {action}")
        for name, action in opened.items()
    }
    return made | {
        "a script by name": page_saying(
            "a script by name", catalog=f"/Names << /JavaScript << /Names [(a) {ALERT}] >> >>"
        ),
        "a script on closing": page_saying("a script on closing", catalog=f"/AA << /WC {ALERT} >>"),
        "a script on turning a page": page_saying("turning a page", page=f"/AA << /O {ALERT} >>"),
        "a script in a field": _field("a script in a field", f"/AA << /K {ALERT} /C {ALERT} >>"),
        "a link to a program": _annotation(
            "a link to a program", "/Subtype /Link /A << /S /Launch /F (/bin/sh) >>"
        ),
    }


def _field(text: str, entries: str) -> bytes:
    pdf = RawPdf().one_page(
        says(text), page="/Annots [20 0 R]", catalog="/AcroForm << /Fields [20 0 R] >>"
    )
    pdf.put(20, f"<< /Subtype /Widget /FT /Tx /T (a) /V (7) /Rect [9 9 90 30] {entries} >>")
    return pdf.written()


def _annotation(text: str, entries: str) -> bytes:
    pdf = RawPdf().one_page(says(text), page="/Annots [20 0 R]")
    pdf.put(20, f"<< /Type /Annot /Rect [9 9 90 30] {entries} >>")
    return pdf.written()


def _carriers() -> dict[str, bytes]:
    return {
        "a program inside": _carrying("invoice.exe", windows_program()),
        "a virus test inside": _carrying("eicar.com", EICAR),
        "a bomb inside": _carrying("bomb.bin", bytes(50 * 2**20), is_packed=True),
        "a file with a path trick inside": _carrying("../../../../etc/cron.d/job", b"* * * * *"),
        "files in a list that is a loop": _looped_list(),
        "rich media": _annotation("rich media", "/Subtype /RichMedia /RichMediaContent 4 0 R"),
        "a film": _annotation("a film", "/Subtype /Movie /Movie << /F (film.avi) >>"),
        "a screen": _annotation("a screen", "/Subtype /Screen /A << /S /Rendition /OP 4 >>"),
        "a model": _annotation("a model", "/Subtype /3D /3DD 4 0 R"),
    }


def _attached(name: str, content: bytes, *, is_packed: bool = False) -> tuple[RawPdf, str]:
    pdf = RawPdf()
    held = pdf.flate(content, "/Type /EmbeddedFile") if is_packed else pdf.stream(content)
    file = pdf.add(f"<< /Type /Filespec /F ({name}) /EF << /F {held} 0 R >> >>")
    return pdf, f"/Names << /EmbeddedFiles << /Names [({name}) {file} 0 R] >> >>"


def _carrying(name: str, content: bytes, *, is_packed: bool = False) -> bytes:
    pdf, names = _attached(name, content, is_packed=is_packed)
    return pdf.one_page(says(f"carrying {name}"), catalog=names).written()


def _note_with_file() -> bytes:
    pdf = RawPdf()
    held = pdf.stream(EICAR)
    pdf.put(20, f"<< /Subtype /FileAttachment /Rect [9 9 30 30] /FS 21 0 R /Contents ({held}) >>")
    pdf.put(21, f"<< /Type /Filespec /F (a.exe) /EF << /F {held} 0 R >> >>")
    return pdf.one_page(says("a file in a note"), page="/Annots [20 0 R]").written()


def _looped_list() -> bytes:
    pdf = RawPdf()
    pdf.put(20, "<< /Kids [20 0 R] /Limits [(a) (z)] >>")
    names = "/Names << /EmbeddedFiles 20 0 R >>"
    return pdf.one_page(says("files in a list that is a loop"), catalog=names).written()


def _with_documents() -> dict[str, bytes]:
    """Of a portfolio the page is a cover that says so; what the client means is inside."""
    made: dict[str, bytes] = {
        "a PDF inside": _carrying("inner.pdf", page_saying("inside")),
        "a picture inside": _carrying("W-2.JPG", b"\xff\xd8"),
        "a file in a note": _note_with_file(),
    }
    for view in ("D", "T", "H", "C"):
        pdf, names = _attached(f"w2-{view}.pdf", page_saying("Wage and Tax Statement"))
        catalog = f"{names} /Collection << /Type /Collection /View /{view} >>"
        cover = says(f"For the best experience, open this PDF portfolio in Acrobat ({view})")
        made[f"a portfolio, view {view}"] = pdf.one_page(cover, catalog=catalog).written()
    return made


def _xfa() -> Iterator[Case]:
    wait = "Please wait... If this message is not eventually replaced"
    for name, text, catalog, outcome in (
        ("dynamic", wait, "/NeedsRendering true", XFA),
        ("dynamic, with another page", "Something else", "/NeedsRendering true", XFA),
        ("only a request to wait", wait, "", XFA),
        ("static", "A form whose page is real", "", UNSURE),
    ):
        yield case(f"xfa/{name}", _xfa_form(text, catalog, "[(template) 20 0 R]"), outcome)
    for name, packets in {
        "of missing packets": "[(template) 99 0 R (datasets) 98 0 R]",
        "that is no list": "20 0 R",
        "of odd packets": "[20 0 R]",
    }.items():
        pdf = _xfa_form(f"a form {name}", "", packets)
        yield case(f"xfa/{name}", pdf, UNSURE)


def _xfa_form(text: str, catalog: str, packets: str) -> bytes:
    pdf = RawPdf().one_page(
        says(text), catalog=f"{catalog} /AcroForm << /Fields [] /XFA {packets} >>"
    )
    pdf.put(20, b"<< /Length 30 >>\nstream\n<template xmlns='x'></template>\nendstream")
    return pdf.written()


def _two_things_at_once() -> Iterator[Case]:
    """Files that are a PDF to one program and something else to another."""
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("run.sh", "#!/bin/sh\n")
    yield case("both/PDF and ZIP", page_saying("PDF and ZIP") + archive.getvalue(), UNSURE)
    yield case("both/script and PDF", b"#!/bin/sh\nexit 0\n" + page_saying("script"), UNSURE)
    html = b"<html><script>alert(1)</script><!--\n" + page_saying("HTML and PDF") + b"-->"
    yield case("both/HTML and PDF", html, UNSURE)
    yield case("both/program and PDF", windows_program()[:512] + page_saying("program"), UNSURE)
    yield case(
        "both/GIF and PDF", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;" + page_saying("G"), UNSURE
    )
    yield case("both/JPEG and PDF", b"\xff\xd8\xff\xfe\x00\x10" + page_saying("JPEG"), UNSURE)
    yield case("both/HTML that quotes a PDF", b"<p>%PDF-1.7 is how it starts</p>", DAMAGED)
    yield case("both/program that quotes a PDF", windows_program()[:200] + b"%PDF-1.4", DAMAGED)
