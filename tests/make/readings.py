"""What a reader might see: pages laid out from lines of text."""

from shared.vendors.reading import Page, Reading, Word, WordSource

RETURN = (
    "Form 1040 Department of the Treasury-Internal Revenue Service",
    "U.S. Individual Income Tax Return 2023 OMB No. 1545-0074 IRS Use Only",
    "Filing Status Single Married filing jointly Married filing separately (MFS)",
    "Your first name and middle initial Last name Your social security number",
    "Home address (number and street). If you have a P.O. box, see instructions.",
    "Standard Deduction Someone can claim: You as a dependent Your spouse as a dependent",
)
LETTER = (
    "Dear Ada,",
    "thank you for lunch on Tuesday. It was good to see you and the children again.",
    "The garden is doing well, and the roses are in bloom. Come and visit soon.",
    "Yours, Charles",
)
SSN = "412-55-7834"


def reading(*pages: Page) -> Reading:
    return Reading(reader="fake-1", pages=pages)


def page(*lines: str, number: int = 1, confidence: float = 1.0) -> Page:
    words = tuple(
        Word(text=text, box=box, line=at, confidence=confidence)
        for at, line in enumerate(lines)
        for text, box in _across(line, at)
    )
    return Page(
        number=number, width=1545, height=2000, source=WordSource.TEXT_LAYER, words=words
    )


def tax_return(number: int = 1) -> Page:
    """A Form 1040: its kind is certain, and no value of it is required."""
    return page(*RETURN, number=number)


def letter(number: int = 1) -> Page:
    return page(*LETTER, number=number)


def _across(line: str, at: int) -> list[tuple[str, tuple[float, float, float, float]]]:
    top, width, found, x = 0.08 + at * 0.03, 0.009, [], 0.08
    for text in line.split():
        found.append((text, (x, top, x + width * len(text), top + 0.014)))
        x += width * (len(text) + 1)
    return found
