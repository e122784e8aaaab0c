"""Azure Storage: Microsoft's own emulator, with an account key of this machine's own."""

from pathlib import Path

from local.parts import node
from local.parts.part import HOST, Part, accepts

ACCOUNT = "devstoreaccount1"


def azurite(folder: Path, port: int, *, key: str) -> Part:
    """Blob on the port, queue and table on the two after it."""
    return Part(
        name="azurite",
        port=port,
        command=[
            node.program(),
            node.script("azurite/dist/src/azurite.js"),
            *("--location", str(folder), "--silent", "--disableTelemetry"),
            *("--blobHost", HOST, "--queueHost", HOST, "--tableHost", HOST),
            *("--blobPort", str(port)),
            *("--queuePort", str(port + 1)),
            *("--tablePort", str(port + 2)),
            "--skipApiVersionCheck",  # the SDK speaks newer versions than the emulator knows
        ],
        is_healthy=lambda: _accepts_all(port),
        environment={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"},
    )


def connection_string(port: int, key: str) -> str:
    endpoints = {"Blob": port, "Queue": port + 1, "Table": port + 2}
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};" + "".join(
        f"{service}Endpoint=http://{HOST}:{number}/{ACCOUNT};"
        for service, number in endpoints.items()
    )


async def _accepts_all(port: int) -> bool:
    return all([await accepts(number) for number in range(port, port + 3)])
