"""Where the boxes of the 1099s and the 1098s stand, in the revisions of 2021 and since 2022."""

from dataclasses import dataclass, replace

from local.samples.cells import Cell, Tick
from local.samples.sheet import Area
from shared.documents.kinds import DocumentKind

_PAYER = (
    "PAYER'S name, street address, city or town, state or province, country, ZIP\n"
    "or foreign postal code, and telephone no."
)
_CITY = "City or town, state or province, country, and ZIP or foreign postal code"
_ACCOUNT = "Account number (see instructions)"


@dataclass(frozen=True)
class Layout:
    """A form: its boxes and check boxes, and the printed words around them.

    Until 2021 the year was printed; since 2022 ``revision`` is, and the year is filled in.
    """

    form: str
    title: tuple[str, ...]
    omb: str
    cells: tuple[Cell, ...]
    ticks: tuple[Tick, ...] = ()
    revision: str = ""
    title_left: float = 468


def _money(area: Area, number: str, label: str, *, heavy: bool = False) -> Cell:
    shows = f"box_{number}"
    return Cell(area, number, label, shows, "right", dollar=True, heavy=heavy, indent=4)


def _state(
    left: float, right: float, number: str, label: str, *, dollar: bool
) -> tuple[Cell, Cell]:
    align = "right" if dollar else "left"
    shows = f"box_{number}"
    return (
        Cell((left, 324, right, 346), number, label, shows, align, dollar=dollar, indent=4),
        Cell((left, 346, right, 360), dollar=dollar),
    )


_PARTIES = (
    Cell((50, 36, 295, 132), label=_PAYER, shows="payer"),
    Cell((50, 132, 172, 180), label="PAYER'S TIN", shows="payer_tin", indent=20),
    Cell((172, 132, 295, 180), label="RECIPIENT'S TIN", shows="recipient_tin", indent=20),
    Cell((50, 180, 295, 216), label="RECIPIENT'S name", shows="recipient_name"),
    Cell((50, 216, 295, 252), label="Street address (including apt. no.)", shows="street"),
    Cell((50, 252, 295, 288), label=_CITY, shows="city"),
    Cell((50, 288, 250, 324)),
    Cell((50, 324, 295, 360), label=_ACCOUNT, shows="account_number", indent=40),
)
_FATCA = Tick(267, 310, "fatca")

NEC = Layout(
    "1099-NEC",
    ("Nonemployee", "Compensation"),
    "1545-0116",
    (
        *_PARTIES,
        Cell((250, 288, 295, 324)),
        Cell((295, 36, 396, 108), shaded=True),
        _money((295, 108, 480, 132), "1", "Nonemployee compensation"),
        Cell(
            (295, 132, 480, 180),
            "2",
            "Payer made direct sales totaling $5,000 or more of\n"
            "consumer products to recipient for resale",
        ),
        Cell((295, 180, 480, 216), "3", shaded=True),
        _money((295, 216, 480, 252), "4", "Federal income tax withheld", heavy=True),
        Cell((295, 252, 480, 324)),
        *_state(295, 388, "5", "State tax withheld", dollar=True),
        *_state(388, 480, "6", "State/Payer's state no.", dollar=False),
        *_state(480, 576, "7", "State income", dollar=True),
    ),
    (Tick(462, 160, "box_2"),),
    "(Rev. January 2022)",
)

