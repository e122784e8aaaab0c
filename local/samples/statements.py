"""A bank statement of two pages whose running balance ends at the closing balance."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

from local.samples.models import Content
from local.samples.people import Company, Person, invent_company, invent_person
from local.samples.printing import print_amount, print_date, print_long_date
from local.samples.sheet import Sheet, new_canvas
from local.samples.wages import cents
from shared.documents.kinds import DocumentKind

_ROWS_ON_FIRST_PAGE = 24
_PAYEES = (
    "Maple Hollow Hardware",
    "Ferry toll",
    "Thimble Street Grocers",
    "Electric company autopay",
    "Check 1043",
    "Orchard Supply online",
    "ATM withdrawal",
)


@dataclass(frozen=True)
class Entry:
    day: date
    text: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Statement:
    bank: Company
    owner: Person
    entries: tuple[Entry, ...]
    content: Content


def invent_statement(chance: Random, month: date) -> Statement:
    bank, owner = invent_company(chance, "Community Bank"), invent_person(chance)
    opening = Decimal(chance.randint(2_000_00, 9_000_00)) / 100
    entries = _invent_entries(chance, month, opening)
    fields = {
        "institution": bank.name,
        "account_last4": f"{chance.randint(1000, 9999)}",
        "period_start": month.isoformat(),
        "period_end": month.replace(day=monthrange(month.year, month.month)[1]).isoformat(),
        "opening_balance": cents(opening),
        "closing_balance": cents(entries[-1].balance),
    }
    content = Content(DocumentKind.BANK_STATEMENT, None, fields)
    return Statement(bank, owner, entries, content)


def draw_statement(statement: Statement) -> bytes:
    target = BytesIO()
    canvas = new_canvas(target)
    sheet, fields = Sheet(canvas), statement.content.fields
    _draw_head(sheet, statement)
    summary = (
        ("Opening balance", fields["opening_balance"]),
        ("Deposits and credits", _total(statement, credit=True)),
        ("Withdrawals and debits", _total(statement, credit=False)),
        ("Closing balance", fields["closing_balance"]),
    )
    for row, (label, amount) in enumerate(summary):
        sheet.text(60, 212 + row * 15, label, size=10)
        sheet.text(300, 212 + row * 15, f"${print_amount(amount)}", size=10, align="right")
    _draw_entries(sheet, 290, statement.entries[:_ROWS_ON_FIRST_PAGE])
    _draw_page_number(sheet, statement, 1)
    canvas.showPage()
    _draw_entries(sheet, 70, statement.entries[_ROWS_ON_FIRST_PAGE:])
    _draw_page_number(sheet, statement, 2)
    canvas.save()
    return target.getvalue()


def _invent_entries(chance: Random, month: date, opening: Decimal) -> tuple[Entry, ...]:
    balance, entries = opening, list[Entry]()
    for number in range(40):
        pay = number % 20 == 0
        amount = Decimal(chance.randint(1_900_00, 2_600_00) if pay else -chance.randint(400, 14000))
        balance += amount / 100
        text = "Direct deposit payroll" if pay else chance.choice(_PAYEES)
        entries.append(Entry(month + timedelta(days=number * 7 // 10), text, amount / 100, balance))
    return tuple(entries)


def _total(statement: Statement, *, credit: bool) -> str:
    amounts = (entry.amount for entry in statement.entries if (entry.amount > 0) is credit)
    return cents(abs(sum(amounts, Decimal(0))))


def _draw_head(sheet: Sheet, statement: Statement) -> None:
    fields, bank = statement.content.fields, statement.bank
    sheet.text(54, 64, bank.name, size=16, font="Helvetica-Bold")
    sheet.lines(54, 78, (*bank.seat.lines, bank.phone), size=8)
    sheet.text(558, 64, "Checking Account Statement", size=13, align="right")
    start, end = print_long_date(fields["period_start"]), print_long_date(fields["period_end"])
    account = f"Account number: XXXX XXXX {fields['account_last4']}"
    sheet.lines(
        558, 84, (f"Statement period: {start} through {end}", account), size=9, align="right"
    )
    owner = statement.owner
    sheet.lines(54, 130, (owner.name, *owner.home.lines), size=10)
    sheet.text(54, 194, "Account summary", size=11, font="Helvetica-Bold")
    sheet.rule(54, 199, 300, 199)


def _draw_entries(sheet: Sheet, top: float, entries: tuple[Entry, ...]) -> None:
    heads = ((60, "Date"), (130, "Description"))
    for x, label in heads:
        sheet.text(x, top, label, size=9, font="Helvetica-Bold")
    for x, label in ((450, "Amount"), (552, "Balance")):
        sheet.text(x, top, label, size=9, font="Helvetica-Bold", align="right")
    sheet.rule(54, top + 5, 558, top + 5)
    y = top + 19
    for entry in entries:
        sheet.text(60, y, print_date(entry.day.isoformat()), size=9)
        sheet.text(130, y, entry.text, size=9)
        sheet.text(450, y, print_amount(cents(entry.amount)), size=9, align="right")
        sheet.text(552, y, print_amount(cents(entry.balance)), size=9, align="right")
        y += 16


def _draw_page_number(sheet: Sheet, statement: Statement, page: int) -> None:
    sheet.text(54, 750, f"{statement.bank.name}. Member FDIC.", size=8)
    sheet.text(558, 750, f"Page {page} of 2", size=8, align="right")
