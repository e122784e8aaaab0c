"""An example of whatever a schema of the API's description allows."""

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

BY_FORMAT = {
    "uuid": "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11",
    "date-time": "2025-02-03T15:04:05Z",
    "date": "2025-02-03",
    "email": "ada@firm.test",
    "binary": "",
}
BY_TYPE: dict[str, Any] = {"boolean": True, "null": None, "string": "text", "object": {}}
FOLLOWED = "#/components/schemas/"


def sample(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """The example given for it, or one made of those of its parts."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].removeprefix(FOLLOWED)], schemas)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    for given in ("example", "const", "default"):
        if given in schema:
            return schema[given]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(schema[choice][0], schemas)
    return _made(schema, schemas)


def _made(schema: Schema, schemas: dict[str, Schema]) -> Any:
    match schema.get("type"):
        case "object" if "properties" in schema:
            properties = schema["properties"].items()
            return {name: sample(each, schemas) for name, each in properties}
        case "array":
            return [sample(schema["items"], schemas)] if "items" in schema else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "string" if schema.get("format") in BY_FORMAT:
            return BY_FORMAT[schema["format"]]
        case kind:
            return BY_TYPE.get(str(kind), {})
