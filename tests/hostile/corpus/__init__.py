"""Files that are wrong, or meant to do harm: each is made here, none is kept."""

from collections.abc import Iterator

from tests.hostile.corpus import (
    names,
    pdf_active,
    pdf_contents,
    pdf_cuts,
    pdf_locks,
    pdf_references,
    pdf_trees,
    picture_damage,
    pictures,
    programs,
    sizes,
)
from tests.hostile.corpus.case import Case

FAMILIES = (
    sizes,
    pictures,
    picture_damage,
    pdf_locks,
    pdf_cuts,
    pdf_references,
    pdf_trees,
    pdf_contents,
    pdf_active,
    programs,
    names,
)


def generated() -> Iterator[Case]:
    for family in FAMILIES:
        yield from family.generated()
