"""PDFs whose pages are more work than a page may be: bombs, loops, endless drawings."""

from base64 import a85encode
from collections.abc import Callable, Iterator
from zlib import compress

from tests.hostile.corpus.case import BLANK, GAVE_UP, TOO_LARGE, UNSURE, Case, case, cases
from tests.hostile.corpus.raw_pdf import SIDE, RawPdf, says

MEGABYTE = 2**20


def generated() -> Iterator[Case]:
    yield from cases("content", _odd_streams().items(), UNSURE)
    yield case("content/garbage as ASCII85", _garbled(), BLANK)
    yield from cases("content", _recursions().items(), UNSURE)
    yield from cases("content", _fonts().items(), UNSURE)
    yield from _bombs()
    yield from _endless()
    yield from cases("flood", _floods().items(), TOO_LARGE)
    yield case("flood/one stream of words on 25 pages", _shared_by_pages, TOO_LARGE, is_slow=True)
    yield from cases("flood", _busy().items(), UNSURE)
    yield from _pictures()


def _form(data: bytes, resources: str = "") -> tuple[bytes, str]:
    return data, f"/Type /XObject /Subtype /Form /BBox [0 0 300 300] /Resources << {resources} >>"


def _odd_streams() -> dict[str, bytes]:
    text = says("streams")
    return {
        "length too long": _streamed(says("too long"), length=10**6),
        "length below zero": _streamed(says("below zero"), length=-1),
        "length zero": _streamed(says("zero"), length=0),
        "length of itself": _streamed(says("of itself"), length="10 0 R"),
        "length missing": _streamed(says("missing"), length="99 0 R"),
        "an unknown filter": _streamed(says("unknown filter"), "/Filter /Sherlock"),
        "a filter that is a loop": _streamed(says("filter loop"), "/Filter 10 0 R"),
        "garbage as Flate": _streamed(b"garbage" + text, "/Filter /FlateDecode"),
        "half of a Flate stream": _streamed(compress(text * 9)[:40], "/Filter /FlateDecode"),
        "garbage as LZW": _streamed(b"\xff\xff\xff" + text, "/Filter /LZWDecode"),
        "garbage as DCT": _streamed(text + b"dct", "/Filter /DCTDecode"),
        "a lock inside": _streamed(says("a lock inside"), "/Filter /Crypt"),
        "a file outside": _streamed(says("outside"), "/F (/etc/passwd) /FFilter /FlateDecode"),
    }


def _garbled() -> bytes:
    return _streamed(b"zzzz\x00~~" + says("ASCII85"), "/Filter /ASCII85Decode")


def _streamed(data: bytes, entries: str = "", *, length: int | str | None = None) -> bytes:
    pdf = RawPdf()
    number = pdf.stream(data, entries, length=length)
    return pdf.one_page(f"{number} 0 R").written()


def _recursions() -> dict[str, bytes]:
    return {
        "a form that draws itself": _recursive_form(),
        "a font that draws itself": _recursive_font(),
        "a pattern of itself": _recursive_pattern(),
        "a mask of itself": _recursive_mask(),
        "a picture masked by itself": _recursive_picture(),
    }


def _recursive_form() -> bytes:
    pdf = RawPdf()
    pdf.stream(*_form(b"/X Do", "/XObject << /X 10 0 R >>"))
    text = says("a form that draws itself") + b" /X Do"
    return pdf.one_page(text, resources="/XObject << /X 10 0 R >>").written()


def _recursive_font() -> bytes:
    pdf = RawPdf()
    glyph = pdf.stream(b"1000 0 0 0 750 750 d1 BT /T 1 Tf (a) Tj ET")
    pdf.put(
        4,
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [.001 0 0 .001 0 0] "
        f"/CharProcs << /a {glyph} 0 R >> /Encoding << /Differences [97 /a] >> /FirstChar 97 "
        "/LastChar 97 /Widths [1000] /Resources << /Font << /T 14 0 R >> >> >>",
    )
    pdf.put(14, pdf.objects[4])
    text = says("a font that draws itself") + b" BT /T 20 Tf 20 20 Td (aaa) Tj ET"
    pdf.one_page(text)
    pdf.put(3, pdf.objects[3].replace(b"/F1 4 0 R", b"/F1 4 0 R /T 14 0 R"))
    return pdf.written()


