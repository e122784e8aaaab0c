"""The amounts of a bill by what they are called, and what they come to together."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import NamedTuple

from shared.documents.understanding.amounts import Amount
from shared.documents.understanding.commerce.sheet import Value

CLEAR = 0.6
"""From this strength on, a label says plainly what its amount is."""

MOST = 12
"""No bill has more amounts of one name; sums are tried of so many, the most plainly labelled."""

FEWER = 3
"""Of roundings, discounts and surcharges, which multiply, so many are tried."""

ADDS_UP = 1.5
NOTHING = 0.3
"""What a sum proves when the tax in it is nothing: it adds up by itself."""

CALLED_TOTAL = 0.7
"""What a subtotal counts for when it is called a total."""

TOGETHER = "taxes"
"""The role of several taxes taken together."""


class Sum(NamedTuple):
    """What a subtotal and a tax come to, and the points that speak for it."""

    total: int
    subtotal: Value
    tax: Value
    points: float


class Sums:
    def __init__(self, values: Iterable[Value]) -> None:
        self._by_role: dict[str, list[Value]] = {}
        for value in values:
            self._by_role.setdefault(value.role, []).append(value)

    def of(self, role: str, most: int = MOST) -> list[Value]:
        """The amounts of one name, in the order they are printed."""
        values = self._by_role.get(role, [])
        plainest = sorted(values, key=lambda value: -value.strength)[:most]
        least = plainest[-1].strength if plainest else 0.0
        return [value for value in values if value.strength >= least][-most:]

    @cached_property
    def totals(self) -> list[Value]:
        """The amounts that are called a total; a total is never nothing."""
        return [value for value in self.of("total") if value.cents > 0]

    @cached_property
    def all(self) -> list[Sum]:
        """What subtotals and taxes come to, with and without rounding, discount and surcharge."""
        return list(self._sums())

    @cached_property
    def points(self) -> dict[int, float]:
        """The most that speaks for each amount as a sum."""
        points: dict[int, float] = {}
        for one in self.all:
            points[one.total] = max(points.get(one.total, 0.0), one.points)
        return points

    @cached_property
    def paid_less_change(self) -> dict[int, Value]:
        """What was given less what came back, by the payment it starts from."""
        return {
            abs(paid.cents) - abs(change.cents): paid
            for paid, change in product(self.of("paid"), self.of("change"))
        }

    def is_rounded(self, cents: int) -> bool:
        """Whether the amount is a total after the rounding that is printed."""
        roundings = {rounding.cents for rounding in self.of("rounding") if rounding.cents}
        return any(
            total.cents + rounding == cents for total, rounding in product(self.totals, roundings)
        )

    def _sums(self) -> Iterator[Sum]:
        for subtotal, tax in product(self._subtotals(), self._taxes()):
            if subtotal.role == "total" and not tax.cents:
                continue
            proof = min(subtotal.strength, tax.strength, 1.0 if tax.cents else NOTHING)
            for extra in self._extras():
                total = subtotal.cents + tax.cents + extra
                yield Sum(total, subtotal, tax, ADDS_UP * proof)

    def _subtotals(self) -> list[Value]:
        """The subtotals; some call a total what comes before the tax."""
        called_total = [
            value._replace(strength=value.strength * CALLED_TOTAL) for value in self.totals
        ]
        return self.of("subtotal") + called_total

    def _taxes(self) -> list[Value]:
        """The taxes, and what those in the body of the document come to together."""
        taxes = self.of("tax")
        body = [tax for tax in taxes if tax.strength >= CLEAR and tax.cents]
        if len(body) <= 1:
            return taxes
        amount = Amount(sum(tax.cents for tax in body))
        return [*taxes, body[-1]._replace(amount=amount, role=TOGETHER, strength=CLEAR)]

    def _extras(self) -> set[int]:
        roundings, discounts, surcharges = (
            {0} | {value.cents for value in self.of(role, FEWER)}
            for role in ("rounding", "discount", "surcharge")
        )
        return {
            rounding - abs(discount) + surcharge
            for rounding, discount, surcharge in product(roundings, discounts, surcharges)
        }
