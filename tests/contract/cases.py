"""Requests made up from the API's description, the same in each run.

Hypothesis only draws them: they are sent afterwards, on the loop that the pool lives on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.http import openapi

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Request: TypeAlias = Case[Any]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


def every_operation() -> list[Operation]:
    schema = schemathesis.openapi.from_dict(openapi.describe())
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@dataclass(frozen=True)
class Attempt:
    case: Request
    answer: httpx.Response

    def failures(self, *, is_bad: bool) -> list[str]:
        taken = is_bad and self.answer.is_success
        checks = [*CHECKS, negative_data_rejection] if taken else CHECKS
        try:
            self.case.validate_response(self.answer, checks=checks)
        except FailureGroup as group:
            return [self._told(each) for each in group.exceptions]
        return []

    def _told(self, failure: Exception) -> str:
        why = failure.title if isinstance(failure, Failure) else type(failure).__name__
        said = self.answer.text[:300]
        return f"{why} ({self.answer.status_code} {said}): {self.case.as_curl_command()}"


def made_up(
    operation: Operation,
    mode: GenerationMode,
    examples: int,
    *,
    path: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> list[Request]:
    """Good or bad requests; the path's parameters and these headers are made up unless given."""
    found: list[Request] = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],  # pyright: ignore[reportArgumentType] - an enum
    )
    @given(
        operation.as_strategy(mode, path_parameters=dict(path or {}), headers=dict(headers or {}))
    )
    def draw(case: Request) -> None:
        found.append(case)

    try:
        draw()
    except Unsatisfiable:  # it takes nothing that could be wrong
        assert mode is GenerationMode.NEGATIVE
    return found


async def send(http: httpx.AsyncClient, case: Request) -> Attempt:
    """As the case says, by this client: who asks is not the machine's to choose."""
    asked: dict[str, Any] = case.as_transport_kwargs(base_url="http://test")
    ours = {"authorization", *http.headers}
    request = http.build_request(
        asked["method"],
        asked["url"],
        params={name: value for name, value in asked["params"].items() if value is not None},
        headers=[
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in asked["headers"].items()
            if name.lower() not in ours
        ],
        content=asked.get("data"),
        json=asked.get("json"),
    )
    answer = await http.send(request)
    answer.elapsed = timedelta()  # how long it took is no matter, but the machine asks
    return Attempt(case, answer)
