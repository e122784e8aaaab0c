"""What the host refuses to start, and the sentence it gives."""

from pathlib import Path

import pytest

from local.functions_host.functions import Function
from local.functions_host.indexing import IndexingError, build_router, load_functions

HEAD = """
import azure.functions as func
import azure.durable_functions as df
from azurefunctions.extensions.bindings.blob import BlobClient
app = df.DFApp()
"""
ROUTE = '@app.route("a/{id}", methods=["GET"])\n'
SIGNATURE = "(req: func.HttpRequest) -> func.HttpResponse: ...\n"


def timer(name: str, *, schedule: str) -> str:
    return (
        f'@app.timer_trigger(schedule="{schedule}", arg_name="t")\n'
        f"async def {name}(t: func.TimerRequest) -> None: ...\n"
    )


def blob(path: str, *, connection: str) -> str:
    return (
        f'@app.blob_trigger(arg_name="b", path="{path}", connection="{connection}")\n'
        "async def blob(b: func.InputStream) -> None: ...\n"
    )


def named(name: str) -> str:
    return f'@app.function_name("{name}")\n@app.route("b")\nasync def two{SIGNATURE}'


def index(folder: Path, code: str) -> list[Function]:
    (folder / "function_app.py").write_text(HEAD + code)
    functions = load_functions(folder)
    build_router(functions, "api")
    return functions


def test_functions_of_each_kind_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE", "UseDevelopmentStorage=true")
    functions = index(
        tmp_path,
        ROUTE
        + '@app.durable_client_input(client_name="client")\n'
        + "async def http(req: func.HttpRequest, client) -> func.HttpResponse: ...\n"
        + '@app.timer_trigger(schedule="0 * * * * *", arg_name="t")\n'
        + "async def timer(t: func.TimerRequest) -> None: ...\n"
        + '@app.blob_trigger(arg_name="b", path="in/{name}", connection="STORAGE")\n'
        + "async def blob(b: BlobClient) -> None: ...\n"
        + '@app.orchestration_trigger(context_name="context")\n'
        + "def story(context): yield\n"
        + '@app.activity_trigger(input_name="job")\n'
        + "async def step(job) -> None: ...\n"
        + '@app.entity_trigger(context_name="context")\n'
        + "def counter(context): ...\n",
    )

    assert {f.name: f.kind for f in functions} == {
        "http": "httpTrigger",
        "timer": "timerTrigger",
        "blob": "blobTrigger",
        "story": "orchestrationTrigger",
        "step": "activityTrigger",
        "counter": "entityTrigger",
    }


def test_a_disabled_function_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobs.off.Disabled", "true")

    assert index(tmp_path, ROUTE + "async def off" + SIGNATURE) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            f'{ROUTE}async def one{SIGNATURE}@app.route("A/{{key}}")\nasync def two{SIGNATURE}',
            "two: route .* is already that of 'one'",
        ),
        (
            f"{ROUTE}async def one{SIGNATURE}" + named("One"),
            "One: its name is taken",
        ),
        (
            f"{ROUTE}async def one{SIGNATURE}" + named("one"),
            "one does not have a unique function name",
        ),
        (
            timer("weekly", schedule="0 0 0 * * 7"),
            "weekly: .* 7 is outside 0-6",
        ),
        (
            timer("often", schedule="%MISSING%"),
            "often: the app setting MISSING of '%MISSING%' does not exist",
        ),
        (
            blob("in/{name}", connection="NOWHERE"),
            "blob: the app setting NOWHERE, a storage connection string, does not exist",
        ),
        (
            blob("in/{name}", connection="STORAGE").replace(")\n", ', source="Grid")\n', 1),
            "blob: blob source 'Grid' is none of Azure's",
        ),
        (
            blob("{container}/x", connection="NOWHERE"),
            "must begin with the name of a container",
        ),
        (
            f"{ROUTE}async def many(req: func.HttpRequest):\n    yield func.HttpResponse()\n",
            "many: is a generator",
        ),
        (
            f"{ROUTE}async def more(req: func.HttpRequest, other: str) -> None: ...\n",
            "more: has parameters without a binding: other",
        ),
        (
            f"{ROUTE}async def less() -> None: ...\n",
            "less: has bindings without a parameter: req",
        ),
        (
            f"{ROUTE}async def union(req: func.HttpRequest | None) -> None: ...\n",
            r"union: parameter 'req': .* \| None is not a class",
        ),
        (
            '@app.activity_trigger(input_name="n")\nasync def step(n: list[int]) -> None: ...\n',
            r"step: parameter 'n': list\[int\] is not a class",
        ),
        (
            f"{ROUTE}async def odd(req: func.TimerRequest) -> None: ...\n",
            "odd: parameter 'req': a httpTrigger cannot be a TimerRequest",
        ),
        (
            f"{ROUTE}async def silent(req: func.HttpRequest) -> None: ...\n",
            "silent: its answer, for http, cannot be a <class 'NoneType'>",
        ),
        (
            '@app.orchestration_trigger(context_name="ctx")\ndef story(ctx): yield\n',
            'story: context_name must be "context"',
        ),
        (
            (
                f'{ROUTE}@app.queue_output(arg_name="q", queue_name="x", connection="C")\n'
                "async def out(req: func.HttpRequest, q: func.Out[str]) -> None: ...\n"
            ),
            "out: output binding queue has no local counterpart",
        ),
        (f'@app.route("admin/x")\nasync def mine{SIGNATURE}', None),
        ("other = df.DFApp()\n", "must define one app; it defines 2"),
        ("import no_such_module\n", "Importing function_app.py failed: ModuleNotFoundError"),
    ],
)
def test_it_refuses(tmp_path: Path, code: str, why: str | None) -> None:
    if why is None:  # under the prefix, "admin" is a path like any other
        assert index(tmp_path, code)
        return
    with pytest.raises(IndexingError, match=why):
        index(tmp_path, code)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    code = f"{ROUTE}async def one(req: func.HttpRequest, other: str) -> None: ...\n" + timer(
        "two", schedule="often"
    )

    with pytest.raises(IndexingError, match=r"(?s)one: .*two: "):
        index(tmp_path, code)


def test_a_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"There is no function_app.py"):
        load_functions(tmp_path)
