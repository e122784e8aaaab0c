"""The project's samples with bytes flipped, pieces cut out, and two of them spliced together."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

from local.samples import make_samples
from tests.hostile.corpus.case import Case

MOST_FLIPS = 60
SCANS = ("04-w2-scanned.pdf", "11-1099-int-scanned.pdf")
PHOTOS = ("14-receipt-groceries.jpg", "15-receipt-stationery.jpg")

Mutation = Callable[[Random, bytes, bytes], bytes]


def mutated(folder: Path, count: int, seed: int, *, looks: bool) -> Iterator[Case]:
    """The same seed gives the same bytes; samples that have to be looked at only on demand.

    Nobody knows what becomes of one, but that it ends and in which words.
    """
    samples = [sample.path for sample in make_samples(folder, seed)]
    chosen = [each for each in samples if looks or each.name not in (*SCANS, *PHOTOS)]
    whole = [each.read_bytes() for each in chosen if each.stat().st_size]
    for number in range(count):
        chance = Random(f"mutation {seed} {number}")
        sort = SORTS[number % len(SORTS)]
        data = _mutated(chance, sort, whole)
        yield Case(
            name=f"{sort.__name__.strip('_')}/{number}",
            write=partial(_write, data),
            outcome=None,
            file_name=f"{sort.__name__.strip('_')} {number}.pdf",
        )


def _write(data: bytes, file: Path) -> None:
    file.write_bytes(data)


def _mutated(chance: Random, sort: Mutation, whole: Sequence[bytes]) -> bytes:
    return sort(chance, chance.choice(whole), chance.choice(whole))


def _flipped(chance: Random, one: bytes, _other: bytes) -> bytes:
    data = bytearray(one)
    for _ in range(chance.randint(1, MOST_FLIPS)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(chance: Random, one: bytes, _other: bytes) -> bytes:
    """A piece is missing somewhere, as from a disk that failed; the end is there."""
    start = chance.randrange(len(one))
    return one[:start] + one[start + chance.randint(1, 2000) :]


def _spliced(chance: Random, one: bytes, other: bytes) -> bytes:
    return one[: chance.randrange(len(one))] + other[chance.randrange(len(other)) :]


def _overwritten(chance: Random, one: bytes, _other: bytes) -> bytes:
    """A stretch of noise, or of zeros."""
    length = chance.randint(1, 500)
    start = chance.randrange(len(one))
    noise = chance.randbytes(length) if chance.random() < 1 / 2 else bytes(length)
    return one[:start] + noise + one[start + length :]


SORTS: tuple[Mutation, ...] = (_flipped, _cut, _spliced, _overwritten)
