"""The sample documents, one of each thing clients send, with the truth about them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

from local.samples.cells import FormFields
from local.samples.chance import chance_for
from local.samples.damaged import cut_off, imitate_program
from local.samples.information_return_forms import (
    add_information_return_page,
    draw_information_return,
)
from local.samples.information_returns import (
    invent_1098,
    invent_1099_div,
    invent_1099_int,
    invent_1099_misc,
    invent_1099_nec,
)
from local.samples.invoices import draw_letterhead_invoice, draw_plain_invoice
from local.samples.letters import draw_letter
from local.samples.models import Content, ExpectedState, Sample, SamplePart
from local.samples.pictures import photograph, scan
from local.samples.receipts import draw_receipt
from local.samples.sheet import new_canvas
from local.samples.statements import draw_statement, invent_statement
from local.samples.trade import invent_invoice, invent_receipt
from local.samples.w2_forms import add_w2_page, draw_four_copies, draw_w2
from local.samples.wages import (
    invent_w2,
    with_locality,
    with_tips,
    with_wrong_social_security_tax,
)
from shared.documents.kinds import DocumentKind

_HARDWARE = (
    "Hex bolts M8, box of 100",
    "Cedar planks 1x6, 8 ft",
    "Wood stain, dark walnut",
    "Brass hinges, pair",
    "Delivery to site",
)
_DESIGN = ("Logo revisions", "Shop window lettering", "Menu layout", "Proof prints", "Site visit")
_GROCERIES = ("Oat milk", "Rye bread", "Apples 2 lb", "Butter", "Coffee beans")
_STATIONERY = ("Copy paper", "Ink cartridge", "File folders", "Envelopes", "Stapler")


class Shelf:
    """Puts documents into a folder and remembers what they are."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self.samples: list[Sample] = []

    def chance(self, purpose: str) -> Random:
        return chance_for(self._seed, purpose)

    def put(
        self,
        name: str,
        data: bytes,
        content: Content,
        *,
        state: ExpectedState = ExpectedState.ACCEPTED,
        pages: int = 1,
        findings: tuple[str, ...] = (),
    ) -> None:
        self._add(
            Sample(
                path=self._write(name, data),
                kind=content.kind,
                tax_year=content.tax_year,
                fields=content.fields,
                expected_state=state,
                pages=pages,
                findings=findings,
            )
        )

    def put_packet(self, name: str, data: bytes, contents: Sequence[Content]) -> None:
        parts = tuple(
            SamplePart(content.kind, content.tax_year, (page,), content.fields)
            for page, content in enumerate(contents, start=1)
        )
        accepted, path = ExpectedState.ACCEPTED, self._write(name, data)
        self._add(Sample(path, None, None, {}, accepted, pages=len(parts), parts=parts))

    def put_refused(self, name: str, data: bytes, code: str) -> None:
        rejected, path = ExpectedState.REJECTED, self._write(name, data)
        self._add(Sample(path, None, None, {}, rejected, code=code))

    def _write(self, name: str, data: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path

    def _add(self, sample: Sample) -> None:
        self.samples.append(sample)


def make_samples(folder: Path, seed: int = 1) -> list[Sample]:
    """Write the documents and truth.json; in the order of their names a copy follows its original.

    The same seed gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder, seed)
    _put_w2s(shelf)
    _put_information_returns(shelf)
    _put_business_papers(shelf)
    _put_packet_and_duplicate(shelf)
    _put_refused(shelf)
    truth = {sample.path.name: _truth(sample) for sample in shelf.samples}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return shelf.samples


def _truth(sample: Sample) -> dict[str, object]:
    facts = asdict(sample)
    del facts["path"]
    return {"state": facts.pop("expected_state"), **facts}


def _first_w2(shelf: Shelf) -> tuple[bytes, Content]:
    content = invent_w2(shelf.chance("first w2"), 2024, second_state=True)
    return draw_w2(content), content


def _put_w2s(shelf: Shelf) -> None:
    shelf.put("01-w2.pdf", *_first_w2(shelf))
    four = with_locality(invent_w2(shelf.chance("four copies"), 2023), "MAPLE HLW")
    shelf.put("02-w2-four-copies.pdf", draw_four_copies(four), four)
    chance = shelf.chance("form fields")
    filled = with_tips(invent_w2(chance, 2025), chance)
    shelf.put("03-w2-fillable.pdf", draw_w2(filled, pen=FormFields()), filled)
    chance = shelf.chance("scanned w2")
    scanned = invent_w2(chance, 2022)
    shelf.put("04-w2-scanned.pdf", scan(draw_w2(scanned), chance), scanned)
    wrong = with_wrong_social_security_tax(invent_w2(shelf.chance("wrong w2"), 2024))
    shelf.put(
        "05-w2-wrong-box-4.pdf",
        draw_w2(wrong, commas=True),
        wrong,
        state=ExpectedState.NEEDS_REVIEW,
        findings=("W2-03",),
    )


def _put_information_returns(shelf: Shelf) -> None:
    contents = {
        "06-1099-nec.pdf": invent_1099_nec(shelf.chance("nec"), 2023),
        "07-1099-misc.pdf": invent_1099_misc(shelf.chance("misc"), 2022),
        "08-1099-int.pdf": invent_1099_int(shelf.chance("int"), 2024),
        "09-1099-div.pdf": invent_1099_div(shelf.chance("div"), 2023),
        "10-1098.pdf": invent_1098(shelf.chance("1098"), 2024),
    }
    for name, content in contents.items():
        shelf.put(name, draw_information_return(content), content)
    chance = shelf.chance("scanned int")
    scanned = invent_1099_int(chance, 2021)
    shelf.put("11-1099-int-scanned.pdf", scan(draw_information_return(scanned), chance), scanned)


def _put_business_papers(shelf: Shelf) -> None:
    invoice = invent_invoice(shelf.chance("hardware"), "Hardware Co", _HARDWARE, "10427")
    shelf.put("12-invoice-hardware.pdf", draw_letterhead_invoice(invoice), invoice.content)
    invoice = invent_invoice(shelf.chance("design"), "Design Studio", _DESIGN, "2024-0083")
    shelf.put("13-invoice-design.pdf", draw_plain_invoice(invoice), invoice.content)
    chance = shelf.chance("groceries")
    receipt = invent_receipt(chance, "Grocers", _GROCERIES)
    slip = draw_receipt(receipt, clock="14:07", paid_with="VISA *4821")
    shelf.put("14-receipt-groceries.jpg", photograph(slip, chance), receipt.content)
    chance = shelf.chance("stationery")
    receipt = invent_receipt(chance, "Stationery", _STATIONERY)
    slip = draw_receipt(receipt, clock="09:52", paid_with="CASH")
    photo = photograph(slip, chance, sideways=True)
    shelf.put("15-receipt-stationery.jpg", photo, receipt.content)
    statement = invent_statement(shelf.chance("statement"), date(2024, 4, 1))
    shelf.put("16-statement.pdf", draw_statement(statement), statement.content, pages=2)
    letter = draw_letter(shelf.chance("letter"))
    shelf.put("17-letter.pdf", letter, Content(DocumentKind.OTHER))


def _put_packet_and_duplicate(shelf: Shelf) -> None:
    w2 = invent_w2(shelf.chance("packet w2"), 2024)
    returns = (
        invent_1099_int(shelf.chance("packet int"), 2024),
        invent_1098(shelf.chance("packet 1098"), 2024),
    )
    target = BytesIO()
    canvas = new_canvas(target)
    add_w2_page(canvas, w2, commas=True)
    for content in returns:
        add_information_return_page(canvas, content)
    canvas.save()
    shelf.put_packet("18-packet.pdf", target.getvalue(), (w2, *returns))
    shelf.put("19-w2-again.pdf", *_first_w2(shelf), state=ExpectedState.DUPLICATE)


def _put_refused(shelf: Shelf) -> None:
    chance = shelf.chance("refused")
    locked = draw_w2(invent_w2(chance, 2023), password=f"{chance.getrandbits(64):x}")
    shelf.put_refused("20-locked.pdf", locked, "document_encrypted")
    whole = draw_w2(invent_w2(chance, 2023))
    shelf.put_refused("21-cut-off.pdf", cut_off(whole), "document_damaged")
    shelf.put_refused("22-empty.pdf", b"", "document_empty")
    shelf.put_refused("23-program.pdf", imitate_program(chance), "not_a_document")
