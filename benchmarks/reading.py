"""python benchmarks/reading.py FOLDER...: how much of what documents say is read right.

Takes any folder with truth in one of these shapes: ``X.labels.json`` beside file X (Azure's form
labelling), ``key/NAME.json`` beside ``img/NAME.jpg`` (SROIE), ``NAME.json`` beside ``NAME.pdf``
(invoice2data), ``page_labels.json`` in the parent folder (kinds only), and ``truth.json`` of our
own samples (``python -m local.samples FOLDER`` draws them). Amounts are compared as cents, dates
as ISO, taxpayer numbers by their last four digits when masked, names by similarity of at least
0.85, anything else by its letters and digits.

Files go through the stack with ``python -m local read --json``, which is given the options this
program does not know (``--state``, ``--port``, ``--force``); ``--direct`` reads and understands
them in this process. ``--skip N`` and ``--limit N`` choose from each folder by name:
tune on some files, measure on others.
"""

import asyncio
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import answers, truth  # noqa: E402
from benchmarks.scores import Scores  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    known = [one for folder in options.folders for one in _chosen(folder.resolve(), options)]
    if not known:
        print("No file with a truth that this program can read in these folders.", file=sys.stderr)
        return 1
    scores = asyncio.run(_measure(known, options))
    if options.json:
        print(json.dumps({folder: score.as_json() for folder, score in scores.items()}))
    else:
        for folder, score in scores.items():
            _print(folder, score, with_misses=options.misses)
    return 0


def _options(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--limit", type=int, help="at most so many files of each folder")
    parser.add_argument("--skip", type=int, default=0, help="without the first so many by name")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--misses", action="store_true", help="every wrong or missing value")
    parser.add_argument("--direct", action="store_true", help="in this process, without the stack")
    parser.add_argument("--readings", type=Path, help="with --direct: where readings are kept")
    options, of_read = parser.parse_known_args(arguments)
    options.of_read = of_read
    return options


def _chosen(folder: Path, options: Namespace) -> list[truth.Truth]:
    known = list(truth.in_folder(folder))[options.skip :]
    return known[: options.limit]


async def _measure(known: Sequence[truth.Truth], options: Namespace) -> dict[str, Scores]:
    by_file = {one.file: one for one in known}
    scores = {one.folder: Scores() for one in known}

    def add(file: Path, answer: answers.Answer) -> None:
        scores[by_file[file].folder].add(by_file[file], answer)

    if options.direct:
        async for file, answer in answers.direct(list(by_file), options.readings):
            add(file, answer)
    else:
        for file, answer in answers.from_stack(list(by_file), options.of_read):
            add(file, answer)
    return scores


def _print(folder: str, score: Scores, *, with_misses: bool) -> None:
    print(f"\n{folder}: {score.files} files, {score.pages} pages")
    for name, value in _lines(score):
        print(f"  {name:<26}{value}")
    for file, problem in score.problems.items():
        print(f"  {file}: {problem}")
    for miss in score.misses if with_misses else ():
        given = f"{miss.given!r} at {miss.confidence:.2f}" if miss.given else "nothing"
        print(f"    {miss.file}: {miss.name} is {miss.expected!r}, given {given}")


def _lines(score: Scores) -> Iterator[tuple[str, str]]:
    if score.kinds.of:
        yield "kinds", str(score.kinds)
    if score.fields.of:
        yield "fields", str(score.fields)
        yield "of those given at >= 0.9", str(score.sure)
    for name, share in sorted(score.by_field.items()):
        yield f"  {name}", str(share)
    if score.seconds_per_page is not None:
        yield "seconds per page", f"{score.seconds_per_page:.2f}"


if __name__ == "__main__":
    sys.exit(main())
