"""HTTP functions that answer, fail, wait and hold."""

import asyncio
import json
import logging
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
OPEN = func.AuthLevel.ANONYMOUS

waiting = 0
released = asyncio.Event()


@app.route("hello/{name}", methods=["GET", "POST", "HEAD"])
async def hello(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    body = {
        "name": req.route_params["name"],
        "query": dict(req.params),
        "size": len(req.get_body()),
        "url": req.url,
        "headers": dict(req.headers),
        "invocation_id": context.invocation_id,
        "function": context.function_name,
        "traceparent": context.trace_context.trace_parent,
    }
    return func.HttpResponse(json.dumps(body), mimetype="application/json")


@app.route("cookies", auth_level=OPEN)
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("ok", headers={"X-One": "1"})
    response.headers.add("Set-Cookie", "a=1; Path=/")
    response.headers.add("Set-Cookie", "b=2; HttpOnly")
    return response


@app.route("plain", auth_level=OPEN)
def plain(req: func.HttpRequest) -> str:
    return "plain"


@app.route("nothing", auth_level=OPEN)
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return None  # pyright: ignore[reportReturnType]


@app.route("empty", auth_level=OPEN)
async def empty(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204)


@app.route("boom", auth_level=OPEN)
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("kaboom")


@app.route("hold", auth_level=OPEN)
async def hold(req: func.HttpRequest) -> func.HttpResponse:
    global waiting  # noqa: PLW0603 - the tests read it
    waiting += 1
    await released.wait()
    return func.HttpResponse("released")


@app.route("never", auth_level=OPEN)
async def never(req: func.HttpRequest) -> func.HttpResponse:
    await asyncio.Event().wait()
    raise AssertionError


@app.route("thread", auth_level=OPEN)
def thread(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(0.01)
    logging.getLogger("app").info("from a thread")
    return func.HttpResponse("ok")


@app.route("secret", auth_level=func.AuthLevel.ADMIN)
async def secret(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("for the administrator")
