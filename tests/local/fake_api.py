"""The public API and the storage behind it, as small as `read` can bear, over real HTTP."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOO_LARGE = 1000
ENDS = {
    b"encrypted": {"state": "rejected", "code": "document_encrypted"},
    b"unsure": {"state": "needs_review", "code": "unsure_of_values"},
    b"broken": {"state": "failed", "code": "processing_failed"},
    b"copy": {"state": "duplicate", "duplicate_of": "original"},
}
FIELD = {"value": "10.00", "confidence": 0.9, "page": 1, "box": [0, 0, 1, 1], "source": "ocr"}
CHILD = {"document_id": "child", "kind": "w2", "pages": [1], "state": "accepted", "fields": {}}
FINDING = {"rule": "w2_box_4", "severity": "error", "message": "It is", "fields": ["box_4"]}
DOCUMENT: dict[str, Any] = {
    "kind": "w2",
    "confidence": 0.98,
    "tax_year": 2024,
    "version": 1,
    "code": None,
    "duplicate_of": None,
    "pages": [{"page": 1, "kind": "w2", "confidence": 0.98}],
    "fields": {"box_1": FIELD | {"id": "beyond the contract"}},
    "children": [CHILD],
    "findings": [FINDING],
    "runs": [],
}


class FakeApi:
    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {"original": _document("original", "accepted")}
        self.bytes: dict[str, bytes] = {}
        self.uploading, self.most_uploading = 0, 0
        self.tokens = ["stale"]
        self.clients: list[dict[str, str]] = [{"id": "client-1", "name": "Rivera"}]
        self.away = 0
        self.too_busy = 0
        self.losses = 0
        self.app = Starlette(
            routes=[
                Route("/api/v1/clients", self._clients),
                Route("/api/v1/documents/uploads", self._announce, methods=["POST"]),
                Route("/api/v1/documents/{id}", self._get),
                Route("/api/v1/documents/{id}/reread", self._reread, methods=["POST"]),
                Route("/storage/{id}", self._put, methods=["PUT"]),
            ]
        )

    def sign_in(self) -> str:
        """The first token has run out already."""
        self.tokens.append(f"token-{len(self.tokens)}")
        return self.tokens[-2]

    async def _clients(self, request: Request) -> Response:
        if request.headers["authorization"] == "Bearer stale":
            return _problem(401, "invalid_token")
        return JSONResponse({"items": self.clients, "next": None, "prev": None})

    async def _announce(self, request: Request) -> Response:
        new = await request.json()
        if new["size"] > TOO_LARGE:
            return _problem(413, "document_too_large")
        if new["name"] == "forbidden.pdf":
            return _problem(403, "forbidden")
        every = self.documents.values()
        known = next((each for each in every if each.get("sha256") == new["sha256"]), None)
        if known and known["code"] != "upload_lost":
            return JSONResponse({"document_id": known["id"], "already_received": True})
        document_id = known["id"] if known else f"document-{len(self.documents)}"
        self.documents[document_id] = _document(document_id, "expected") | {"sha256": new["sha256"]}
        return JSONResponse(
            {
                "document_id": document_id,
                "already_received": False,
                "upload_url": str(request.url_for("_put", id=document_id)),
                "upload_headers": {"x-ms-blob-type": "BlockBlob"},
            },
            201,
        )

    async def _put(self, request: Request) -> Response:
        assert request.headers["x-ms-blob-type"] == "BlockBlob"
        assert "authorization" not in request.headers
        self.uploading += 1
        self.most_uploading = max(self.most_uploading, self.uploading)
        content = await request.body()
        await asyncio.sleep(0.05)
        self.uploading -= 1
        document_id = request.path_params["id"]
        assert int(request.headers["content-length"]) == len(content)
        assert hashlib.sha256(content).hexdigest() == self.documents[document_id]["sha256"]
        if content == b"refused by storage":
            return Response(status_code=403, headers={"x-ms-error-code": "AuthenticationFailed"})
        if self.losses:
            self.losses -= 1
            self.documents[document_id]["code"] = "upload_lost"
            return Response(status_code=201)
        self.bytes[document_id] = content
        self._open_run(document_id)
        return Response(status_code=201)

    async def _get(self, request: Request) -> Response:
        """Each look moves the story on by a step."""
        if self.away:
            self.away -= 1
            return Response(status_code=503)
        if self.too_busy:
            self.too_busy -= 1
            return Response(status_code=429, headers={"retry-after": "0"})
        document = self.documents[request.path_params["id"]]
        shown = JSONResponse({key: value for key, value in document.items() if key != "sha256"})
        self._move_on(document)
        return shown

    async def _reread(self, request: Request) -> Response:
        self._open_run(request.path_params["id"])
        return Response(status_code=202)

    def _open_run(self, document_id: str) -> None:
        document = self.documents[document_id]
        run = {"number": len(document["runs"]) + 1, "finished_at": None}
        self.documents[document_id] = document | {"runs": [*document["runs"], run]}

    def _move_on(self, document: dict[str, Any]) -> None:
        content = self.bytes.get(document["id"])
        if content is None or document["runs"][-1]["finished_at"]:
            return
        if document["state"] != "processing":
            document |= {"state": "processing", "version": document["version"] + 1}
            return
        document["runs"][-1]["finished_at"] = "2026-01-01T00:00:00Z"
        document |= {"state": "accepted", **ENDS.get(content, {})}


@asynccontextmanager
async def serving(api: FakeApi, port: int) -> AsyncGenerator[str]:
    server = uvicorn.Server(uvicorn.Config(api.app, port=port, log_level="warning", ws="none"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


def _document(document_id: str, state: str) -> dict[str, Any]:
    return DOCUMENT | {"id": document_id, "state": state, "runs": []}


def _problem(status: int, code: str) -> Response:
    body = {"status": status, "code": code, "detail": "No."}
    return JSONResponse(body, status, media_type="application/problem+json")