MISC = Layout(
    "1099-MISC",
    ("Miscellaneous", "Information"),
    "1545-0115",
    (
        *_PARTIES,
        Cell((250, 288, 295, 324), "13", "FATCA filing\nrequirement", size=5.5),
        _money((295, 36, 396, 72), "1", "Rents"),
        _money((295, 72, 396, 108), "2", "Royalties"),
        _money((295, 108, 396, 132), "3", "Other income"),
        _money((396, 108, 497, 132), "4", "Federal income tax withheld", heavy=True),
        _money((295, 132, 396, 180), "5", "Fishing boat proceeds"),
        _money((396, 132, 497, 180), "6", "Medical and health care\npayments"),
        Cell(
            (295, 180, 396, 216),
            "7",
            "Payer made direct sales\ntotaling $5,000 or more of\n"
            "consumer products to\nrecipient for resale",
            size=6,
        ),
        _money((396, 180, 497, 216), "8", "Substitute payments in lieu of\ndividends or interest"),
        _money((295, 216, 396, 252), "9", "Crop insurance proceeds"),
        _money((396, 216, 497, 252), "10", "Gross proceeds paid to an\nattorney"),
        _money((295, 252, 396, 288), "11", "Fish purchased for resale"),
        _money((396, 252, 497, 288), "12", "Section 409A deferrals"),
        _money((295, 288, 396, 324), "14", "Excess golden parachute\npayments"),
        _money((396, 288, 497, 324), "15", "Nonqualified deferred\ncompensation"),
        *_state(295, 396, "16", "State tax withheld", dollar=True),
        *_state(396, 497, "17", "State/Payer's state no.", dollar=False),
        *_state(497, 576, "18", "State income", dollar=True),
    ),
    (_FATCA, Tick(383, 204, "box_7")),
    "(Rev. January 2022)",
)

_INTEREST = (
    *_PARTIES,
    Cell((295, 36, 396, 72), label="Payer's RTN (optional)"),
    _money((295, 72, 396, 108), "1", "Interest income"),
    _money((295, 108, 497, 144), "2", "Early withdrawal penalty"),
    _money((295, 144, 497, 180), "3", "Interest on U.S. Savings Bonds and Treasury obligations"),
    _money((295, 180, 396, 204), "4", "Federal income tax withheld", heavy=True),
    _money((396, 180, 497, 204), "5", "Investment expenses"),
    _money((295, 204, 396, 228), "6", "Foreign tax paid"),
    Cell((396, 204, 497, 228), "7", "Foreign country or U.S. territory", "box_7"),
    _money((295, 228, 396, 264), "8", "Tax-exempt interest"),
    _money((396, 228, 497, 264), "9", "Specified private activity bond\ninterest"),
    _money((295, 264, 396, 300), "10", "Market discount"),
    _money((396, 264, 497, 300), "11", "Bond premium"),
    _money((295, 300, 396, 324), "12", "Bond premium on Treasury obligations"),
    _money((396, 300, 497, 324), "13", "Bond premium on tax-exempt bond"),
    Cell((295, 324, 396, 360), "14", "Tax-exempt and tax credit\nbond CUSIP no.", "box_14"),
    *_state(396, 425, "15", "State", dollar=False),
    *_state(425, 497, "16", "State identification no.", dollar=False),
    *_state(497, 576, "17", "State tax withheld", dollar=True),
)
INT = Layout(
    "1099-INT",
    ("Interest", "Income"),
    "1545-0112",
    (*_INTEREST, Cell((250, 288, 295, 324), label="FATCA filing\nrequirement")),
    (_FATCA,),
    "(Rev. January 2024)",
    title_left=497,
)
INT_2021 = replace(INT, revision="")