def _recursive_pattern() -> bytes:
    pdf = RawPdf()
    entries = (
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 "
        "/YStep 9 /Resources << /Pattern << /P 10 0 R >> >>"
    )
    pdf.stream(b"/Pattern cs /P scn 0 0 9 9 re f", entries)
    text = says("a pattern of itself") + b" /Pattern cs /P scn 0 0 90 90 re f"
    return pdf.one_page(text, resources="/Pattern << /P 10 0 R >>").written()


def _recursive_mask() -> bytes:
    pdf = RawPdf()
    state = "/ExtGState << /G 20 0 R >>"
    data, entries = _form(b"/G gs 0 0 90 90 re f", state)
    pdf.stream(data, f"{entries} /Group << /S /Transparency >>")
    pdf.put(20, "<< /SMask << /S /Luminosity /G 10 0 R >> >>")
    text = says("a mask of itself") + b" /G gs 0 0 90 90 re f"
    return pdf.one_page(text, resources=state).written()


def _recursive_picture() -> bytes:
    pdf = RawPdf()
    pdf.stream(
        bytes(100),
        "/Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 "
        "/ColorSpace /DeviceGray /SMask 10 0 R",
    )
    text = says("a picture masked by itself, with a good many letters beside it, " * 3)
    text += b" q 9 0 0 9 0 0 cm /X Do Q"
    return pdf.one_page(text, resources="/XObject << /X 10 0 R >>").written()


def _fonts() -> dict[str, bytes]:
    """Fonts that are broken; what they write is still told by their codes."""
    return {
        "a font file of garbage": _embedded("garbage", "/FontFile2", b"garbage" * 100),
        "an empty font file": _embedded("empty", "/FontFile2", b""),
        "a font file of another kind": _embedded("another kind", "/FontFile", b"\x00\x01\x00\x00"),
        "a font file of tables beyond the end": _embedded(
            "beyond",
            "/FontFile2",
            b"\x00\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00" + b"glyf" * 50,
        ),
        "a compact font of garbage": _embedded("compact", "/FontFile3", b"\x01\x00\x04\xff" * 50),
    }


def _embedded(text: str, key: str, data: bytes) -> bytes:
    pdf = RawPdf()
    pdf.stream(data, f"/Length1 {len(data)} /Subtype /Type1C")
    pdf.one_page(says(f"a font file, {text}"))
    pdf.put(
        4,
        "<< /Type /Font /Subtype /TrueType /BaseFont /Odd /FirstChar 0 /LastChar 255 "
        "/Encoding /WinAnsiEncoding /FontDescriptor 20 0 R >>",
    )
    pdf.put(20, f"<< /Type /FontDescriptor /FontName /Odd /Flags 32 {key} 10 0 R >>")
    return pdf.written()


