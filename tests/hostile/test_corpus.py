"""Hundreds of files that are wrong, or meant to do harm, through the whole stack.

`make corpus` sends all of them, those that have to be looked at, and more mutations.
"""

import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path

import pytest

from local.samples import make_many
from shared.documents.kinds import DocumentKind
from tests.hostile import wellbeing
from tests.hostile.corpus import generated
from tests.hostile.corpus.case import Case
from tests.hostile.corpus.mutations import mutated
from tests.hostile.counts import table
from tests.hostile.run import Ended, Sender, sender
from tests.journeys.stack import Stack, running

MUTATIONS = 60
SEED = 3
MOST_FOR_OCR = 20
OF_EACH_FAMILY = 15
TO_BE_LOOKED_AT = 10
PAGE_SECONDS = "3"
"""What a page that never ends may cost here, twice."""

pytestmark = pytest.mark.xdist_group("hostile")


def chosen(folder: Path) -> list[Case]:
    """As many as there is time for: some of each family, and few that have to be looked at."""
    families: defaultdict[str, list[Case]] = defaultdict(list)
    for case in generated():
        if not case.is_slow:
            families["OCR" if case.looks else case.family].append(case)
    looked = families.pop("OCR")[:TO_BE_LOOKED_AT]
    spread = [case for family in families.values() for case in _spread(family)]
    return [*looked, *spread, *mutated(folder, MUTATIONS, SEED, looks=False)]


def _spread(family: list[Case]) -> list[Case]:
    step = max(len(family) / OF_EACH_FAMILY, 1)
    return [family[int(number * step)] for number in range(min(len(family), OF_EACH_FAMILY))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Generator[Stack]:
    with running(folder / "state", READER_PAGE_SECONDS=PAGE_SECONDS) as started:
        yield started


@pytest.fixture(scope="module")
async def sending(stack: Stack, folder: Path) -> AsyncGenerator[Sender]:
    async with sender(stack, folder / "sent") as opened:
        yield opened


async def test_every_hostile_file_ends_in_words_and_harms_nobody(
    stack: Stack, sending: Sender, folder: Path, record_property: Callable[[str, object], None]
) -> None:
    began, host_pid = time.monotonic(), stack.part("host").pid

    ended = await sending.send_all(chosen(folder / "samples"))

    seconds = time.monotonic() - began
    looked_at = wellbeing.looked_at(stack)
    record_property("counts", table(ended, looked_at=looked_at, seconds=seconds))
    assert unexpected(ended) == []
    assert await wellbeing.troubles(stack, ended, host_pid) == []
    assert 1 <= looked_at <= MOST_FOR_OCR


async def test_an_ordinary_document_is_read_after_them(stack: Stack, folder: Path) -> None:
    (sample,) = make_many(folder / "ordinary", 1, seed=77)

    (outcome,) = stack.read(sample.path)

    assert (outcome["state"], outcome["kind"]) == ("accepted", DocumentKind.W2)


def unexpected(ended: list[Ended]) -> list[str]:
    return [f"{each.case.name}: {each.outcome}" for each in ended if not each.is_expected]