DIV = Layout(
    "1099-DIV",
    ("Dividends and", "Distributions"),
    "1545-0110",
    (
        *_PARTIES,
        Cell((250, 288, 295, 324), "11", "FATCA filing\nrequirement", size=5.5),
        _money((295, 36, 396, 72), "1a", "Total ordinary dividends"),
        _money((295, 72, 396, 108), "1b", "Qualified dividends"),
        _money((295, 108, 396, 132), "2a", "Total capital gain distr."),
        _money((396, 108, 497, 132), "2b", "Unrecap. Sec. 1250 gain"),
        _money((295, 132, 396, 156), "2c", "Section 1202 gain"),
        _money((396, 132, 497, 156), "2d", "Collectibles (28%) gain"),
        _money((295, 156, 396, 180), "2e", "Section 897 ordinary dividends"),
        _money((396, 156, 497, 180), "2f", "Section 897 capital gain"),
        _money((295, 180, 396, 204), "3", "Nondividend distributions"),
        _money((396, 180, 497, 204), "4", "Federal income tax withheld", heavy=True),
        _money((295, 204, 396, 228), "5", "Section 199A dividends"),
        _money((396, 204, 497, 228), "6", "Investment expenses"),
        _money((295, 228, 396, 264), "7", "Foreign tax paid"),
        Cell((396, 228, 497, 264), "8", "Foreign country or U.S. possession", "box_8"),
        _money((295, 264, 396, 288), "9", "Cash liquidation distributions"),
        _money((396, 264, 497, 288), "10", "Noncash liquidation distributions"),
        _money((295, 288, 396, 324), "12", "Exempt-interest dividends"),
        _money((396, 288, 497, 324), "13", "Specified private activity\nbond interest dividends"),
        *_state(295, 330, "14", "State", dollar=False),
        *_state(330, 396, "15", "State identification no.", dollar=False),
        *_state(396, 497, "16", "State tax withheld", dollar=True),
    ),
    (_FATCA,),
    "(Rev. January 2022)",
)

MORTGAGE = Layout(
    "1098",
    ("Mortgage", "Interest", "Statement"),
    "1545-1380",
    (
        Cell(
            (50, 36, 295, 132),
            label="RECIPIENT'S/LENDER'S name, street address, city or town, state or\n"
            "province, country, ZIP or foreign postal code, and telephone no.",
            shows="lender",
        ),
        Cell(
            (50, 132, 172, 168), label="RECIPIENT'S/LENDER'S TIN", shows="recipient_tin", indent=20
        ),
        Cell((172, 132, 295, 168), label="PAYER'S/BORROWER'S TIN", shows="payer_tin", indent=20),
        Cell((50, 168, 295, 204), label="PAYER'S/BORROWER'S name", shows="payer_name"),
        Cell((50, 204, 295, 240), label="Street address (including apt. no.)", shows="street"),
        Cell((50, 240, 295, 276), label=_CITY, shows="city"),
        Cell(
            (50, 276, 172, 318), "9", "Number of properties securing the\nmortgage", "box_9", size=6
        ),
        Cell((172, 276, 295, 318), "10", "Other", "box_10"),
        Cell((50, 318, 295, 360), label=_ACCOUNT, shows="account_number", indent=40),
        Cell(
            (295, 36, 396, 132),
            label="*Caution: The amount shown may\n"
            "not be fully deductible by you.\n"
            "Limits based on the loan amount\nand the cost and value of the\n"
            "secured property may apply. Also,\nyou may only deduct interest to\n"
            "the extent it was incurred by you,\nactually paid by you, and not\n"
            "reimbursed by another person.",
            size=5.5,
        ),
        _money((295, 132, 497, 168), "1", "Mortgage interest received from payer(s)/borrower(s)*"),
        _money((295, 168, 396, 204), "2", "Outstanding mortgage\nprincipal"),
        Cell((396, 168, 497, 204), "3", "Mortgage origination date", "box_3", "right"),
        _money((295, 204, 396, 240), "4", "Refund of overpaid\ninterest"),
        _money((396, 204, 497, 240), "5", "Mortgage insurance\npremiums"),
        _money((295, 240, 497, 264), "6", "Points paid on purchase of principal residence"),
        Cell(
            (295, 264, 497, 294),
            "7",
            "     If address of property securing mortgage is the same\n"
            "     as PAYER'S/BORROWER'S address, the box is checked, or\n"
            "     the address or description is entered in box 8.",
            size=6,
        ),
        Cell(
            (295, 294, 497, 336),
            "8",
            "Address or description of property securing mortgage",
            size=6,
        ),
        Cell((295, 336, 497, 360), "11", "Mortgage acquisition date", "box_11", "right"),
    ),
    (Tick(306, 266, "box_7", 7),),
    "(Rev. January 2022)",
)


