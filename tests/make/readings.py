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
    return Page(number=number, width=1545, height=2000, source=WordSource.TEXT_LAYER, words=words)


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


_W2_LABELS = {
    (0.05, 0.05): ("a Employee's social security number", SSN),
    (0.05, 0.10): ("b Employer identification number (EIN)", "36-7654321"),
    (0.05, 0.15): ("c Employer's name, address, and ZIP code", "Analytical Engines Inc"),
    (0.05, 0.30): ("d Control number", "A1"),
    (0.05, 0.35): ("e Employee's first name and initial Last name", "Ada Lovelace"),
    (0.55, 0.10): ("1 Wages, tips, other compensation", "50000.00"),
    (0.77, 0.10): ("2 Federal income tax withheld", "6000.00"),
    (0.55, 0.15): ("3 Social security wages", "50000.00"),
    (0.77, 0.15): ("4 Social security tax withheld", "3100.00"),
    (0.55, 0.20): ("5 Medicare wages and tips", "50000.00"),
    (0.77, 0.20): ("6 Medicare tax withheld", "725.00"),
    (0.55, 0.25): ("7 Social security tips", ""),
    (0.77, 0.25): ("8 Allocated tips", ""),
}


def w2(*, number: int = 1, confidence: float = 1.0, **values: str) -> Page:
    """A Form W-2 of Ada Lovelace; ``box_2="1.00"`` puts another amount into that box.

    ``confidence`` is that of every value, as if it had been hard to read.
    """
    words: list[Word] = []
    for at, ((x, y), (label, usual)) in enumerate(_W2_LABELS.items()):
        value = values.get(f"box_{label.split()[0]}", usual)
        words += _placed(label, x, y, 2 * at)
        words += _placed(value, x + 0.01, y + 0.016, 2 * at + 1, confidence)
    title = "Form W-2 Wage and Tax Statement 2024 Department of the Treasury"
    words += _placed(title, 0.05, 0.50, 90)
    copy = "Copy B-To Be Filed With Employee's FEDERAL Tax Return. OMB No. 1545-0008"
    words += _placed(copy, 0.05, 0.52, 91)
    source = WordSource.TEXT_LAYER if confidence == 1 else WordSource.OCR
    return Page(number=number, width=1545, height=2000, source=source, words=tuple(words))


def _placed(text: str, x: float, y: float, line: int, confidence: float = 1.0) -> list[Word]:
    width, words = 0.0052, list[Word]()
    for word in text.split():
        box = (x, y, x + width * len(word), y + 0.009)
        words.append(Word(text=word, box=box, line=line, confidence=confidence))
        x += width * (len(word) + 1)
    return words
