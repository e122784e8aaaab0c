"""What we take from a client, and what one file may cost us."""

from dataclasses import dataclass

MAX_BYTES = 100 * 1024 * 1024
MAX_PAGES = 500
MAX_PIXELS = 100_000_000
MAX_IMAGE_SIDE = 2000
MAX_LETTERS = 50_000
"""On a page; the densest have a fifth of it, and whoever reads on has to look at every one."""

MAX_FIELDS = 2_000
"""On a page, and filled in."""

MAX_FILE_WORDS = 400_000
"""In a file, fields counted too: the host holds them all. Five hundred full pages have 250,000."""

MAX_FILE_LETTERS = 2_000_000
MAX_FILE_PIXELS = 6_000_000_000
"""As declared; five hundred pages of 300 dpi have 4,200 million."""

MAX_ANSWERS_BYTES = 64 * 1024 * 1024
"""About a file; what is in the other limits takes 50 million at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use; it is killed at any of them.

    Five hundred scanned pages are honest work for half an hour, so what is watched is a page:
    how long the worker is silent, and how much processor time it takes, between two answers.
    """

    page_seconds: float = 150
    file_seconds: float = 2400
    page_cpu_seconds: int = 300
    memory_bytes: int = 2 * 1024**3
    idle_seconds: float = 300


WITHOUT_OCR = Limits(page_cpu_seconds=20, file_seconds=300)
"""Such a page takes a moment, or it is meant to hold up everybody behind it.

Five hundred dense pages take a minute, as many scans that are only drawn take two.
"""
