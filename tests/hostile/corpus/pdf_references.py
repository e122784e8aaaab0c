"""PDFs whose tables of references, trailers and object headers are wrong."""

from collections.abc import Iterator

from tests.hostile.corpus.case import DAMAGED, UNSURE, Case, Outcome, case, cases
from tests.hostile.corpus.raw_pdf import RawPdf, page_saying, says
from tests.hostile.corpus.reference_streams import with_streams, without_objects


def generated() -> Iterator[Case]:
    yield from cases("references", _mended().items(), UNSURE)
    yield from cases("references", _endured().items(), UNSURE)
    yield from cases("references", _lost().items(), DAMAGED)
    yield from cases("references", with_streams().items(), UNSURE)
    yield from cases("references", without_objects().items(), DAMAGED)
    yield from _headers()


def _mended() -> dict[str, bytes]:
    """What every reader of PDFs repairs, since the objects are all there."""
    plain = page_saying("A table that has to be mended")
    return {
        "start beyond the end": _pdf("start beyond").written(startxref=10**9),
        "start at zero": _pdf("start at zero").written(startxref=0),
        "start below zero": _pdf("start below zero").written(startxref=-5),
        "start in words": _pdf("start in words").written(startxref="here"),
        "no table at all": _without_table("no table at all"),
        "offsets shifted": _shifted("offsets shifted", 7),
        "offsets all zero": _zeroed("offsets all zero"),
        "junk before the table": plain.replace(b"xref\n0", b"junk xref\n0", 1),
        "size too small": _pdf("size too small").written(size=2),
        "size of a million": _pdf("size of a million").written(size=10**6),
        "ten updates": _updated("ten updates", 10),
        "200 updates": _updated("200 updates", 200),
        "generation 65535": _pdf("generation").written().replace(b"00000 n", b"65535 n"),
        "lines end in CR": RawPdf(eol=b"\r").one_page(says("lines end in CR")).written(),
        "lines end in CRLF": RawPdf(eol=b"\r\n").one_page(says("lines end in CRLF")).written(),
    }


def _endured() -> dict[str, bytes]:
    """Readers differ; ours looks for the objects and finds them."""
    return {
        "previous table is this one": _previous("itself", "{place}"),
        "previous table is below zero": _previous("below zero", "-1"),
        "previous table is huge": _previous("huge", "99999999999999999999"),
        "a size of two thousand million": _pdf("huge size").written(size=2**31 - 1),
        "a size below zero": _pdf("size below zero").written(size=-1),
        "one object defined 500 times": _repeated("often defined"),
        "an object that is itself": _itself("an object that is itself"),
        "object numbers of ten digits": _numbered("ten digits", 4_294_967_295),
        "object number eight million": _numbered("eight million", 8_388_600),
    }


def _lost() -> dict[str, bytes]:
    return {
        "no root": _pdf("no root").with_trailer("").written().replace(b"/Catalog", b"/Katalog"),
        "root is a number": _root("42"),
        "root is the page tree": _rooted("the tree", b"/Type /Catalog", b"/Type /Nothing"),
        "noise between header and end": b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"%%EOF",
        "zeros between header and end": b"%PDF-1.7\n" + bytes(10_000) + b"%%EOF",
        "a text between header and end": b"%PDF-1.7\n" + b"Dear accountant " * 100 + b"%%EOF",
        "only a trailer": b"%PDF-1.7\ntrailer\n<< /Root 1 0 R >>\n%%EOF",
        "a trailer of itself": b"%PDF-1.7\n1 0 obj 1 0 R endobj trailer<</Root 1 0 R>>\n%%EOF",
    }


