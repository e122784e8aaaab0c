"""Pictures that are cut off, that lie about their size, or that lead back to themselves."""

from collections.abc import Callable, Iterator
from random import Random
from struct import pack
from zlib import compress, crc32

from PIL import Image

from tests.hostile.corpus.case import BLANK, DAMAGED, TOO_LARGE, Case, case, cases
from tests.hostile.corpus.pictures import saved

KINDS = {"PNG": "PNG", "JPEG": "JPEG", "TIFF": "TIFF", "WebP": "WEBP", "HEIC": "HEIF"}
SHARES = (0.05, 0.3, 0.6, 0.9)
HUGE = 40_000
PAGE = [(256, 9), (257, 9), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 9), (279, 81)]
"""The tags of a grey page of nine by nine points, its pixels at the file's eighth byte."""


def generated() -> Iterator[Case]:
    for name, kind in (*KINDS.items(), ("BMP", "BMP"), ("GIF", "GIF")):
        whole = saved(_noise(name), kind)
        for share in SHARES:
            cut = whole[: int(len(whole) * share)]
            name_of_it = f"cut picture/{name}, after {share:.0%}"
            yield case(name_of_it, cut, DAMAGED)
    yield from cases("giant picture", _giants().items(), TOO_LARGE)
    yield from cases("odd picture", _odd().items(), DAMAGED)
    yield from cases("odd picture", _endured().items(), BLANK)
    yield from cases("odd picture", _many_pages().items(), TOO_LARGE)
    yield from cases("odd picture", _loops().items(), DAMAGED)


def _noise(name: str) -> Image.Image:
    return Image.frombytes("RGB", (120, 80), Random(name).randbytes(120 * 80 * 3))


def chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    head = pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", compress(pixels, 9))
        + chunk(b"IEND", b"")
    )