def _student(sender: str, sender_tin: str, student: str, account: str) -> tuple[Cell, ...]:
    """The parties of a form about studies: whoever sends it, and the person it is about."""
    return (
        Cell(
            (50, 36, 295, 132),
            label=f"{sender} name, street address, city or town, state or\n"
            "province, country, ZIP or foreign postal code, and telephone number",
            shows="payer",
        ),
        Cell((50, 132, 172, 180), label=sender_tin, shows="payer_tin", indent=20),
        Cell((172, 132, 295, 180), label=f"{student} TIN", shows="recipient_tin", indent=20),
        Cell((50, 180, 295, 216), label=f"{student} name", shows="recipient_name"),
        Cell((50, 216, 295, 252), label="Street address (including apt. no.)", shows="street"),
        Cell((50, 252, 295, 288), label=_CITY, shows="city"),
        Cell((50, 288, 295, 360), label=account, shows="account_number", indent=40),
    )


STUDENT_LOAN = Layout(
    "1098-E",
    ("Student", "Loan Interest", "Statement"),
    "1545-1576",
    (
        *_student("RECIPIENT'S/LENDER'S", "RECIPIENT'S TIN", "BORROWER'S", _ACCOUNT),
        Cell((295, 36, 396, 132)),
        _money((295, 132, 497, 180), "1", "Student loan interest received by lender"),
        Cell((295, 180, 497, 324)),
        Cell(
            (295, 324, 497, 360),
            "2",
            "     If checked, box 1 does not include loan origination\n"
            "     fees and/or capitalized interest for loans made before\n"
            "     September 1, 2004",
            size=6,
        ),
    ),
    (Tick(306, 326, "box_2", 7),),
    "(Rev. January 2022)",
)

TUITION = Layout(
    "1098-T",
    ("Tuition", "Statement"),
    "1545-1574",
    (
        *_student(
            "FILER'S",
            "FILER'S employer identification no.",
            "STUDENT'S",
            "Service Provider/Acct. No. (see instr.)",
        ),
        _money(
            (295, 36, 396, 84),
            "1",
            "Payments received for\nqualified tuition and\nrelated expenses",
        ),
        Cell((295, 84, 396, 132), "2", shaded=True),
        Cell((295, 132, 497, 180), "3", shaded=True),
        _money((295, 180, 396, 216), "4", "Adjustments made for a\nprior year"),
        _money((396, 180, 497, 216), "5", "Scholarships or grants"),
        _money(
            (295, 216, 396, 276), "6", "Adjustments to\nscholarships or grants\nfor a prior year"
        ),
        Cell(
            (396, 216, 497, 276),
            "7",
            "Checked if the amount\nin box 1 includes\namounts for an\nacademic period\n"
            "beginning January-March",
            size=6,
        ),
        Cell((295, 276, 396, 318), "8", "Checked if at least\nhalf-time student", size=6),
        Cell((396, 276, 497, 318), "9", "Checked if a graduate\nstudent", size=6),
        _money((295, 318, 497, 360), "10", "Ins. contract reimb./refund"),
    ),
    (Tick(483, 262, "box_7"), Tick(382, 304, "box_8"), Tick(483, 304, "box_9")),
    "(Rev. January 2022)",
)

_FIRST_CONTINUOUS_YEAR = 2022
_LAYOUTS = {
    DocumentKind.F1099NEC: NEC,
    DocumentKind.F1099MISC: MISC,
    DocumentKind.F1099INT: INT,
    DocumentKind.F1099DIV: DIV,
    DocumentKind.F1098: MORTGAGE,
    DocumentKind.F1098E: STUDENT_LOAN,
    DocumentKind.F1098T: TUITION,
}


def layout_of(kind: DocumentKind, year: int) -> Layout:
    if kind is DocumentKind.F1099INT and year < _FIRST_CONTINUOUS_YEAR:
        return INT_2021
    return _LAYOUTS[kind]
