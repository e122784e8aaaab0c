"""Many documents of one sort, for crash tests and measurements."""

from pathlib import Path
from random import Random

from local.samples.chance import chance_for
from local.samples.models import ExpectedState, Sample
from local.samples.pictures import scan
from local.samples.w2_forms import draw_w2
from local.samples.wages import invent_w2

_YEARS = (2021, 2022, 2023, 2024, 2025)


def make_many(folder: Path, count: int, seed: int = 1) -> list[Sample]:
    """Write that many W-2s with a text layer, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_make_w2(folder, number, seed, scanned=False) for number in range(1, count + 1)]


def make_scanned(folder: Path, count: int, seed: int = 1) -> list[Sample]:
    """Write that many scanned W-2s, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_make_w2(folder, number, seed, scanned=True) for number in range(1, count + 1)]


def _make_w2(folder: Path, number: int, seed: int, *, scanned: bool) -> Sample:
    chance: Random = chance_for(seed, f"stack {number}")
    content = invent_w2(chance, chance.choice(_YEARS))
    content.fields["control_number"] = f"N{number:06}"
    drawn = draw_w2(content)
    path = folder / f"{'scan' if scanned else 'w2'}-{number:05}.pdf"
    path.write_bytes(scan(drawn, chance) if scanned else drawn)
    accepted = ExpectedState.ACCEPTED
    return Sample(path, content.kind, content.tax_year, content.fields, accepted, pages=1)
