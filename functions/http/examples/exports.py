from typing import Any

from functions.http.exports import NewExport

EXAMPLES: dict[type, Any] = {NewExport: {"kind": "clients", "format": "xlsx"}}
