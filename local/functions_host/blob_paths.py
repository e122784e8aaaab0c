"""The path of a blob trigger: a container and a pattern such as ``{organization}/{name}.pdf``."""

import re
from dataclasses import dataclass

PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class BlobPath:
    container: str
    prefix: str  # what every matching name begins with, so that less need be listed
    pattern: re.Pattern[str]

    def match(self, name: str) -> dict[str, str] | None:
        found = self.pattern.fullmatch(name)
        return found.groupdict() if found else None


def parse_blob_path(text: str) -> BlobPath:
    """Read a path; parameters are greedy: ``{a}/{b}`` on "1/2/3" gives a = "1/2", as in Azure."""
    container, _, rest = text.partition("/")
    if not container or "{" in container:
        raise ValueError(f"blob path {text!r} must begin with the name of a container")
    literals = PARAMETER.split(rest or "{name}")
    pattern = "".join(
        f"(?P<{part}>.*)" if number % 2 else re.escape(part) for number, part in enumerate(literals)
    )
    try:
        return BlobPath(container, literals[0], re.compile(pattern, re.DOTALL))
    except re.error as error:
        raise ValueError(f"blob path {text!r} cannot be read: {error}") from error