def _headers() -> Iterator[Case]:
    """The mark of a PDF may stand a little later, and its version is nobody's concern."""
    for version in ("0.9", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.0", "9.9", "x.y"):
        pdf = RawPdf(version).one_page(says(f"version {version}")).written()
        yield case(f"header/version {version}", pdf, UNSURE)
    for before, outcome in ((1, UNSURE), (500, UNSURE), (1000, UNSURE), (1016, UNSURE)):
        yield case(f"header/after {before} bytes", b"#" * before + _said(before), outcome)
    for name, junk in {
        "a byte order mark": b"\xef\xbb\xbf",
        "an HTTP header": b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
        "a line feed": b"\n\n\n",
        "a mail's header": b"From: a@b.test\nContent-Transfer-Encoding: 8bit\n\n",
    }.items():
        yield case(f"header/after {name}", junk + page_saying(f"after {name}"), UNSURE)
    for name, tail, outcome in _tails():
        yield case(f"header/before {name}", page_saying(f"before {name}") + tail, outcome)


def _tails() -> list[tuple[str, bytes, Outcome]]:
    return [
        ("1,000 zeros", bytes(1000), UNSURE),
        ("a megabyte of zeros", bytes(2**20), DAMAGED),
        ("a page of HTML", b"<html><body>Thank you</body></html>", UNSURE),
    ]


def _said(before: int) -> bytes:
    return page_saying(f"after {before} bytes")


def _pdf(text: str) -> RawPdf:
    return RawPdf().one_page(says(text))


def _without_table(text: str) -> bytes:
    body, _ = _pdf(text).body()
    return body + b"trailer\n<< /Root 1 0 R /Size 11 >>\n%%EOF\n"


def _shifted(text: str, by: int) -> bytes:
    pdf = _pdf(text).written()
    at = pdf.index(b"%\xe2\xe3\xcf\xd3")
    return pdf[:at] + b"%" * by + b"\n" + pdf[at:]


def _zeroed(text: str) -> bytes:
    pdf = _pdf(text)
    written = pdf.written()
    for offset in pdf.body()[1].values():
        written = written.replace(f"{offset:010} 00000 n".encode(), b"0000000000 00000 n")
    return written


def _updated(text: str, times: int) -> bytes:
    pdf = _pdf(text)
    written = pdf.written()
    for number in range(times):
        previous = written.rindex(b"xref\n0 ") if not number else written.rindex(b"xref\n50")
        place = len(written)
        row = f"50 0 obj\n({number})\nendobj\n".encode()
        table = f"xref\n50 1\n{place:010} 00000 n \n"
        trailer = f"trailer\n<< /Size 51 /Root 1 0 R /Prev {previous} >>\n"
        start = place + len(row)
        written += row + f"{table}{trailer}startxref\n{start}\n%%EOF\n".encode()
    return written


def _previous(text: str, place: str) -> bytes:
    pdf = _pdf(f"previous {text}")
    at = str(len(pdf.body()[0]))
    return pdf.with_trailer(f"/Root 1 0 R /Prev {place.format(place=at)}").written()


def _repeated(text: str) -> bytes:
    body, _ = _pdf(text).body()
    again = b"".join(b"77 0 obj\n(%d)\nendobj\n" % number for number in range(500))
    return body + again + b"trailer\n<< /Root 1 0 R /Size 78 >>\n%%EOF\n"


def _itself(text: str) -> bytes:
    pdf = _pdf(text)
    pdf.put(20, "20 0 R")
    pdf.put(3, pdf.objects[3].replace(b"/MediaBox", b"/Rotate 20 0 R /MediaBox"))
    return pdf.written()


def _numbered(text: str, number: int) -> bytes:
    body, _ = _pdf(text).body()
    odd = f"{number} 0 obj\n<< /Odd true >>\nendobj\n".encode()
    return body + odd + b"trailer\n<< /Root 1 0 R /Size 11 >>\n%%EOF\n"


def _root(root: str) -> bytes:
    pdf = _pdf(f"root {root}").with_trailer(f"/Root {root}").written()
    return pdf.replace(b"/Catalog", b"/Nothing")


def _rooted(text: str, old: bytes, new: bytes) -> bytes:
    pdf = _pdf(text).with_trailer("/Root 2 0 R").written()
    return pdf.replace(old, new).replace(b"/Pages 2 0 R", b"/Sides 2 0 R")
