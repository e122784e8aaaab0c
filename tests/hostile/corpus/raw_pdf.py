"""PDFs written object by object, since no library writes what is wrong with these."""

from collections.abc import Mapping
from zlib import compress

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
SIDE = 300  # points; a small page is drawn quickly


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def says(text: str) -> bytes:
    """A content stream that prints the text; no two documents of the corpus say the same."""
    return f"BT /F1 10 Tf 20 200 Td ({escaped(text)}) Tj ET".encode()


class RawPdf:
    """``objects`` are numbered from 1; the catalog is 1 and the page tree 2 unless said else."""

    def __init__(self, version: str = "1.7", *, eol: bytes = b"\n") -> None:
        self.head = f"%PDF-{version}".encode() + eol + b"%\xe2\xe3\xcf\xd3" + eol
        self.objects: dict[int, bytes] = {}
        self.eol = eol
        self.trailer = "/Root 1 0 R"

    def put(self, number: int, body: str | bytes) -> int:
        self.objects[number] = body.encode() if isinstance(body, str) else body
        return number

    def add(self, body: str | bytes) -> int:
        return self.put(max(self.objects, default=9) + 1, body)

    def stream(self, data: bytes, entries: str = "", *, length: int | str | None = None) -> int:
        said = len(data) if length is None else length
        head = f"<< /Length {said} {entries} >>".encode()
        return self.add(head + b"\nstream\n" + data + b"\nendstream")

    def flate(self, data: bytes, entries: str = "") -> int:
        return self.stream(compress(data, 9), f"/Filter /FlateDecode {entries}")

    def one_page(
        self,
        content: bytes | str,
        *,
        page: str = "",
        box: str | None = f"[0 0 {SIDE} {SIDE}]",
        resources: str = "",
        catalog: str = "",
    ) -> "RawPdf":
        """Complete it with one page; ``content`` may be what stands for /Contents."""
        contents = content if isinstance(content, str) else f"{self.stream(content)} 0 R"
        media = f"/MediaBox {box}" if box else ""
        self.put(1, f"<< /Type /Catalog /Pages 2 0 R {catalog} >>")
        self.put(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        self.put(
            3,
            f"<< /Type /Page /Parent 2 0 R {media} /Contents {contents} "
            f"/Resources << /Font << /F1 4 0 R >> {resources} >> {page} >>",
        )
        self.put(4, FONT)
        return self

    def with_trailer(self, entries: str) -> "RawPdf":
        self.trailer = entries
        return self

    def written(self, *, startxref: int | str | None = None, size: int | None = None) -> bytes:
        """With a classic table of references; ``startxref`` may lie about its place."""
        body, offsets = self.body()
        highest = max(offsets) + 1
        rows = [b"0000000000 65535 f"]
        rows += [_row(offsets.get(number)) for number in range(1, highest)]
        table = f"xref\n0 {highest}\n".encode() + b" \n".join(rows) + b" \n"
        trailer = f"trailer\n<< /Size {size or highest} {self.trailer} >>\n"
        place = len(body) if startxref is None else startxref
        return body + table + f"{trailer}startxref\n{place}\n%%EOF\n".encode()

    def body(self) -> tuple[bytes, Mapping[int, int]]:
        """Everything before the references, and where each object stands in it."""
        written = bytearray(self.head)
        offsets: dict[int, int] = {}
        for number, body in sorted(self.objects.items()):
            offsets[number] = len(written)
            written += (
                f"{number} 0 obj".encode() + self.eol + body + self.eol + b"endobj" + self.eol
            )
        return bytes(written), offsets


def page_saying(text: str, **parts: str | None) -> bytes:
    return RawPdf().one_page(says(text), **parts).written()  # pyright: ignore[reportArgumentType]


def _row(offset: int | None) -> bytes:
    return b"0000000000 00000 f" if offset is None else f"{offset:010} 00000 n".encode()
