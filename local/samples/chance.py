"""Chance that repeats itself: the same seed and purpose give the same numbers every time."""

from random import Random


def chance_for(seed: int, purpose: str) -> Random:
    """Each document has a chance of its own, so a new one changes none of the others."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 - nothing here is a secret
