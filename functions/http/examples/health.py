from typing import Any

from shared.platform.health import Health

EXAMPLES: dict[type, Any] = {Health: {"database": "ok", "storage": "ok", "cache": "ok"}}
