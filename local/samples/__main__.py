"""python -m local.samples FOLDER [--seed N]: draw the sample documents into a folder."""

from argparse import ArgumentParser
from pathlib import Path

from local.samples.catalogue import make_samples


def main() -> None:
    parser = ArgumentParser(prog="python -m local.samples", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to; made if it is not there")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other documents")
    options = parser.parse_args()
    for sample in make_samples(options.folder, options.seed):
        print(f"{sample.path.name:28}{sample.kind or '-':16}{sample.expected_state}")


if __name__ == "__main__":
    main()
