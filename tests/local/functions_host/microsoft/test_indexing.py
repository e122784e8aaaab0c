"""The gate: mistakes that Azure would meet at the start of the app are met here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.local.functions_host.microsoft import verdicts

ROOT = Path(__file__).parents[4]
HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
ROUTE = "@app.route(route='a')\n"
FINE = f"{ROUTE}def f(req: func.HttpRequest): ...\n"
QUEUE = "@app.queue_output(arg_name='q', queue_name='x', connection='c')\n"

# The mistake, and a word of Microsoft's sentence about it.
REFUSED = {
    "a parameter that is not bound": (
        f"{ROUTE}def f(req: func.HttpRequest, extra): ...\n",
        "declared in Python but not in the function definition",
    ),
    "a binding without a parameter": (
        f"{ROUTE}{QUEUE}def f(req: func.HttpRequest): ...\n",
        "not present in Python",
    ),
    "an annotation the trigger does not have": (
        f"{ROUTE}def f(req: dict): ...\n",
        "do not match the corresponding function parameter",
    ),
    "an output that is not an Out": (
        f"{ROUTE}{QUEUE}def f(req: func.HttpRequest, q: str): ...\n",
        "not a subclass of azure.functions.Out",
    ),
    "two functions of one name": (
        (
            f"@app.function_name('x')\n{FINE}"
            "@app.function_name('x')\n@app.route(route='b')\ndef g(req: func.HttpRequest): ...\n"
        ),
        "does not have a unique function name",
    ),
    "two apps": (f"other = func.FunctionApp()\n{FINE}", "More than one FunctionApp"),
    "an import that fails": ("import no_such_module\n", "No module named 'no_such_module'"),
    "no app": ("del app\n", "Could not find top level function app"),
    "a look at the functions while importing": (
        f"{FINE}app.get_functions()\n",
        "does not have a unique function name",
    ),
    "a wrapper that hides a parameter": (
        (
            "import functools\n"
            "def given(handler):\n"
            "    @functools.wraps(handler)\n"
            "    async def wrapped(req): return await handler(req, 1)\n"
            "    return wrapped\n"
            f"{ROUTE}@given\nasync def f(req: func.HttpRequest, body: int): ...\n"
        ),
        "declared in Python but not in the function definition",
    ),
    "a model as the answer": (
        (
            "from pydantic import BaseModel\n"
            "class Model(BaseModel): x: int\n"
            f"{ROUTE}def f(req: func.HttpRequest) -> Model: ...\n"
        ),
        "does not match binding type",
    ),
    "an annotation that cannot be resolved": (
        (
            "def make():\n"
            "    import azure.functions as local\n"
            "    @app.route(route='a')\n"
            "    def f(req: 'local.HttpRequest'): ...\n"
            "make()\n"
        ),
        "NameError",
    ),
    "a blob that is a queue message": (
        (
            "@app.blob_trigger(arg_name='b', path='u/{n}', connection='c')\n"
            "def f(b: func.QueueMessage): ...\n"
        ),
        "do not match the corresponding function parameter",
    ),
    "an answer that is never one": (
        f"{ROUTE}def f(req: func.HttpRequest) -> None: ...\n",
        "does not match binding type",
    ),
    "a list of something": (
        "@app.generic_trigger(arg_name='n', type='activityTrigger')\ndef f(n: list[int]): ...\n",
        "has invalid non-type annotation list[int]",
    ),
}
# What Microsoft's indexer lets pass, and the host's sentence about it.
MISSED = {
    "one route twice": (
        f"{FINE}{ROUTE}def g(req: func.HttpRequest): ...\n",
        "g: route 'api/a' is already that of 'f'",
    ),
    "a schedule that is none": (
        (
            "@app.timer_trigger(schedule='every day', arg_name='t')\n"
            "def f(t: func.TimerRequest): ...\n"
        ),
        "f: NCRONTAB has 5 or 6 fields, not 2",
    ),
    "a setting that does not exist": (
        "@app.timer_trigger(schedule='%NOPE%', arg_name='t')\ndef f(t: func.TimerRequest): ...\n",
        "f: the app setting NOPE of '%NOPE%' does not exist",
    ),
    "a handler that is a generator": (
        f"{ROUTE}def f(req: func.HttpRequest):\n    yield 1\n",
        "f: is a generator",
    ),
}

Verdicts = dict[str, dict[str, Any]]


def ask(*apps: Path) -> Verdicts:
    asked = subprocess.run(
        [sys.executable, "-m", verdicts.__name__, *apps],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(asked.stdout)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    folder = tmp_path_factory.mktemp("apps")
    for mistake, (code, _) in {**REFUSED, **MISSED, "none": (FINE, "")}.items():
        (folder / mistake).mkdir()
        (folder / mistake / "function_app.py").write_text(HEAD + code)
    return ask(*folder.iterdir())


def test_an_app_without_mistakes_is_indexed(said: Verdicts) -> None:
    assert {name: list(found) for name, found in said["none"].items()} == {
        "microsofts_alone": ["f"],
        "host_on_microsofts": ["f"],
        "host_on_ours": ["f"],
    }


@pytest.mark.parametrize("mistake", REFUSED)
def test_microsofts_indexer_refuses(said: Verdicts, mistake: str) -> None:
    _, why = REFUSED[mistake]

    assert why in said[mistake]["microsofts_alone"]
    assert said[mistake]["host_on_microsofts"] == said[mistake]["microsofts_alone"]


@pytest.mark.parametrize("mistake", MISSED)
def test_the_host_refuses_what_microsofts_indexer_misses(said: Verdicts, mistake: str) -> None:
    _, why = MISSED[mistake]

    assert "f" in said[mistake]["microsofts_alone"]
    assert isinstance(said[mistake]["microsofts_alone"], list)
    assert isinstance(said[mistake]["host_on_microsofts"], str)
    assert why in said[mistake]["host_on_microsofts"]


@pytest.mark.parametrize("mistake", [*REFUSED, *MISSED])
def test_the_default_engine_refuses_every_mistake_too(said: Verdicts, mistake: str) -> None:
    assert isinstance(said[mistake]["host_on_ours"], str)


def test_both_engines_find_the_same_in_the_product() -> None:
    (said,) = ask(ROOT).values()

    found = said["host_on_microsofts"]
    assert {"documents_api", "on_document_uploaded", "process_document_v1"} <= set(found)
    assert list(found) == said["microsofts_alone"]
    assert found == said["host_on_ours"]
