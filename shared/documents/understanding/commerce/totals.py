"""Which amounts are total, subtotal and tax: what the labels say, and what adds up."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.documents.understanding.amounts import Amount
from shared.documents.understanding.commerce.sheet import Value
from shared.documents.understanding.commerce.sums import CLEAR, TOGETHER, Sums

LABELLED = 2.0
REPEATED = 0.2
PAID = 0.7
CHANGED = 1.5
ROUNDED = 0.8
UNNAMED = 0.7
"""What evidence counts for when no label says that the amount is the total."""

DERIVED = 1.2
"""What speaks for a total that is printed nowhere but follows from other amounts."""

NICKEL = 5
"""Cash is paid in steps of so many cents."""

HIGHEST_TAX = 30
"""No country taxes sales at more per cent of what is paid."""

SUM = "sum"
"""The role of a total that stands nowhere but follows."""

ARITHMETIC = frozenset({TOGETHER, SUM})
"""The roles of amounts that are printed nowhere."""


class Choice(NamedTuple):
    """An amount, and the points that speak for it."""

    value: Value
    points: float


class Totals(NamedTuple):
    total: Choice | None
    subtotal: Choice | None
    tax: Choice | None


def choose(values: Iterable[Value]) -> Totals:
    known = list(values)
    sums = Sums(known)
    unnamed = [value for value in known if value.role in ("paid", "subtotal", "")]
    rivals = [*_printed(sums), *_unnamed(sums, unnamed), *_derived(sums)]
    total = max(rivals, key=lambda rival: rival.points, default=None)
    subtotal, tax = _parts(sums, total.value.cents if total else None)
    return Totals(total, subtotal, tax)


def _printed(sums: Sums) -> Iterator[Choice]:
    """The amounts that are labelled as the total."""
    for value in sums.totals:
        cents = value.cents
        same = sum(other.cents == cents for other in sums.totals) - 1
        points = LABELLED * value.strength + REPEATED * min(same, 2) + sums.points.get(cents, 0.0)
        if cents in sums.paid_less_change:
            points += CHANGED
        elif any(abs(paid.cents) == cents for paid in sums.of("paid")):
            points += PAID
        yield Choice(value, points + (ROUNDED if sums.is_rounded(cents) else 0.0))


def _unnamed(sums: Sums, values: Iterable[Value]) -> Iterator[Choice]:
    """Other amounts that may be the total: what was paid, and what the others come to."""
    for value in values:
        points = sums.points.get(value.cents, 0.0)
        if value.cents in sums.paid_less_change:
            points += CHANGED * UNNAMED
        elif value.role == "paid" and not sums.of("change"):
            points += PAID
        points += _rounding(sums, value.cents) if points else 0.0
        if not points and value.role == "subtotal":
            points = value.strength * UNNAMED
        if value.cents > 0 and points > 0:
            yield Choice(value, points)


def _rounding(sums: Sums, cents: int) -> float:
    """What speaks for an amount close to a printed total: what was paid is that total, rounded."""
    if not any(0 < abs(total.cents - cents) <= NICKEL for total in sums.totals):
        return 0.0
    return ROUNDED + (ROUNDED if sums.is_rounded(cents) else 0.0)


def _derived(sums: Sums) -> Iterator[Choice]:
    """What the total must be when it cannot be read itself."""
    for one in sums.all:
        if min(one.subtotal.strength, one.tax.strength) >= CLEAR and one.tax.cents:
            yield Choice(one.subtotal._replace(amount=Amount(one.total), role=SUM), DERIVED)
    for cents, paid in sums.paid_less_change.items():
        if cents > 0 and paid.strength >= CLEAR:
            points = DERIVED + (ROUNDED if sums.is_rounded(cents) else 0.0)
            yield Choice(paid._replace(amount=Amount(cents), role=SUM), points)


def _parts(sums: Sums, total: int | None) -> tuple[Choice | None, Choice | None]:
    """The subtotal and tax that come to the total, or else the most plainly labelled."""
    agreeing = [one for one in sums.all if one.total == total]
    if agreeing:
        best = max(agreeing, key=lambda one: one.subtotal.strength + one.tax.strength)
        return _part(best.subtotal, best.points), _part(best.tax, best.points)
    highest = None if total is None else total * HIGHEST_TAX // 100
    return _plainest(sums.of("subtotal"), total), _plainest(sums.of("tax"), highest)


def _plainest(values: Sequence[Value], most: int | None) -> Choice | None:
    fitting = [value for value in values if most is None or 0 <= value.cents <= most]
    best = max(fitting, key=lambda value: value.strength, default=None)
    return _part(best, 0.0) if best else None


def _part(value: Value, proof: float) -> Choice:
    return Choice(value, LABELLED * value.strength + proof)
