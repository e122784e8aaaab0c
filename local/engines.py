"""The workers that ``--engine`` chooses from; the first serves unless another is named."""

from importlib.util import find_spec

from local.errors import PartMissing

ENGINES = ("direct", "microsoft")
DEFAULT_ENGINE = ENGINES[0]


def require_engine(engine: str) -> None:
    if engine == "microsoft" and find_spec("azure_functions_runtime") is None:
        raise PartMissing(
            "Microsoft's worker library, azure-functions-runtime, is not installed: `make setup` "
            "installs it. Without --engine microsoft it is not needed."
        )
