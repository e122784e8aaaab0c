from typing import Any

from shared.clients.models import Client, ClientChange, FoundClients, NewClient, TinSearch
from shared.identity.revealing import Reason, RevealedTin

CLIENT: dict[str, Any] = {
    "id": "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11",
    "name": "Rivera Family",
    "entity_type": "individual",
    "state": "active",
    "tin_masked": "***-**-7834",
    "version": 3,
    "created_at": "2025-01-06T09:00:00Z",
    "updated_at": "2025-03-01T16:20:00Z",
}

EXAMPLES: dict[type, Any] = {
    Client: CLIENT,
    NewClient: {"name": "Rivera Family", "entity_type": "individual", "tin": "412-55-7834"},
    ClientChange: {"name": "Rivera & Sons", "state": "inactive"},
    TinSearch: {"tin": "412-55-7834"},
    FoundClients: {"items": [CLIENT]},
    Reason: {"reason": "The client asked us to check the number on file."},
    RevealedTin: {"tin": "412-55-7834"},
}
