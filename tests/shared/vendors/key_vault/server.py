"""Azure Key Vault's keys, as its REST reference describes them: get, wrapKey and unwrapKey.

The unmodified SDK talks to it, over TLS and through its challenge. It is no proof about Azure.
"""

import json
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

TOKEN = "a-token-for-the-vault"
CHALLENGE = (
    'Bearer authorization="https://login.microsoftonline.com/a-tenant", '
    'resource="https://vault.azure.net"'
)
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)

Json = dict[str, Any]


@dataclass
class KeyVaultServer:
    """``keys`` by version; ``may_get`` is the permission to read the public part of a key.

    While ``failing`` is set, every answer to a key's operation has that status.
    """

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict[str, rsa.RSAPrivateKey])
    may_get: bool = True
    failing: int | None = None
    asked: list[str] = field(default_factory=list[str])

    def key_id(self, version: str) -> str:
        if version not in self.keys:
            self.keys[version] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return f"{self.url}/keys/master/{version}"

    async def get(self, request: web.Request) -> web.Response:
        version, refusal = self._admit(request, "get")
        if refusal is not None:
            return refusal
        if not self.may_get:
            return _error(403, "Forbidden")
        public = self.keys[version].public_key().public_numbers()
        key = {
            "kid": self.key_id(version),
            "kty": "RSA",
            "key_ops": ["wrapKey", "unwrapKey"],
            "n": _encoded(public.n.to_bytes(256)),
            "e": _encoded(public.e.to_bytes(3)),
        }
        return _json({"key": key, "attributes": {"enabled": True}})

    async def wrap(self, request: web.Request) -> web.Response:
        version, refusal = self._admit(request, "wrapkey")
        if refusal is not None:
            return refusal
        made = self.keys[version].public_key().encrypt(await _value(request), OAEP)
        return _json({"kid": self.key_id(version), "value": _encoded(made)})

    async def unwrap(self, request: web.Request) -> web.Response:
        version, refusal = self._admit(request, "unwrapkey")
        if refusal is not None:
            return refusal
        try:
            opened = self.keys[version].decrypt(await _value(request), OAEP)
        except ValueError:
            return _error(400, "BadParameter")
        return _json({"kid": self.key_id(version), "value": _encoded(opened)})

    def _admit(self, request: web.Request, operation: str) -> tuple[str, web.Response | None]:
        version = request.match_info["version"]
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            challenge = {"WWW-Authenticate": CHALLENGE}
            return version, web.Response(status=401, headers=challenge)
        self.asked.append(f"{operation} {version}")
        if self.failing:
            return version, _error(self.failing, "InternalError")
        if version not in self.keys:
            return version, _error(404, "KeyNotFound")
        return version, None


@asynccontextmanager
async def serving(folder: Path) -> AsyncGenerator[KeyVaultServer]:
    server = KeyVaultServer()
    app = web.Application()
    key = "/keys/master/{version}"
    app.router.add_get(key, server.get)
    app.router.add_post(f"{key}/wrapkey", server.wrap)
    app.router.add_post(f"{key}/unwrapkey", server.unwrap)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    server.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def certificate_file(folder: Path) -> Path:
    return folder / "vault.pem"


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a vault")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = certificate_file(folder)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


async def _value(request: web.Request) -> bytes:
    asked = await request.json()
    assert asked["alg"] == "RSA-OAEP-256"
    return urlsafe_b64decode(asked["value"] + "==")


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")


def _error(status: int, code: str) -> web.Response:
    return _json({"error": {"code": code, "message": "In the service's words."}}, status)
