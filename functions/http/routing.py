"""What the routes of every area have in common: the manners of the API."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, get_type_hints

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from functions.http import idempotency, parameters
from functions.http.bodies import JsonRequest
from functions.http.endpoints import checked_last
from functions.http.problems import PROBLEMS
from functions.http.representations import Fields, Representation

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


class AreaRoute(APIRoute):
    """ETags, sparse fields, idempotency keys; and only the parameters and bodies it knows."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.representation = Representation.of(_answer_of(endpoint, options))
        is_sparse = "GET" in options["methods"] and self.representation.names
        check = self._check_and_choose if is_sparse else self._check
        endpoint = checked_last(endpoint, check)
        if "POST" in options["methods"]:
            endpoint = idempotency.keyed(endpoint)
        super().__init__(path, endpoint, **options)
        self._parameters = parameters.names_of(self.dependant)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def mannered(asked: Request) -> Response:
            request = JsonRequest(asked.scope, asked.receive)
            if request.method == "POST":
                return await self._once(handle, request)
            return self.representation.show(request, await handle(request))

        return mannered

    async def _check_and_choose(self, request: Request, fields: Fields = None) -> None:
        await self._check(request)
        self.representation.choose(request, fields)

    async def _check(self, request: Request) -> None:
        """Whoever is not let in is told that, and nothing about what they have sent."""
        assert isinstance(request, JsonRequest)
        parameters.require_known(request, self._parameters)
        if self.body_field is not None:
            await request.require_json()

    async def _once(self, handle: Handler, request: Request) -> Response:
        try:
            answer = self.representation.show(request, await handle(request))
        except Exception as error:
            await idempotency.release(request, error)
            raise
        await idempotency.keep(request, answer)
        return answer


def area_router(name: str) -> APIRouter:
    """The routes under ``/api/v1/<name>``."""
    return APIRouter(
        prefix=f"/api/v1/{name}", tags=[name], responses=PROBLEMS, route_class=AreaRoute
    )


def _answer_of(endpoint: Callable[..., Any], options: dict[str, Any]) -> Any:
    """The model a route answers with, as FastAPI finds it."""
    return options.get("response_model") or get_type_hints(endpoint).get("return")
