"""Example bodies for the API's description: a module for each area, an example for each shape."""

import pkgutil
from importlib import import_module

EXAMPLES = {
    model: example
    for module in pkgutil.iter_modules(__path__)
    for model, example in import_module(f"{__name__}.{module.name}").EXAMPLES.items()
}