def _bombs() -> Iterator[Case]:
    """Streams that are small on the disk and large in memory."""
    spaces = b" " * (100 * MEGABYTE)
    for name, make in {
        "100 MB of spaces in 100 kB": lambda: _filtered(compress(spaces, 9), "/FlateDecode"),
        "100 MB in a kilobyte, packed three times": lambda: _filtered(
            compress(compress(compress(spaces, 9), 9), 9), "/FlateDecode /FlateDecode /FlateDecode"
        ),
        "50 MB by run lengths": lambda: _filtered(
            compress(b"\x81 " * (50 * MEGABYTE // 128), 9), "/FlateDecode /RunLengthDecode"
        ),
        "100 MB by Flate in ASCII85": lambda: _filtered(
            a85encode(compress(spaces, 9)) + b"~>", "/ASCII85Decode /FlateDecode"
        ),
        "a filter named 200 times": lambda: _filtered(b"41>", "/ASCIIHexDecode " * 200),
    }.items():
        yield case(f"bomb/{name}", make, BLANK)


def _filtered(data: bytes, filters: str) -> bytes:
    pdf = RawPdf()
    number = pdf.stream(data, f"/Filter [{filters}]")
    return pdf.one_page(f"{number} 0 R").written()


def _endless() -> Iterator[Case]:
    """Pages that take a reader longer than anybody waits; each costs a test its whole limit."""
    yield case("endless/forms within forms, ten to the ninth", _laughs(9), GAVE_UP)
    yield case("endless/ten million strokes", lambda: _strokes(10_000_000), GAVE_UP, is_slow=True)
    for name, make in (
        ("forms within forms, a thousand", lambda: _laughs(3)),
        ("100,000 states saved", lambda: _content(b"q " * 100_000)),
        ("100,000 states restored", lambda: _content(b"Q " * 100_000)),
        ("20,000 clips", lambda: _content(b"0 0 9 9 re W n " * 20_000)),
        ("20,000 letters", lambda: _content(says("w" * 20_000))),
        ("20,000 texts", lambda: _content(b"BT /F1 1 Tf (x) Tj ET " * 20_000)),
        ("numbers of 400 digits", lambda: _content(b"9" * 400 + b" 0 m S")),
        ("a dash of nearly nothing", _dashed),
    ):
        yield case(f"endless/{name}", make, UNSURE)
    yield case("endless/letters 100,000 points tall", _tall(), BLANK)


def _floods() -> dict[str, Callable[[], bytes]]:
    """More on one page than anybody prints; whoever reads on would have to look at all of it."""
    return {
        "60,000 letters": lambda: _page_full_of(60_000),
        "3,000 fields": lambda: _fields(3_000, "7"),
        "a field of a megabyte": lambda: _fields(1, "7" * MEGABYTE),
    }


def _busy() -> dict[str, Callable[[], bytes]]:
    """As much as is taken."""
    return {
        "40,000 letters": lambda: _page_full_of(40_000),
        "single digits only": lambda: _page_full_of(20_000, b"1 "),
        "1,500 fields": lambda: _fields(1_500, "123-45"),
    }


def _shared_by_pages() -> bytes:
    """Three kilobytes, each page within its limits, and 600,000 words in all."""
    return page_shared(25, b"BT /F1 1 Tf 5 290 Td " + b"(%b) Tj 0 -.6 Td " % (b"a " * 50) * 480)


def page_shared(pages: int, content: bytes) -> bytes:
    """A page with that content, as often as wanted; the content stands in the file once."""
    pdf = RawPdf()
    pdf.one_page(f"{pdf.flate(content + b' ET')} 0 R")
    pdf.put(2, f"<< /Type /Pages /Kids [{'3 0 R ' * pages}] /Count {pages} >>")
    return pdf.written()


def _page_full_of(count: int, text: bytes = b"W-2 wages 12.34 ") -> bytes:
    letters = (text * count)[:count]
    lines = [letters[at : at + 400] for at in range(0, count, 400)]
    shown = b"".join(b"(%b) Tj 0 -1.5 Td\n" % line for line in lines)
    return RawPdf().one_page(b"BT /F1 1 Tf 5 290 Td " + shown + b"ET").written()


def _fields(count: int, value: str) -> bytes:
    numbers = range(100, 100 + count)
    listed = " ".join(f"{number} 0 R" for number in numbers)
    pdf = RawPdf().one_page(
        says(f"{count} fields"),
        page=f"/Annots [{listed}]",
        catalog=f"/AcroForm << /Fields [{listed}] >>",
    )
    for number in numbers:
        left, up = number % 30 * 10, number // 30 % 30 * 10
        box = f"[{left} {up} {left + 9} {up + 9}]"
        pdf.put(number, f"<< /Subtype /Widget /FT /Tx /T (f{number}) /V ({value}) /Rect {box} >>")
    return pdf.written()


def _content(data: bytes) -> bytes:
    return RawPdf().one_page(says("Work for a page") + b" " + data).written()


def _tall() -> bytes:
    return RawPdf().one_page(b"BT /F1 100000 Tf 20 200 Td (Tall) Tj ET").written()


def _dashed() -> bytes:
    return _content(b"[0.001 0.001] 0 d 0 0 m 300 300 l S")


def _strokes(count: int) -> bytes:
    pdf = RawPdf()
    line = b"0 0 m 299 299 l 0 299 l 299 0 l S\n"
    number = pdf.flate(line * count)
    return pdf.one_page(f"{number} 0 R").written()


def _laughs(depth: int) -> bytes:
    """The second of two pages, so that there is one to look at."""
    pdf = RawPdf().one_page(says(f"forms within forms, {depth} deep"))
    pdf.put(2, "<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>")
    pdf.put(5, page_of_forms(pdf, depth))
    return pdf.written()


def page_of_forms(pdf: RawPdf, depth: int) -> str:
    """A page whose form draws another one ten times, and that another one, in white."""
    last = pdf.stream(*_form(b"1 g 0 0 1 1 re f"))
    for _ in range(depth):
        last = pdf.stream(*_form(b"/X Do " * 10, f"/XObject << /X {last} 0 R >>"))
    content = pdf.stream(b"/X Do")
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {SIDE} {SIDE}] /Contents {content} 0 R "
        f"/Resources << /XObject << /X {last} 0 R >> >> >>"
    )


