"""What an answer shows of a thing, and the ETag by which a caller knows it has that already."""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from fastapi import Query, Request, Response
from pydantic import BaseModel

from functions.http.bodies import JSON
from shared.platform.errors import Invalid
from shared.platform.paging import Page

ALWAYS = "id"
VERSION = "version"
DIGEST = 16
OPAQUE_TAG = re.compile(r'(?:W/)?"([^"]*)"')
SHOWN = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
VARIES_BY = ("Authorization", "X-Organization")

Fields = Annotated[
    str | None,
    Query(
        max_length=1000,
        description="Names of the fields to show, with commas between; `id` is always shown.",
    ),
]


class UnknownFields(Invalid):
    """The answer does not have those fields."""

    code = "unknown_fields"
    remedy = "Name fields that the answer has"


@dataclass(frozen=True, slots=True)
class Representation:
    """What a route answers with: one thing, or with ``is_page`` a page of things.

    ``names`` are their fields; none when the answer is not made of models.
    """

    names: frozenset[str]
    is_page: bool

    @classmethod
    def of(cls, model: Any) -> "Representation":
        return cls(_names_of(model), is_page=_is_page(model))

    def choose(self, request: Request, fields: str | None) -> None:
        if fields is None:
            return
        wanted = {name.strip() for name in fields.split(",")}
        if not wanted <= self.names:
            raise UnknownFields(f"The fields are {', '.join(sorted(self.names))}")
        request.state.fields = wanted | {ALWAYS}

    def show(self, request: Request, answer: Response) -> Response:
        """Tagged, with the fields asked for; nothing when the caller has it already."""
        if answer.status_code not in SHOWN:
            return answer
        if answer.headers.get("content-type", "").startswith(JSON):
            self._tag(answer, getattr(request.state, "fields", None))
        if request.method == "GET" and "etag" in answer.headers:
            return _unless_known(request, answer)
        return answer

    def _tag(self, answer: Response, wanted: frozenset[str] | None) -> None:
        """The version, which If-Match is about, and a digest of all that is shown."""
        told = json.loads(bytes(answer.body)) if self._has_version or wanted else None
        if wanted:
            answer.body = _json(self._sparse(told, wanted))
            answer.headers["content-length"] = str(len(answer.body))
        digest = sha256(answer.body).hexdigest()[:DIGEST]
        version = told.get(VERSION) if isinstance(told, dict) and self._has_version else None
        answer.headers["etag"] = f'"{digest}"' if version is None else f'"{version}-{digest}"'

    @property
    def _has_version(self) -> bool:
        return VERSION in self.names and not self.is_page

    def _sparse(self, told: Any, wanted: frozenset[str]) -> Any:
        if self.is_page:
            return told | {"items": self._sparse_each(told["items"], wanted)}
        if isinstance(told, list):
            return self._sparse_each(cast("list[Any]", told), wanted)
        return {name: value for name, value in told.items() if name in wanted}

    def _sparse_each(self, told: list[Any], wanted: frozenset[str]) -> list[Any]:
        return [{name: value for name, value in each.items() if name in wanted} for each in told]


def _unless_known(request: Request, answer: Response) -> Response:
    answer.headers.setdefault("cache-control", "private, no-cache")
    for header in VARIES_BY:
        answer.headers.add_vary_header(header)
    held = request.headers.get("if-none-match", "")
    known = OPAQUE_TAG.findall(held)
    if held.strip() != "*" and answer.headers["etag"].strip('"') not in known:
        return answer
    unsaid = {"content-length", "content-type"}
    headers = {name: value for name, value in answer.headers.items() if name not in unsaid}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _is_page(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Page)


def _names_of(model: Any) -> frozenset[str]:
    if _is_page(model):
        return _names_of(get_args(model.model_fields["items"].annotation)[0])
    if isinstance(model, type) and issubclass(model, BaseModel):
        return frozenset(model.model_fields)
    if get_origin(model) in (list, Union, UnionType):
        named = [_names_of(each) for each in get_args(model)]
        return frozenset[str]().union(*named) if all(named) else frozenset()
    return frozenset()
