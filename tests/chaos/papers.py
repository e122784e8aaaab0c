"""The files a round sends: most are read surely, some want a person, some nobody can read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from local.samples import ExpectedState, make_many, make_scanned
from local.samples.chance import chance_for
from local.samples.damaged import cut_off, imitate_program
from local.samples.w2_forms import draw_w2
from local.samples.wages import invent_w2, with_wrong_social_security_tax

YEAR = 2024
DOUBTFUL_PART = 0.1
UNREADABLE_PART = 0.06
COPIED_PART = 0.06


@dataclass(frozen=True, slots=True)
class Paper:
    """`expected` to need a review means that a person may decide it, one way or the other.

    `copy` holds the same bytes: both are announced before either is sent.
    """

    path: Path
    expected: ExpectedState
    fields: Mapping[str, str] = field(hash=False)
    copy: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self.path, self.copy) if self.copy else (self.path,)


def make_papers(folder: Path, count: int, seed: int, *, scanned: int = 0) -> list[Paper]:
    """So many files, copies counted, in an order that the seed decides."""
    copied = round(COPIED_PART * count)
    papers = [
        *_doubtful(folder, round(DOUBTFUL_PART * count), seed),
        *_unreadable(folder, round(UNREADABLE_PART * count), seed),
    ]
    plain = make_many(folder, count - copied - scanned - len(papers), seed)
    for number, sample in enumerate(plain):
        copy = _copy(sample.path) if number < copied else None
        papers.append(Paper(sample.path, sample.expected_state, sample.fields, copy))
    papers += [
        Paper(sample.path, ExpectedState.NEEDS_REVIEW, {})  # OCR may be unsure of it
        for sample in make_scanned(folder, scanned, seed)
    ]
    chance_for(seed, "the order").shuffle(papers)
    return papers


def _copy(path: Path) -> Path:
    copy = path.with_name(f"copy-of-{path.name}")
    copy.write_bytes(path.read_bytes())
    return copy


def _doubtful(folder: Path, count: int, seed: int) -> Iterator[Paper]:
    """A wrong sum, so a rule asks for a person."""
    for number in range(count):
        chance = chance_for(seed, f"doubtful {number}")
        content = with_wrong_social_security_tax(invent_w2(chance, YEAR))
        path = _written(folder, f"doubtful-{number}.pdf", draw_w2(content))
        yield Paper(path, ExpectedState.NEEDS_REVIEW, content.fields)


def _unreadable(folder: Path, count: int, seed: int) -> Iterator[Paper]:
    for number in range(count):
        chance = chance_for(seed, f"unreadable {number}")
        name, data = _spoilt(number, chance)
        yield Paper(_written(folder, name, data), ExpectedState.REJECTED, {})


def _spoilt(number: int, chance: Random) -> tuple[str, bytes]:
    content = invent_w2(chance, YEAR)
    match number % 3:
        case 0:
            return f"locked-{number}.pdf", draw_w2(content, password="secret")
        case 1:
            return f"cut-off-{number}.pdf", cut_off(draw_w2(content))
        case _:
            return f"program-{number}.pdf", imitate_program(chance)


def _written(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path
