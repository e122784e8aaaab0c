"""A Form W-2 proves itself: tax withheld and wages confirm each other, or settle a doubt.

A dollar of tax is sixty of wages, so two readings of one amount can both fit; then it proves
nothing, and the doubt remains.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from shared.documents.understanding.amounts import cents, decimal
from shared.documents.understanding.models import FieldSource, FieldValue
from shared.documents.understanding.values import Candidate
from shared.documents.understanding.withholding import agrees, medicare_tax, social_security_tax

SURE = 0.9
"""A value at least this sure may settle a doubt about another."""

CONFIRMED = 0.97
"""Two amounts that fit to the dollar were hardly both misread."""

DERIVED = 0.9

Read: TypeAlias = Candidate | FieldValue
"""What somebody has read for a field."""


class _Equation(NamedTuple):
    wages: str
    tips: str | None
    tax: str
    due: Callable[[int], int]


_EQUATIONS = (
    _Equation("box_3", "box_7", "box_4", social_security_tax),
    _Equation("box_5", None, "box_6", medicare_tax),
)


def settle(fields: Sequence[FieldValue], candidates: Iterable[Read]) -> tuple[FieldValue, ...]:
    """The fields, surer where only they fit; a doubtful one replaced by the one that does."""
    readings: dict[str, list[Read]] = {}
    for candidate in candidates:
        readings.setdefault(candidate.name, []).append(candidate)
    settled = {field.name: field for field in fields}
    for equation in _EQUATIONS:
        settled.update(_settle(equation, settled, readings))
    return tuple(settled[field.name] for field in fields)


def _settle(
    equation: _Equation,
    fields: Mapping[str, FieldValue],
    readings: Mapping[str, Sequence[Read]],
) -> dict[str, FieldValue]:
    wages, tax = fields.get(equation.wages), fields.get(equation.tax)
    tips = _tips(equation, fields)
    if not wages or not tax or tips is None:
        return {}
    if _fits(equation, wages.value, tips, tax.value):
        is_told = not _is_another_fitting(equation, wages, tips, tax, readings)
        return {field.name: _confirmed(field) for field in (wages, tax) if is_told}
    if tax.confidence < SURE <= wages.confidence:
        return _derived(tax, readings, lambda other: _fits(equation, wages.value, tips, other))
    if wages.confidence < SURE <= tax.confidence:
        return _derived(wages, readings, lambda other: _fits(equation, other, tips, tax.value))
    return {}


def _tips(equation: _Equation, fields: Mapping[str, FieldValue]) -> int | None:
    """Tips count as wages; an empty box is none, one that cannot be read settles nothing."""
    field = fields.get(equation.tips) if equation.tips else None
    if field is None:
        return 0
    return cents(field.value) if field.value and field.confidence >= SURE else None


def _fits(equation: _Equation, wages: str | None, tips: int, tax: str | None) -> bool:
    if not wages or not tax or cents(tax) == 0:
        return False
    return agrees(cents(tax), equation.due(cents(wages) + tips))


def _is_another_fitting(
    equation: _Equation,
    wages: FieldValue,
    tips: int,
    tax: FieldValue,
    readings: Mapping[str, Sequence[Read]],
) -> bool:
    read = product(*({each.value for each in readings.get(one.name, ())} for one in (wages, tax)))
    others = set(read) - {(wages.value, tax.value)}
    return any(_fits(equation, other, tips, withheld) for other, withheld in others)


def _confirmed(field: FieldValue) -> FieldValue:
    return field.model_copy(update={"confidence": max(field.confidence, CONFIRMED)})


def _derived(
    doubtful: FieldValue,
    readings: Mapping[str, Sequence[Read]],
    fits: Callable[[str], bool],
) -> dict[str, FieldValue]:
    others = {
        value
        for candidate in readings.get(doubtful.name, ())
        for value in _alternatives(candidate)
        if value != doubtful.value and fits(value)
    }
    if len(others) != 1:
        return {}
    change = {"value": others.pop(), "confidence": DERIVED, "source": FieldSource.DERIVED}
    return {doubtful.name: doubtful.model_copy(update={**change, "page": None, "box": None})}


def _alternatives(candidate: Read) -> tuple[str, ...]:
    """What was read, and what it would be if the scan lost the decimal point."""
    if not candidate.value:
        digits = "".join(letter for letter in candidate.raw or "" if letter.isdigit())
        return (decimal(int(digits)),) if digits else ()
    if candidate.source is FieldSource.OCR and "." not in (candidate.raw or ""):
        return candidate.value, decimal(cents(candidate.value) // 100)
    return (candidate.value,)
