"""PDFs cut off by an interrupted upload, at many places and of several sorts."""

from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random

import pypdf
from PIL import Image

from local.samples.cells import FormFields
from local.samples.letters import draw_letter
from local.samples.w2_forms import draw_four_copies, draw_w2
from local.samples.wages import invent_w2
from tests.hostile.corpus.case import DAMAGED, Case, case
from tests.hostile.corpus.raw_pdf import page_saying

PLACES = 20


def generated() -> Iterator[Case]:
    for sort, make in _whole().items():
        whole = make()
        for place in range(1, PLACES + 1, 1 if sort == "text" else 4):
            cut = whole[: len(whole) * place // (PLACES + 1)]
            yield case(f"cut/{sort}, after {place} of {PLACES + 1} parts", cut, DAMAGED)
    whole = page_saying("Only the mark of the end is missing")
    yield case("cut/before the end's mark", whole[: whole.rindex(b"%%EOF")], DAMAGED)
    yield case("cut/only the header", b"%PDF-1.7\n", DAMAGED)
    yield case("cut/only header and end", b"%PDF-1.7\n%%EOF\n", DAMAGED)
    yield case("cut/the header alone, unfinished", b"%PDF-", DAMAGED)
    yield case("cut/the beginning is lost", b"%PDF-1.7\n" + whole[len(whole) // 2 :], DAMAGED)


def _whole() -> dict[str, Callable[[], bytes]]:
    return {
        "text": lambda: draw_w2(invent_w2(Random("cut"), 2024)),
        "four copies": lambda: draw_four_copies(invent_w2(Random("copies"), 2023)),
        "form": lambda: draw_w2(invent_w2(Random("form"), 2022), pen=FormFields()),
        "letter": lambda: draw_letter(Random("letter")),
        "object streams": _compressed,
        "scan": _scanned,
    }


def _compressed() -> bytes:
    letter = BytesIO(draw_letter(Random("streams")))
    writer = pypdf.PdfWriter(clone_from=letter)
    writer.compress_identical_objects()
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _scanned() -> bytes:
    target = BytesIO()
    noise = Image.frombytes("L", (200, 200), Random("scan").randbytes(40_000))
    noise.save(target, format="PDF")
    return target.getvalue()
