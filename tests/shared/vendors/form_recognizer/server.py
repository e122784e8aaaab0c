"""Azure's Form Recognizer, as its HTTP reference for API 2023-07-31 describes it.

It answers what a test has put into ``answers`` and, before that, fails as ``troubles`` says.
"""

import json
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from aiohttp import web

API = "2023-07-31"
KEY = "a-key-of-the-firm"
WHEN = "2024-02-01T12:00:00Z"

Json = dict[str, Any]


class Asked(NamedTuple):
    model: str
    pages: str | None
    content: bytes


class Trouble(NamedTuple):
    """How one request goes wrong; without a status the connection is dropped."""

    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = MappingProxyType({})


def refusal(
    status: int, code: str, inner: str | None = None, headers: dict[str, str] | None = None
) -> Trouble:
    return Trouble(status, json.dumps({"error": error(code, inner)}), headers or {})


def error(code: str, inner: str | None = None) -> Json:
    said: Json = {"code": code, "message": "In the service's words."}
    return said | ({"innererror": {"code": inner, "message": "More."}} if inner else {})


@dataclass
class FormRecognizerServer:
    """``answers`` has analyze results by model, each given once, the last one again and again.

    ``running`` is how many polls find the work unfinished.
    """

    url: str = ""
    answers: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    troubles: deque[Trouble] = field(default_factory=deque[Trouble])
    poll_troubles: deque[Trouble] = field(default_factory=deque[Trouble])
    running: int = 0
    failed_with: Json | None = None
    asked: list[Asked] = field(default_factory=list[Asked])
    requests: int = 0
    _results: dict[str, Json] = field(default_factory=dict[str, Json])

    @property
    def models(self) -> list[str]:
        return [each.model for each in self.asked]

    async def analyze(self, request: web.Request) -> web.Response:
        self.requests += 1
        content = await request.read()
        if self.troubles:
            return self._fail(self.troubles.popleft(), request)
        if request.headers.get("Ocp-Apim-Subscription-Key") != KEY:
            return _json(401, {"error": error("Unauthorized")})
        if request.query["api-version"] != API:
            return _json(400, {"error": error("InvalidRequest", "NotSupportedApiVersion")})
        model = request.match_info["model"]
        if model not in self.answers:
            return _json(404, {"error": error("NotFound", "ModelNotFound")})
        self.asked.append(Asked(model, request.query.get("pages"), content))
        answers = self.answers[model]
        number = str(len(self.asked))
        self._results[number] = answers.pop(0) if len(answers) > 1 else answers[0]
        path = f"/formrecognizer/documentModels/{model}/analyzeResults/{number}"
        headers = {"Operation-Location": f"{self.url}{path}?api-version={API}"}
        return web.Response(status=202, headers=headers)

    async def result(self, request: web.Request) -> web.Response:
        self.requests += 1
        if self.poll_troubles:
            return self._fail(self.poll_troubles.popleft(), request)
        told: Json = {"createdDateTime": WHEN, "lastUpdatedDateTime": WHEN}
        if self.running:
            self.running -= 1
            return _json(200, told | {"status": "running"})
        if self.failed_with:
            return _json(200, told | {"status": "failed", "error": self.failed_with})
        found = self._results[request.match_info["number"]]
        return _json(200, told | {"status": "succeeded", "analyzeResult": found})

    def _fail(self, trouble: Trouble, request: web.Request) -> web.Response:
        if trouble.status is None:
            assert request.transport
            request.transport.close()
            return web.Response()
        return web.Response(
            status=trouble.status,
            text=trouble.body,
            headers=trouble.headers,
            content_type="application/json",
        )


@asynccontextmanager
async def serving() -> AsyncGenerator[FormRecognizerServer]:
    server = FormRecognizerServer()
    app = web.Application(client_max_size=200 * 1024**2)
    models = "/formrecognizer/documentModels/{model:[^:/]+}"
    app.router.add_post(models + ":analyze", server.analyze)
    app.router.add_get(models + "/analyzeResults/{number}", server.result)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def _json(status: int, body: Json) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
