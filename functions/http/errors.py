"""Writes what each error and reason means, from the code: ``python -m functions.http.errors``.

The page is committed as docs/errors.md; a test fails when it is not up to date.
"""

import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from string import Template

import functions.http
import shared
from shared.documents import reasons
from shared.platform.errors import AppError
from shared.vendors.reading import CloudReaderMissing

PAGE = Path(__file__).parents[2] / "docs/errors.md"

OF_THE_FRAMEWORK: Mapping[str, tuple[int, str, str]] = {
    "bad_request": (400, "It is not HTTP as we can read it: its Host, its body.", "Mend it"),
    "method_not_allowed": (405, "The route does not know this method.", "See the description"),
    "invalid_request": (422, "Some fields are wrong.", "Change those that `errors` points at"),
    "internal_error": (500, "Something went wrong on our side.", "Tell us the request_id"),
}

TEXT = Template("""# Errors and reasons

Written by `python -m functions.http.errors` from the code: a class of errors says what is wrong in
its docstring and what to do in its `remedy`.

Every error of the API is `application/problem+json` (RFC 9457):

```json
{"title": "Not Found", "status": 404, "code": "not_found",
 "detail": "Document not found. Look for it in its list.",
 "request_id": "0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55"}
```

`code` is stable: write programs against it. `detail` says what is wrong and what to do; it is for
people and may change. A 422 may carry `errors`, each with a JSON `pointer` into the request.
`request_id` is in our log, too, and in the header `X-Request-Id`.

## What a request can be told

$requests

## Why a document was rejected

The bytes are kept, and `code` on the document says why. Reading them again will not help.

$rejected

Too large is: over 100 MB or 500 pages; over 100 megapixels, 50,000 letters or 2,000 fields on a
page; over 6 gigapixels, 400,000 words or 2 million letters in all.

Rejected by a person: no `code`, and `detail` is the reason they gave.

## Why a document is expected although it was announced long ago

It stays `expected`. Announcing it again, in the same words, gives a new link for the same document.

$expected

## Why a document waits for a person

$waiting

Where nothing could read it, it waits with the reader's code:

$readers

A code of the cloud reader makes a document wait only when the firm has switched
`cloud_reading_fallback` off. With it on, this deployment reads the document, and the finding
`read_locally` names the code; see [cloud-reading.md](cloud-reading.md).

## What a finding says beside the rules of the forms

$findings

## Why a document or an operation failed

$failed

An operation that was refused has the code and the detail of the error it ended in.

## What `local read` says of a file itself

| code | what to do |
|---|---|
| `file_unreadable` | there is no such file, or it may not be opened: look at its path and rights |
| `no_result_in_time` | nothing was heard of it for 15 minutes: see the logs and `local status` |
""")


def classes() -> list[type[AppError]]:
    """Every error of the app with a code of its own, in the order of status and code."""
    for package in (shared, functions.http):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    found = {error for error in _below(AppError) if "code" in vars(error)}
    return sorted(found, key=lambda error: (error.status, error.code))


def meaning(error: type[AppError]) -> str:
    """The first line of its own docstring."""
    told = inspect.cleandoc(vars(error).get("__doc__") or "")
    return told.partition("\n\n")[0].replace("\n", " ")


def render() -> str:
    return TEXT.substitute(
        requests="\n".join(_requests()),
        rejected="\n".join(_of_classes(reasons.REJECTED)),
        expected="\n".join(_of_codes(reasons.EXPECTED)),
        waiting="\n".join(_of_codes(reasons.WAITING)),
        readers="\n".join(_of_classes(reasons.READERS)),
        findings="\n".join(_of_codes(reasons.FINDINGS)),
        failed="\n".join(_of_codes(reasons.FAILED)),
    )


def _requests() -> Iterator[str]:
    yield from _table("code", "status", "what is wrong", "what to do")
    of_documents = {error.code for error in (*reasons.REJECTED, *reasons.READERS)}
    of_documents.remove(CloudReaderMissing.code)  # who switches it on is told that, too
    rows = dict(OF_THE_FRAMEWORK) | {
        error.code: (error.status, meaning(error), error.remedy)
        for error in classes()
        if error.code not in of_documents
    }
    for code, (status, wrong, remedy) in sorted(rows.items(), key=lambda row: (row[1][0], row[0])):
        yield f"| `{code}` | {status} | {wrong} | {remedy}. |"


def _of_classes(errors: Iterable[type[AppError]]) -> Iterator[str]:
    yield from _table("code", "what is wrong", "what to do")
    for error in errors:
        yield f"| `{error.code}` | {meaning(error)} | {error.remedy}. |"


def _of_codes(codes: Mapping[str, str]) -> Iterator[str]:
    yield from _table("code", "what happened")
    for code, happened in codes.items():
        yield f"| `{code}` | {happened} |"


def _table(*headings: str) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    for found in kind.__subclasses__():
        if found.__module__.startswith(("shared.", "functions.")):
            yield found
            yield from _below(found)


if __name__ == "__main__":
    PAGE.write_text(render())
