"""Files that cannot be read, as clients send them."""

from random import Random

_DOS_STUB = b"This program cannot be run in DOS mode.\r\r\n$"


def cut_off(pdf: bytes) -> bytes:
    """The beginning of a PDF, as an interrupted upload leaves it: no page tree, no end."""
    return pdf[: len(pdf) // 3]


def imitate_program(chance: Random) -> bytes:
    """The head of a Windows program and noise: it is recognised as one and does not run."""
    head = b"MZ" + bytes(58) + (0x80).to_bytes(4, "little") + _DOS_STUB
    return head.ljust(0x80, b"\0") + b"PE\0\0" + chance.randbytes(4000)
