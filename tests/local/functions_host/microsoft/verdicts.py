"""``python -m``: what each indexer says of each app it is given, as JSON.

An app is indexed once in a process, so each gets a copy of one that has imported everything.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.functions_host.functions import Function
from local.functions_host.indexing import IndexingError, build_router
from local.functions_host.workers import microsoft
from local.functions_host.workers.direct import DirectWorker
from local.functions_host.workers.microsoft import MicrosoftWorker


def microsofts_alone(app: Path) -> Any:
    return [each.name for each in microsoft.index(app)]


def host_on_microsofts(app: Path) -> Any:
    return _described(MicrosoftWorker().load(app))


def host_on_ours(app: Path) -> Any:
    return _described(DirectWorker().load(app))


def _described(functions: list[Function]) -> dict[str, Any]:
    build_router(functions, "api")
    return {
        each.name: {
            "bindings": [_plain(binding) for binding in each.bindings],
            "parameters": {p.name: [p.binding, p.is_sdk_type] for p in each.parameters.values()},
            "returns": each.returns,
            "wants_context": each.wants_context,
            "retry": repr(each.retry),
        }
        for each in functions
    }


def _plain(binding: Mapping[str, Any]) -> dict[str, str]:
    """Without what only Microsoft's says; it writes an enum by its name, ours by its value."""
    kept = binding.keys() - {"dataType", "properties"}
    return {name: str(binding[name]).casefold() for name in kept}


INDEXERS = (microsofts_alone, host_on_microsofts, host_on_ours)


def verdict(index: Callable[[Path], Any], app: Path) -> Any:
    """What the indexer finds, or the sentence with which it refuses."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as answer:
            try:
                json.dump(index(app), answer)
            except IndexingError as error:
                json.dump(str(error), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = json.load(answer)
    os.waitpid(child, 0)
    return said


def main() -> None:
    logging.disable()
    apps = [Path(argument) for argument in sys.argv[1:]]
    json.dump(
        {app.name: {each.__name__: verdict(each, app) for each in INDEXERS} for app in apps},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
