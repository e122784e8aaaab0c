"""How errors look in the API's description: RFC 9457 problem documents."""

from typing import Any

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """``pointer`` says where in the request, as a JSON pointer."""

    pointer: str = Field(examples=["/size"])
    detail: str = Field(examples=["Input should be greater than or equal to 0"])


class Problem(BaseModel):
    """``code`` is stable and listed in docs/errors.md; ``detail`` is for people."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["Document not found"])
    request_id: str = Field(examples=["0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55"])
    errors: list[FieldProblem] = []


_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


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
