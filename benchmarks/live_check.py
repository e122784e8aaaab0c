"""make live-check: the cloud reader against Azure itself, on papers of our own making.

With FORM_RECOGNIZER_ENDPOINT set (and FORM_RECOGNIZER_KEY, or an identity Azure knows) it sends one
scan of each kind that Form Recognizer has a model for, and one W-2 whose PDF turns its page, and
prints what came back against the truth. It costs about fourteen pages; nobody's data is sent.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pydantic import SecretStr

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.comparison import is_right  # noqa: E402
from local.samples.chance import chance_for  # noqa: E402
from local.samples.information_return_forms import draw_information_return  # noqa: E402
from local.samples.information_returns import (  # noqa: E402
    invent_1098,
    invent_1098_e,
    invent_1098_t,
)
from local.samples.invoices import draw_letterhead_invoice  # noqa: E402
from local.samples.models import Content  # noqa: E402
from local.samples.pictures import scan  # noqa: E402
from local.samples.receipts import draw_receipt  # noqa: E402
from local.samples.trade import invent_invoice, invent_receipt  # noqa: E402
from local.samples.w2_forms import draw_w2  # noqa: E402
from local.samples.wages import invent_w2  # noqa: E402
from shared.documents.thresholds import SURE_OF_REQUIRED_VALUE  # noqa: E402
from shared.documents.understanding import classification, extraction, parts  # noqa: E402
from shared.documents.understanding.agreement import agree  # noqa: E402
from shared.documents.understanding.models import Extraction, FieldValue, Part  # noqa: E402
from shared.platform import azure_identity  # noqa: E402
from shared.vendors.form_recognizer import FormRecognizerReader, Service  # noqa: E402
from shared.vendors.local_reader import LocalReader  # noqa: E402
from shared.vendors.reading import CloudReader, CloudReaderUnavailable  # noqa: E402

ENDPOINT, KEY = "FORM_RECOGNIZER_ENDPOINT", "FORM_RECOGNIZER_KEY"
YEAR = 2024
NOT_SET, FAILED = 2, 1
_GOODS = ("Hex bolts", "Cedar planks", "Wood stain", "Brass hinges", "Delivery")
_FOOD = ("Oat milk", "Rye bread", "Apples 2 lb", "Butter", "Coffee beans")


@dataclass(frozen=True)
class Specimen:
    name: str
    file: Path
    content: Content


@dataclass(frozen=True)
class Report:
    """Seconds of layout and model; how many fields geometry, model and both together got right.

    ``sure_and_wrong`` are the values that nobody would look at and should.
    """

    name: str
    kind: str
    seconds: tuple[float, float]
    right: tuple[int, int, int]
    of: int
    sure_and_wrong: tuple[str, ...]


def main() -> int:
    endpoint = os.environ.get(ENDPOINT)
    if not endpoint:
        print(f"Set {ENDPOINT}, and {KEY} unless you are signed in to Azure.", file=sys.stderr)
        return NOT_SET
    service = Service(endpoint, SecretStr(os.environ.get(KEY, "")))
    with TemporaryDirectory() as folder:
        failures = asyncio.run(_check_all(service, specimens(Path(folder))))
    return FAILED if failures else 0


def specimens(folder: Path) -> list[Specimen]:
    w2 = invent_w2(_chance("w2"), YEAR)
    drawn: dict[str, tuple[bytes, Content]] = {"w2": (draw_w2(w2), w2)}
    for invent in (invent_1098, invent_1098_e, invent_1098_t):
        content = invent(_chance(invent.__name__), YEAR)
        drawn[content.kind] = draw_information_return(content), content
    invoice = invent_invoice(_chance("invoice"), "Hardware Co", _GOODS, "10427")
    drawn["invoice"] = draw_letterhead_invoice(invoice), invoice.content
    receipt = invent_receipt(_chance("receipt"), "Grocers", _FOOD)
    slip = draw_receipt(receipt, clock="14:07", paid_with="CASH")
    drawn["receipt"] = slip, receipt.content
    made = [
        _put(folder, name, scan(pdf, _chance(name)), content)
        for name, (pdf, content) in drawn.items()
    ]
    turned = _turned(made[0].file.read_bytes())
    return [*made, _put(folder, "w2-turned", turned, w2)]


async def check(cloud: CloudReader, specimen: Specimen) -> Report:
    with TemporaryDirectory() as images:
        started = time.perf_counter()
        reading = await cloud.read(specimen.file, Path(images))
        read = time.perf_counter()
    part = parts.split(reading, classification.classify(reading))[0]
    if not cloud.understands(part.kind):
        return Report(specimen.name, part.kind, (read - started, 0), (0, 0, 0), 0, ())
    model = await cloud.understand(specimen.file, part.kind, reading.pages)
    understood = time.perf_counter()
    own = extraction.extract(reading, Part(kind=part.kind, confidence=1, pages=part.pages))
    nothing = Extraction(tax_year=own.tax_year, fields=())
    both = agree(part.kind, own, model)
    truth = specimen.content.fields
    return Report(
        name=specimen.name,
        kind=part.kind,
        seconds=(read - started, understood - read),
        right=(
            _right(truth, own.fields),
            _right(truth, agree(part.kind, nothing, model).fields),
            _right(truth, both.fields),
        ),
        of=len(truth),
        sure_and_wrong=tuple(field.name for field in both.fields if _misleads(truth, field)),
    )


async def _check_all(service: Service, given: Sequence[Specimen]) -> int:
    """How many could not be checked."""
    local, failures = LocalReader(), 0
    print("paper        kind        layout s  model s  fields  ours  model  both  sure and wrong")
    try:
        for specimen in given:
            try:
                print(_row(await check(FormRecognizerReader(local, service), specimen)))
            except CloudReaderUnavailable as error:
                failures += 1
                print(f"{specimen.name:13}{error.code}: {error}")
    finally:
        await local.close()
        await azure_identity.close()
    return failures


def _row(report: Report) -> str:
    layout, model = report.seconds
    counts = "".join(f"{count:6}" for count in report.right)
    wrong = ", ".join(report.sure_and_wrong) or "-"
    return (
        f"{report.name:13}{report.kind:12}{layout:8.1f}{model:9.1f}{report.of:8}{counts}  {wrong}"
    )


def _right(truth: Mapping[str, str], fields: Sequence[FieldValue]) -> int:
    return sum(field.name in truth and _is_right(truth, field) for field in fields)


def _misleads(truth: Mapping[str, str], field: FieldValue) -> bool:
    is_sure = field.confidence >= SURE_OF_REQUIRED_VALUE
    return is_sure and field.name in truth and not _is_right(truth, field)


def _is_right(truth: Mapping[str, str], field: FieldValue) -> bool:
    expected = (truth[field.name],)
    return bool(field.value) and is_right(
        field.name, str(field.value), expected, is_day_first=False
    )


def _put(folder: Path, name: str, pdf: bytes, content: Content) -> Specimen:
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf)
    return Specimen(name, file, content)


def _chance(purpose: str) -> Random:
    return chance_for(1, f"live check {purpose}")


def _turned(pdf: bytes) -> bytes:
    """The page lies on its side in the file, which says how far to turn it to see it upright."""
    from pypdf import PdfReader, PdfWriter

    writer, target = PdfWriter(), BytesIO()
    page = writer.add_page(PdfReader(BytesIO(pdf)).pages[0])
    page.rotate(-90).transfer_rotation_to_content()
    page.rotate(90)
    writer.write(target)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main())
