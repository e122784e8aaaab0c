"""Tax forms laid out by hand: labels in small type, and values under them."""

from collections.abc import Mapping, Sequence

from shared.vendors.reading import Box, FormField, Page, Reading, Word, WordSource

SMALL = 0.008
LARGE = 0.02
LETTER = 0.6
"""A letter is this wide, in heights of the type."""

Placed = tuple[float, float, str]
Grid = Mapping[str, Placed]

W2: Grid = {
    "a": (0.26, 0.05, "a Employee's social security number"),
    "b": (0.07, 0.08, "b Employer identification number (EIN)"),
    "c": (0.07, 0.11, "c Employer's name, address, and ZIP code"),
    "d": (0.07, 0.20, "d Control number"),
    "e": (0.07, 0.23, "e Employee's first name and initial"),
    "f": (0.07, 0.35, "f Employee's address and ZIP code"),
    "1": (0.55, 0.08, "1 Wages, tips, other compensation"),
    "2": (0.75, 0.08, "2 Federal income tax withheld"),
    "3": (0.55, 0.11, "3 Social security wages"),
    "4": (0.75, 0.11, "4 Social security tax withheld"),
    "5": (0.55, 0.14, "5 Medicare wages and tips"),
    "6": (0.75, 0.14, "6 Medicare tax withheld"),
    "7": (0.55, 0.17, "7 Social security tips"),
    "8": (0.75, 0.17, "8 Allocated tips"),
    "9": (0.55, 0.20, "9"),
    "10": (0.75, 0.20, "10 Dependent care benefits"),
    "11": (0.55, 0.23, "11 Nonqualified plans"),
    "12a": (0.75, 0.23, "12a See instructions for box 12"),
    "12b": (0.75, 0.26, "12b"),
    "12c": (0.75, 0.29, "12c"),
    "12d": (0.75, 0.32, "12d"),
    "13s": (0.55, 0.26, "13 Statutory employee"),
    "13r": (0.63, 0.268, "Retirement plan"),
    "13t": (0.69, 0.26, "Third-party"),
    "14": (0.55, 0.29, "14 Other"),
    "15": (0.06, 0.37, "15 State"),
    "15id": (0.12, 0.37, "Employer's state ID number"),
    "16": (0.32, 0.37, "16 State wages, tips, etc."),
    "17": (0.46, 0.37, "17 State income tax"),
    "18": (0.59, 0.37, "18 Local wages, tips, etc."),
    "19": (0.73, 0.37, "19 Local income tax"),
    "20": (0.86, 0.37, "20 Locality name"),
}

W2_VALUES: Mapping[str, str | Sequence[str]] = {
    "a": "401-23-4567",
    "b": "45-1234567",
    "c": ("Larkspur Dairy", "12 Kiln Avenue", "Maple Hollow OH 44651"),
    "d": "K65584",
    "e": ("Imogen Winterbourne", "", "9 Harvest Court", "Port Example NY 13826"),
    "1": "50,000.00",
    "2": "6,100.00",
    "3": "52,000.00",
    "4": "3,224.00",
    "5": "52,000.00",
    "6": "754.00",
    "12a": "D 2,000.00",
    "15": "OH",
    "15id": "89-200140",
    "16": "50,000.00",
    "17": "1,750.00",
}


class Sheet:
    """A page to put words on."""

    def __init__(
        self, number: int = 1, source: WordSource = WordSource.TEXT_LAYER, confidence: float = 1.0
    ) -> None:
        self._number = number
        self._source = source
        self._confidence = confidence
        self._words: list[tuple[str, Box]] = []
        self._fields: list[FormField] = []

    def put(self, x: float, y: float, text: str, height: float = SMALL) -> "Sheet":
        for word in text.split():
            width = len(word) * height * LETTER
            self._words.append((word, (x, y, min(1.0, x + width), y + height)))
            x += width + height * LETTER
        return self

    def fill(self, x: float, y: float, value: str, *, width: float = 0.15) -> "Sheet":
        box = (x, y, x + width, y + 0.015)
        self._fields.append(FormField(name=f"f{len(self._fields)}", value=value, box=box))
        return self

    def page(self) -> Page:
        words: list[Word] = []
        tops = sorted({box[1] for _, box in self._words})
        for text, box in sorted(self._words, key=lambda word: (word[1][1], word[1][0])):
            line = tops.index(box[1])
            words.append(Word(text=text, box=box, line=line, confidence=self._confidence))
        return Page(
            number=self._number,
            width=1500,
            height=1500,
            source=self._source,
            words=tuple(words),
            fields=tuple(self._fields),
        )


def put_form(
    sheet: Sheet,
    grid: Grid,
    values: Mapping[str, str | Sequence[str]],
    *,
    left: float = 0.0,
    top: float = 0.0,
    scale: float = 1.0,
) -> Sheet:
    """One copy of a form; smaller and elsewhere for several copies on a page."""
    for key, (x, y, label) in grid.items():
        sheet.put(left + x * scale, top + y * scale, label, SMALL * scale)
        value = values.get(key, "")
        for row, text in enumerate((value,) if isinstance(value, str) else value):
            below = y + 0.013 + row * 0.017
            sheet.put(left + (x + 0.01) * scale, top + below * scale, text, 0.01 * scale)
    return sheet


def w2_page(
    number: int = 1,
    *,
    source: WordSource = WordSource.TEXT_LAYER,
    confidence: float = 1.0,
    **values: str,
) -> Page:
    """A Form W-2; ``box_4="1.00"`` writes that into its box, ``a="..."`` into box a."""
    return put_w2(Sheet(number, source, confidence), values).page()


def put_w2(
    sheet: Sheet,
    values: Mapping[str, str] | None = None,
    *,
    left: float = 0.0,
    top: float = 0.0,
    scale: float = 1.0,
) -> Sheet:
    changed = {name.removeprefix("box_"): value for name, value in (values or {}).items()}
    put_form(sheet, W2, {**W2_VALUES, **changed}, left=left, top=top, scale=scale)
    foot = top + 0.43 * scale
    sheet.put(left + 0.06 * scale, foot, "Form W-2 Wage and Tax Statement", 0.012 * scale)
    return sheet.put(left + 0.48 * scale, foot, "2024", LARGE * scale)


def reading(*pages: Page) -> Reading:
    return Reading(reader="by-hand", pages=pages)


def text_page(*lines: str, number: int = 1, height: float = 0.012) -> Page:
    """A page of plain lines, a column after each tab."""
    sheet = Sheet(number)
    for row, line in enumerate(lines):
        for column, text in enumerate(line.split("\t")):
            sheet.put(0.06 + column * 0.3, 0.05 + row * 0.025, text, height)
    return sheet.page()
