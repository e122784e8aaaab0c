"""Whether the service says of each paper what the paper says."""

from collections.abc import Iterator

from local.reading.api import Json
from local.samples import ExpectedState
from shared.documents.values import is_tin
from tests.chaos.papers import Paper

DECIDED = {"accepted", "rejected"}


def misread(paper: Paper, documents: list[Json]) -> Iterator[str]:
    """A copy is a duplicate of its original, or the other way round."""
    original, *duplicates = sorted(documents, key=lambda each: each["state"] == "duplicate")
    for each in duplicates:
        if each["duplicate_of"] != original["id"] != each["id"]:
            yield f"{paper.path.name} and its copy are both {each['state']}"
    allowed = DECIDED if paper.expected is ExpectedState.NEEDS_REVIEW else {paper.expected.value}
    if original["state"] not in allowed:
        yield f"{paper.path.name} is {original['state']} ({original['code']})"
    for name, value in paper.fields.items():
        found = original["fields"].get(name, {}).get("value")
        wanted = f"***-**-{value[-4:]}" if is_tin(name) else value
        if found != wanted:
            yield f"{paper.path.name}: {name} is {found} in place of {wanted}"
