"""The pictures of docs/review.md: ``python -m tests.journeys.review_page.screenshots``."""

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from local.samples import make_samples
from tests.journeys.review_page.browser import PHONE, Reviewer, chromium
from tests.journeys.stack import PROJECT, running

PICTURES = PROJECT / "docs/review"
WINDOW = {"viewport": {"width": 1280, "height": 800}}
WRONG, RECEIPT = "05-w2-wrong-box-4.pdf", "14-receipt-groceries.jpg"
MORE = ["W-2 from the bakery.pdf", "scan 2025-02-03.pdf", "Rivera, second employer.pdf"]
COLOURS = 256  # of a picture in the repository
CALM = {"reduced_motion": "reduce"}


def take(folder: Path, opened: ExitStack) -> None:
    stack = opened.enter_context(running(folder / "state"))
    browser = opened.enter_context(chromium())
    samples = folder / "samples"
    make_samples(samples)
    for name in MORE:  # what stands behind the end of a PDF changes nothing but its hash
        content = (samples / WRONG).read_bytes() + f"\n% {name}\n".encode()
        (samples / name).write_bytes(content)
    stack.read(*(samples / name for name in (WRONG, RECEIPT, *MORE)))

    def reviewer(name: str = "", **window: Any) -> Reviewer:
        person = Reviewer(browser, stack, **{**WINDOW, **CALM, **window})
        person.sign_in()
        if name:
            person.page.locator("a.waiting", has_text=name).click()
            person.page.locator(".sheet img").wait_for()
        return person

    def keep(person: Reviewer, name: str) -> None:
        with Image.open(BytesIO(person.page.screenshot())) as picture:
            few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
            few.save(PICTURES / f"{name}.png", optimize=True)
        person.close()

    keep(reviewer(), "queue")
    keep(reviewer(WRONG), "document")
    editing = reviewer(WRONG)
    editing.press("j", "Enter")
    keep(editing, "correcting")
    keep(reviewer(RECEIPT), "receipt")
    keep(reviewer(WRONG, color_scheme="dark"), "dark")
    keep(reviewer(WRONG, **PHONE), "phone")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as temporary, ExitStack() as opened:
        take(Path(temporary), opened)
