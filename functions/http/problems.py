"""How errors look in the API's description: RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, Field

from functions.http.invalid import FieldCode


class FieldProblem(BaseModel):
    """``pointer`` is a JSON pointer into the body, or the name of a parameter."""

    where: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str = Field(examples=["/size"])
    code: FieldCode
    detail: str = Field(examples=["Input should be greater than or equal to 0"])


class Problem(BaseModel):
    """``code`` is stable and listed in docs/errors.md; ``detail`` is for people."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["Document not found"])
    request_id: str = Field(examples=["0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55"])
    errors: list[FieldProblem] = []


PROBLEM = "application/problem+json"

_CONTENT = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": _CONTENT}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: _problem("No token, or not a valid one"),
    403: _problem("Not a member of the firm, or the role may not do this"),
    404: _problem("Not there, or another firm's: the two look the same"),
    422: _problem("Something in the request is wrong; ``errors`` points at it"),
}

DECISION_PROBLEMS: dict[int | str, dict[str, Any]] = {
    409: _problem("The document is not in a state that allows this"),
    412: _problem("Somebody changed it since; get it again"),
    428: _problem("If-Match is missing"),
}

SETTINGS_PROBLEMS: dict[int | str, dict[str, Any]] = DECISION_PROBLEMS | {
    409: _problem("This deployment has nothing that the setting could switch on"),
}


CHANGE_PROBLEMS: dict[int | str, dict[str, Any]] = DECISION_PROBLEMS | {
    409: _problem("Its state, or a rule of the firm, does not allow this"),
}
PLAN_LIMIT: dict[int | str, dict[str, Any]] = {
    402: _problem("The plan does not include it, or has no room for more"),
}
GONE: dict[int | str, dict[str, Any]] = {
    410: _problem("It was good once, or never: nobody is told which"),
}


def conflict(description: str) -> dict[int | str, dict[str, Any]]:
    return {409: _problem(description)}


def example(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": f"{detail}.",
        "request_id": "0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55",
        "errors": [],
    }
