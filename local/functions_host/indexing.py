"""Import the app and list its functions, refusing what would fail or surprise later.

Microsoft's own indexer lets duplicate routes, bad schedules, settings that do not
exist and generator handlers pass; here they stop the start, each with a sentence.
"""

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import azure.functions as func
from azure.functions.decorators.function_app import Function as DecoratedFunction

from local.functions_host.blob_paths import parse_blob_path
from local.functions_host.configuration import connection_string, is_disabled, resolve_settings
from local.functions_host.functions import Function, RetryPolicy, plain_binding
from local.functions_host.ncrontab import parse_schedule
from local.functions_host.routes import Router
from local.functions_host.signatures import read_parameters, wants_context
from local.functions_host.timespan import parse_timespan

DURABLE_KINDS = frozenset({"orchestrationTrigger", "entityTrigger"})
OUT = 1
BLOB_SOURCES = frozenset({None, *(source.value for source in func.BlobSource)})
# Names, not values: %X% in these is text.
NEVER_RESOLVED = frozenset({"name", "type", "route"})


class IndexingError(Exception):
    """The app cannot be hosted; the message says why, a line for each problem."""


@dataclass(frozen=True)
class Declared:
    """A function as its decorators declare it, before anything of it is checked."""

    name: str
    handler: Callable[..., Any]
    bindings: Sequence[Mapping[str, Any]]
    retry: RetryPolicy | None


def find_script(app: Path) -> Path:
    script = app / os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
    if not script.exists():
        raise IndexingError(f"There is no {script.name} in {app}.")
    return script


def load_functions(app: Path) -> list[Function]:
    """Import function_app.py and read its functions; a process can do so once for each app."""
    script = find_script(app)
    try:
        module = _import_script(script)
    except Exception as error:
        raise IndexingError(f"Importing {script.name} failed: {error!r}") from error
    registers = {id(v): v for v in vars(module).values() if isinstance(v, func.FunctionRegister)}
    if len(registers) != 1:
        raise IndexingError(f"{script.name} must define one app; it defines {len(registers)}.")
    (register,) = registers.values()
    try:
        decorated = register.get_functions()
    except ValueError as error:
        raise IndexingError(str(error)) from error
    return read_functions([_declared(each) for each in decorated])


def _declared(decorated: DecoratedFunction) -> Declared:
    return Declared(
        name=str(decorated.get_function_name()),
        handler=decorated.get_user_function(),
        bindings=[plain_binding(b.get_dict_repr()) for b in decorated.get_bindings()],
        retry=_retry_policy(decorated.get_settings_dict("retry_policy")),
    )


def _import_script(script: Path) -> ModuleType:
    if str(script.parent) not in sys.path:
        sys.path.insert(0, str(script.parent))
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    return module


def read_functions(declared: Sequence[Declared]) -> list[Function]:
    functions: dict[str, Function] = {}
    problems: list[str] = []
    for each in declared:
        try:
            if each.name.casefold() in functions:
                raise ValueError("its name is taken: names differ by more than case")  # noqa: TRY301
            function = _read_function(each)
        except (ValueError, NameError) as error:
            problems.append(f"{each.name}: {error}")
        else:
            functions[each.name.casefold()] = function
    if problems:
        raise IndexingError("\n".join(problems))
    return [function for function in functions.values() if not is_disabled(function.name)]


def _read_function(declared: Declared) -> Function:
    name, handler = declared.name, declared.handler
    bindings = tuple(_resolved(binding) for binding in declared.bindings)
    trigger = next(b for b in bindings if str(b["type"]).endswith("Trigger"))
    _require_no_outputs(bindings)
    _check_trigger(trigger)
    if trigger["type"] in DURABLE_KINDS:
        if trigger["name"] != "context":  # the SDK's wrapper has a parameter of that name
            raise ValueError('context_name must be "context"')
        return Function(name, handler, trigger, bindings)
    return Function(
        name=name,
        handler=handler,
        trigger=trigger,
        bindings=bindings,
        parameters=read_parameters(handler, bindings),
        returns=next((b["type"] for b in bindings if b["name"] == "$return"), None),
        wants_context=wants_context(handler, bindings),
        retry=declared.retry,
    )


def _check_trigger(trigger: Mapping[str, Any]) -> None:
    if trigger["type"] == "timerTrigger":
        parse_schedule(trigger["schedule"])
    if trigger["type"] == "blobTrigger":
        parse_blob_path(trigger["path"])
        if trigger.get("source") not in BLOB_SOURCES:
            raise ValueError(f"blob source {trigger['source']!r} is none of Azure's")
        connection_string(trigger.get("connection") or "AzureWebJobsStorage")


def _resolved(binding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: resolve_settings(value)
        if isinstance(value, str) and name not in NEVER_RESOLVED
        else value
        for name, value in binding.items()
    }


def _require_no_outputs(bindings: Sequence[Mapping[str, Any]]) -> None:
    for binding in bindings:
        if binding["direction"] == OUT and binding["type"] != "http":
            raise ValueError(f"output binding {binding['type']} has no local counterpart")


def _retry_policy(settings: Mapping[str, Any] | None) -> RetryPolicy | None:
    if not settings:
        return None
    is_fixed = settings["strategy"] == "fixed_delay"
    delay = settings.get("delay_interval" if is_fixed else "minimum_interval")
    longest = settings.get("maximum_interval")
    return RetryPolicy(
        attempts=int(settings["max_retry_count"]),
        strategy=str(settings["strategy"]),
        delay=parse_timespan(delay) if delay else timedelta(seconds=1),
        longest_delay=parse_timespan(longest) if longest else timedelta(minutes=1),
    )


def build_router(functions: Sequence[Function], prefix: str) -> Router:
    router, problems = Router(prefix), list[str]()
    for function in functions:
        if function.kind == "httpTrigger":
            try:
                router.add(function, function.trigger["route"], function.trigger.get("methods", ()))
            except ValueError as error:
                problems.append(f"{function.name}: {error}")
    if problems:
        raise IndexingError("\n".join(problems))
    return router
