"""What is wrong with a request, field by field; never what it said: that may be a TIN."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from shared.platform.redaction import redact


class FieldCode(StrEnum):
    """In the API's contract: never renamed."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    WRONG_TYPE = "wrong_type"
    WRONG_FORMAT = "wrong_format"
    NOT_ONE_OF = "not_one_of"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    INVALID = "invalid"


CODES = {
    "missing": FieldCode.MISSING,
    "extra_forbidden": FieldCode.UNKNOWN,
    "string_pattern_mismatch": FieldCode.WRONG_FORMAT,
    "timezone_aware": FieldCode.WRONG_FORMAT,
    "enum": FieldCode.NOT_ONE_OF,
    "literal_error": FieldCode.NOT_ONE_OF,
    "union_tag_invalid": FieldCode.NOT_ONE_OF,
    "union_tag_not_found": FieldCode.MISSING,
    "string_too_short": FieldCode.TOO_SHORT,
    "too_short": FieldCode.TOO_SHORT,
    "string_too_long": FieldCode.TOO_LONG,
    "too_long": FieldCode.TOO_LONG,
    "greater_than": FieldCode.TOO_SMALL,
    "greater_than_equal": FieldCode.TOO_SMALL,
    "less_than": FieldCode.TOO_LARGE,
    "less_than_equal": FieldCode.TOO_LARGE,
}
WORDS = {
    "union_tag_invalid": "Input should have one of the tags {expected_tags}",
    "string_pattern_mismatch": "Input should have the shape that the API's description shows",
}
"""What Pydantic says of these quotes the input, or a regular expression."""
MOST = 50  # problems told of one request: each costs more than what it took to make it


def field_problems(errors: Sequence[Any], body: Any) -> list[dict[str, str]]:
    return [_problem(error, body) for error in errors[:MOST]]


def _problem(error: dict[str, Any], body: Any) -> dict[str, str]:
    where, *path = error["loc"]
    if where == "body":
        path = _in(body, path, is_missing=error["type"] == "missing")
    told = WORDS.get(error["type"], "").format(**error.get("ctx", {})) or error["msg"]
    return {
        "in": where,
        "pointer": redact("".join(f"/{_escaped(part)}" for part in path)),
        "code": _code(error["type"]),
        "detail": redact(told.removeprefix("Value error, ")),
    }


def _in(body: Any, path: list[str | int], *, is_missing: bool) -> list[str | int]:
    """Pydantic names the branches of unions, too, which the body does not have."""
    found: list[str | int] = []
    for at, part in enumerate(path):
        is_last = at == len(path) - 1
        if _has(body, part):
            body = body[part]
            found.append(part)
        elif is_missing and is_last:
            found.append(part)
    return found


def _has(body: Any, part: str | int) -> bool:
    match body:
        case dict():
            return part in body
        case list():
            return isinstance(part, int) and part < len(body)
        case _:
            return False


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _code(kind: str) -> FieldCode:
    if kind in CODES:
        return CODES[kind]
    is_of_type = kind.endswith(("_type", "_parsing"))
    return FieldCode.WRONG_TYPE if is_of_type else FieldCode.INVALID