def _giants() -> dict[str, Callable[[], bytes] | bytes]:
    """A few bytes that declare more pixels than anybody has memory for."""
    return {
        "PNG, 40,000 by 40,000, declared": png(HUGE, HUGE, b"\0" * 100),
        "PNG, 40,000 by 40,000, all there": lambda: png(
            HUGE, HUGE, bytes(HUGE * (HUGE // 8 + 1)), depth=1
        ),
        "PNG, two thousand million wide": png(2**31 - 1, 2**31 - 1, b"\0" * 100),
        "PNG, 16 bits of four colours": png(30_000, 30_000, b"\0" * 100, depth=16, colour=6),
        "BMP of a height below zero": _bmp(10, -(2**31)),
        "BMP": b"BM" + pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, HUGE, HUGE, 1, 24, *[0] * 6),
        "GIF": b"GIF89a" + pack("<HH", 65535, 65535) + b"\x80\0\0" + bytes(6)
        + b"," + pack("<HHHH", 0, 0, 65535, 65535) + b"\0\x02\x02\x4c\x01\0;",
        "TIFF, declared": tiff([(256, HUGE), (257, HUGE), (258, 8), (259, 1), (262, 1), (273, 8),
                                (277, 1), (278, HUGE), (279, 9)]),
        "JPEG, 65,500 by 65,500": jpeg(65_500, 65_500),
        "a bomb of 20,000 by 10,000": lambda: saved(Image.new("1", (20_000, 10_000)), "PNG"),
        "a TIFF whose second page is one": _second_page_is_giant,
        "a TIFF of 100 that share their pixels": lambda: shared_strip(100, 9_000),
    }  # fmt: skip


def jpeg(width: int, height: int) -> bytes:
    """The head of a small JPEG with another size written over its own."""
    whole = bytearray(saved(Image.new("L", (16, 16), 128), "JPEG"))
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = pack(">HH", height, width)
    return bytes(whole)


def tiff(entries: list[tuple[int, int]], following: int = 0) -> bytes:
    """One directory; every value is a LONG."""
    rows = b"".join(pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    directory = pack("<H", len(entries)) + rows + pack("<I", following)
    return b"II*\0" + pack("<I", 8) + directory + bytes(64)


def _second_page_is_giant() -> bytes:
    small, giant = Image.new("1", (50, 50)), Image.new("1", (20_000, 10_000))
    return saved(small, "TIFF", save_all=True, append_images=[giant], compression="group4")


def _odd() -> dict[str, Callable[[], bytes] | bytes]:
    plain = saved(_noise("odd"), "PNG")
    return {
        "PNG of no width": png(0, 10, b"\0" * 100),
        "PNG of no pixels": png(10, 10, b""),
        "PNG with too few pixels": png(100, 100, b"\0" * 50),
        "PNG of an unknown depth": png(10, 10, b"\0" * 100, depth=7),
        "PNG of an unknown colour": png(10, 10, b"\0" * 100, colour=9),
        "PNG whose checksum is wrong": plain[:-20] + b"\0" * 20,
        "PNG whose pixels are noise": b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", pack(">IIBBBBB", 99, 99, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", Random("pixels").randbytes(3000)),
        "PNG with nothing but its mark": b"\x89PNG\r\n\x1a\n",
        "PNG whose text is a bomb": plain[:33]
        + chunk(b"zTXt", b"a\0\0" + compress(bytes(100 * 2**20), 9))
        + plain[33:],
        "JPEG with nothing but its mark": b"\xff\xd8\xff\xe0",
        "JPEG of no height": jpeg(16, 0),
        "JPEG of noise": b"\xff\xd8\xff\xe0" + Random("jpeg").randbytes(5000),
        "JPEG without tables": jpeg(16, 16).replace(b"\xff\xdb", b"\xff\xef"),
        "JPEG without loss": jpeg(16, 16).replace(b"\xff\xc0", b"\xff\xc3"),
        "JPEG whose segment ends nowhere": b"\xff\xd8\xff\xe0\xff\xff" + b"JFIF\0",
        "GIF without frames": b"GIF89a\x0a\0\x0a\0\x80\0\0" + bytes(6) + b";",
        "GIF with nothing but its mark": b"GIF89a",
        "BMP of 3 bits": _bmp(10, 10, bits=3),
        "BMP by unknown means": _bmp(10, 10, compression=99),
        "WebP with nothing but its mark": b"RIFF\x10\0\0\0WEBPVP8 ",
        "WebP of noise": b"RIFF\x88\x13\0\0WEBPVP8 " + Random("webp").randbytes(5000),
        "HEIC with nothing but its mark": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
        "HEIC of noise": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + Random("heic").randbytes(5000),
        "TIFF with nothing but its mark": b"II*\0",
        "TIFF of no directory": b"II*\0" + pack("<I", 10**6),
        "TIFF of 65,535 tags": b"II*\0" + pack("<IH", 8, 65535) + bytes(50),
        "TIFF by unknown means": tiff([(256, 9), (257, 9), (258, 8), (259, 31337), (262, 1),
                                       (273, 8), (277, 1), (278, 9), (279, 81)]),
        "TIFF of no size": tiff([(256, 0), (257, 0), (258, 8), (259, 1), (262, 1), (273, 8),
                                 (277, 1), (278, 9), (279, 9)]),
        "TIFF whose strips lie beyond the end": tiff([(256, 99), (257, 99), (258, 8), (259, 1),
                                                      (262, 1), (273, 2**31), (277, 1), (278, 99),
                                                      (279, 9801)]),
        "TIFF of 64 bits": b"II+\0\x08\0\0\0" + pack("<Q", 16) + bytes(50),
    }  # fmt: skip


def _endured() -> dict[str, bytes]:
    """Wrong, and yet every decoder shows something; here it is of one colour."""
    plain = saved(Image.new("RGB", (30, 20), "white"), "PNG")
    return {
        "PNG of a chunk of four thousand million": plain[:33] + b"\xff\xff\xff\xff" + plain[37:],
        "JPEG arithmetically coded": jpeg(16, 16).replace(b"\xff\xc0", b"\xff\xc9"),
        "TIFF whose next page is itself": tiff(PAGE, 8) + bytes(81),
    }


def _bmp(width: int, height: int, *, bits: int = 24, compression: int = 0) -> bytes:
    head = pack("<IHHIIiiHH", 54, 0, 0, 54, 40, width, height, 1, bits)
    return b"BM" + head + pack("<IIiiII", compression, 0, 0, 0, 0, 0) + bytes(300)


def _many_pages() -> dict[str, Callable[[], bytes]]:
    return {"TIFF of 501 pages": lambda: _stack(501), "TIFF of 5,000 pages": lambda: _stack(5000)}


def _stack(count: int) -> bytes:
    """A directory for each page, all showing the same few pixels."""
    return _directories(PAGE, count) + bytes(81)


def _directories(page: list[tuple[int, int]], count: int) -> bytes:
    size = 2 + len(page) * 12 + 4
    written = b"II*\0" + pack("<I", 8)
    for number in range(count):
        following = 8 + size * (number + 1) if number + 1 < count else 0
        written += pack("<H", len(page))
        written += b"".join(pack("<HHII", tag, 4, 1, value) for tag, value in page)
        written += pack("<I", following)
    return written


def shared_strip(count: int, side: int) -> bytes:
    """Black squares whose pixels stand in the file once, compressed."""
    pixels = compress(bytes(side * side), 9)
    size = 2 + 9 * 12 + 4
    page = [(256, side), (257, side), (258, 8), (259, 8), (262, 1), (273, 8 + size * count),
            (277, 1), (278, side), (279, len(pixels))]  # fmt: skip
    return _directories(page, count) + pixels


def _loops() -> dict[str, bytes]:
    return {
        "TIFF whose next page is its mark": tiff(PAGE, 1) + bytes(81),
        "TIFF whose next page is beyond the end": tiff(PAGE, 2**31) + bytes(81),
        "TIFF whose inner directory is itself": tiff([*PAGE, (330, 8), (34665, 8)])[:60],
    }