def _pictures() -> Iterator[Case]:
    """Pictures inside of a page that declare more than they hold; enough letters stand beside."""
    for name, entries in {
        "of 40,000 by 40,000 points": "/Width 40000 /Height 40000 /Filter /FlateDecode",
        "of two thousand million points": "/Width 2147483647 /Height 1 /Filter /FlateDecode",
        "of no width": "/Width 0 /Height 10",
        "of a width below zero": "/Width -10 /Height 10",
        "of fax codes, 60,000 by 60,000": "/Width 60000 /Height 60000 /Filter /CCITTFaxDecode "
        "/DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>",
        "of JBIG2 garbage": "/Width 30000 /Height 30000 /Filter /JBIG2Decode",
        "of JPEG 2000 garbage": "/Width 30000 /Height 30000 /Filter /JPXDecode",
        "of JPEG garbage": "/Width 65500 /Height 65500 /Filter /DCTDecode",
        "of a predictor without columns": "/Width 99 /Height 99 /Filter /FlateDecode "
        "/DecodeParms << /Predictor 15 /Columns 1000000000 /Colors 100 >>",
        "of a broken profile": "/Width 10 /Height 10 /ColorSpace [/ICCBased 4 0 R]",
        "of a palette without colours": "/Width 10 /Height 10 /ColorSpace "
        "[/Indexed /DeviceRGB 255 ()]",
        "of a colour space that is a loop": "/Width 10 /Height 10 /ColorSpace 10 0 R",
        "of 33 bits a colour": "/Width 10 /Height 10 /BitsPerComponent 33",
    }.items():
        yield case(f"inner picture/{name}", _pictured(name, entries), UNSURE)


def _pictured(name: str, entries: str) -> bytes:
    pdf = RawPdf()
    space = "" if "/ColorSpace" in entries else "/ColorSpace /DeviceGray"
    bits = "" if "/BitsPer" in entries else "/BitsPerComponent 8"
    common = f"/Type /XObject /Subtype /Image {space} {bits} {entries}"
    pdf.stream(compress(bytes(1000)), common)
    text = says(f"a picture {name}, and a good many letters beside it so nobody looks " * 3)
    drawn = b" q 20 0 0 20 0 0 cm /X Do Q"
    return pdf.one_page(text + drawn, resources="/XObject << /X 10 0 R >>").written()
