"""Social security and Medicare tax withheld from an employee, in cents.

26 USC 3101(a): 6.2 % of wages up to the year's base; 3101(b): 1.45 % of all wages and 0.9 % of
what a single employer pays over $200,000 (3102(f)).
"""

TOLERANCE = 100
"""Payroll rounds every pay day, so a year's tax may be off by a dollar (house tolerance)."""

ADDITIONAL_OVER = 200_000_00


def social_security_tax(wages: int) -> int:
    return (wages * 62 + 500) // 1000


def medicare_tax(wages: int) -> int:
    return (wages * 145 + max(0, wages - ADDITIONAL_OVER) * 90 + 5000) // 10_000


def agrees(withheld: int, due: int) -> bool:
    return abs(withheld - due) <= TOLERANCE
