"""PDFs of version 1.5 and later: references and objects in compressed streams, done wrong."""

from struct import pack

from tests.hostile.corpus.raw_pdf import RawPdf, says

PACKED = 30  # the number of the stream that holds the other objects


def with_streams() -> dict[str, bytes]:
    return {
        "a stream, all right": _written(_pdf("all right")),
        "widths of zero": _written(_pdf("widths of zero"), widths="[0 0 0]"),
        "widths of a hundred": _written(_pdf("widths of a hundred"), widths="[100 100 100]"),
        "widths below zero": _written(_pdf("widths below zero"), widths="[-1 -4 -2]"),
        "widths missing": _written(_pdf("widths missing"), widths="null"),
        "index beyond the end": _written(_pdf("index beyond"), more="/Index [0 2000000000]"),
        "index below zero": _written(_pdf("index below zero"), more="/Index [-5 20]"),
        "previous stream is this one": _written(_pdf("previous is this"), previous="{place}"),
        "objects packed": _packed("objects packed"),
        "packed in a stream that extends itself": _packed("extends itself", more="/Extends 30 0 R"),
        "packed in a stream that is packed": _packed("packed in packed", holder=PACKED),
        "a classic table beside it": _hybrid("hybrid"),
        "a classic table beside itself": _hybrid("hybrid of itself", place=0),
    }


def without_objects() -> dict[str, bytes]:
    return {
        "packed, a thousand million of them": _packed("very many", count=10**9),
        "packed, first beyond the end": _packed("first beyond", first=10**8),
    }


def _pdf(text: str) -> RawPdf:
    return RawPdf("1.5").one_page(says(f"references: {text}"))


def _written(
    pdf: RawPdf, *, widths: str = "[1 4 2]", more: str = "", previous: str | None = None
) -> bytes:
    body, offsets = pdf.body()
    own = max(offsets) + 1
    rows = [(0, 0, 65535)]
    rows += [(1, offsets[n], 0) if n in offsets else (0, 0, 0) for n in range(1, own)]
    rows.append((1, len(body), 0))
    return body + _stream(own, rows, len(body), widths=widths, more=more, previous=previous)


def _stream(
    own: int,
    rows: list[tuple[int, int, int]],
    place: int,
    *,
    widths: str = "[1 4 2]",
    more: str = "",
    previous: str | None = None,
) -> bytes:
    data = b"".join(pack(">BIH", *row) for row in rows)
    before = f"/Prev {previous.format(place=place)}" if previous else ""
    head = (
        f"{own} 0 obj\n<< /Type /XRef /Size {own + 1} /W {widths} /Root 1 0 R "
        f"/Length {len(data)} {more} {before} >>\nstream\n"
    )
    return head.encode() + data + f"\nendstream\nendobj\nstartxref\n{place}\n%%EOF\n".encode()


def _packed(
    text: str,
    *,
    count: int | None = None,
    first: int | None = None,
    more: str = "",
    holder: int | None = None,
) -> bytes:
    """Catalog, tree, page and font in one object stream."""
    pdf = _pdf(text)
    inside = {number: pdf.objects.pop(number) for number in (1, 2, 3, 4)}
    heads, bodies = "", b""
    for number, body in inside.items():
        heads += f"{number} {len(bodies)} "
        bodies += body + b" "
    pdf.put(
        PACKED,
        f"<< /Type /ObjStm /N {count or len(inside)} /First {first or len(heads)} {more} "
        f"/Length {len(heads) + len(bodies)} >>\nstream\n{heads}".encode()
        + bodies
        + b"\nendstream",
    )
    body, offsets = pdf.body()
    own = PACKED + 1
    rows = [(0, 0, 65535), *((2, PACKED, index) for index in range(4))]
    rows += [(1, offsets[n], 0) if n in offsets else (0, 0, 0) for n in range(5, own)]
    if holder:
        rows[PACKED] = (2, holder, 0)
    rows.append((1, len(body), 0))
    return body + _stream(own, rows, len(body))


def _hybrid(text: str, place: int | None = None) -> bytes:
    pdf = _pdf(text)
    at = len(pdf.body()[0]) if place is None else place
    return pdf.with_trailer(f"/Root 1 0 R /XRefStm {at}").written()
