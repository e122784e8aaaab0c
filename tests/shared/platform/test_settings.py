"""The app starts with settings that are there and safe, or says which one is not."""

import base64
import json
import re
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from shared.platform import settings as module
from shared.platform.settings import Settings, UnsafeSettings
from tests import conftest

KEY = base64.b64encode(bytes(range(100, 132))).decode()
NEEDED = {
    "database_url": "postgresql://app:hunter2@localhost/advisoros",
    "documents_storage": "AccountName=firm;AccountKey=hunter2",
    "key_vault_key_id": "https://firm.vault.azure.net/keys/master/0123456789abcdef",
    "cursor_key": KEY,
    "token_issuer": "https://login.test",
    "token_audience": "api://advisoros",
    "token_jwks_url": "https://login.test/jwks",
}
ELSEWHERE = "postgresql://app:hunter2@db.example.com/advisoros"


def with_(**changes: str) -> dict[str, str]:
    return NEEDED | changes


def refusal(**changes: str) -> str:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(with_(**changes))
    return str(error.value)


def test_secrets_are_not_printed() -> None:
    made = Settings.model_validate(with_(redis_url="redis://:hunter2@127.0.0.1:6379/0"))

    for text in (repr(made), str(made), made.model_dump_json(), repr(made.model_dump())):
        assert "hunter2" not in text
        assert KEY not in text
    assert made.database_url.get_secret_value() == NEEDED["database_url"]


def test_whatever_is_called_a_secret_is_one() -> None:
    made = Settings.model_validate(NEEDED)
    open_ = {"key_vault_key_id", "keys_schedule", "master_key_file", "rate_limit_api_key"}
    for name in set(Settings.model_fields) - open_:
        if re.search("key|secret|password|storage$|database_url|redis_url", name):
            value: Any = getattr(made, name)
            assert isinstance(value, SecretStr), name


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named_without_printing_the_rest(name: str) -> None:
    given = {key: value for key, value in NEEDED.items() if key != name}

    with pytest.raises(ValidationError) as error:
        Settings.model_validate(given)

    assert name in str(error.value).lower()
    assert "hunter2" not in str(error.value)


def test_storage_is_a_connection_string_or_an_address_and_the_identity() -> None:
    """Named as the Functions host names an identity-based connection."""
    given = NEEDED | {"documents_storage": ""}
    address = {"documents_storage__blobserviceuri": "https://firm.blob.core.windows.net"}

    assert Settings.model_validate(given | address).documents_storage_uri == address.popitem()[1]
    with pytest.raises(ValidationError, match="DOCUMENTS_STORAGE__blobServiceUri"):
        Settings.model_validate(given)


def test_numbers_come_as_text() -> None:
    assert Settings.model_validate(with_(database_pool_size="7")).database_pool_size == 7


def test_what_belongs_to_somebody_else_is_ignored() -> None:
    assert Settings.model_validate(with_(path="/usr/bin"))


UNSAFE = [
    ("database_url", "postgresql://postgres:hunter2@localhost/advisoros"),
    ("database_url", "postgresql://migrator:hunter2@localhost/advisoros"),
    ("database_url", "postgresql://localhost/advisoros?user=postgres"),
    ("database_url", "postgresql://localhost/advisoros"),
    ("database_url", ELSEWHERE),
    ("database_url", f"{ELSEWHERE}?sslmode=prefer"),
    ("database_url", f"{ELSEWHERE}?sslmode=disable"),
    ("database_url", "host=db.example.com user=app password=hunter2 dbname=advisoros"),
    ("database_url", "host=127.0.0.1 user=postgres password=hunter2"),
    ("database_url", "postgresql://app:hunter2@localhost/advisoros?hostaddr=10.0.0.9"),
    ("database_url", "host=localhost hostaddr=10.0.0.9 user=app password=hunter2"),
    ("database_url", "postgresql://%70ostgres:hunter2@localhost/advisoros"),
    ("database_url", r"host=localhost user=post\gres password=hunter2"),
    ("database_url", "postgresql://app:hunter2@localhost/a?options=-c%20role%3Dpostgres"),
    ("database_url", "host=localhost user=app password=hunter2 options='-c role=postgres'"),
    ("database_url", "service=elsewhere host=localhost user=app password=hunter2"),
    ("database_url", f"{ELSEWHERE}?sslmode=require&sslmode=disable"),
    ("database_url", f"{ELSEWHERE}?sslmode=require&sslmode="),
    ("database_url", "postgresql://app:hunter2@localhost,db.example.com/advisoros"),
    ("database_url", "host=localhost host=db.example.com user=app password=hunter2"),
    ("database_url", "hunter2"),
    ("database_url", "user=app host=localhost hunter2"),
    ("documents_storage", "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=hunter2"),
    ("documents_storage", "AccountKey=hunter2;BlobEndpoint=http://blobs.example.com/a;"),
    ("documents_storage", "AccountName=a;AccountKey=hunter2;DefaultEndpointsProtocol=HTTP"),
    ("documents_storage", "defaultendpointsprotocol=http;AccountName=a;AccountKey=hunter2"),
    ("documents_storage", "DefaultEndpointsProtocol=http;AccountKey=hunter2;BlobEndpoint="),
    ("documents_storage", "AccountKey=hunter2;BlobEndpoint=HTTP://blobs.example.com/a"),
    ("documents_storage", "AccountKey=hunter2;BLOBENDPOINT= http://blobs.example.com/a"),
    ("documents_storage__blobserviceuri", "http://firm.blob.example.com"),
    ("cursor_key", "hunter2"),
    ("cursor_key", base64.b64encode(b"short").decode()),
    ("cursor_key", base64.b64encode(b"k" * 32).decode()),
    ("token_issuer", "http://login.example.com"),
    ("token_issuer", "login.example.com"),
    ("token_issuer", "https://me:hunter2@login.example.com"),
    ("token_issuer", ""),
    ("token_jwks_url", "http://login.example.com/jwks"),
    ("token_jwks_url", "file:///etc/passwd"),
    ("token_audience", "*"),
    ("token_audience", " "),
    ("sign_in_authority", "http://login.example.com"),
    ("form_recognizer_endpoint", "http://forms.example.com"),
    ("cors_origins", "*"),
    ("cors_origins", "https://*.example.com"),
    ("cors_origins", "null"),
    ("cors_origins", "http://app.example.com"),
    ("cors_origins", "https://app.example.com/"),
    ("cors_origins", "https://app.example.com,*"),
    ("redis_url", "redis://127.0.0.1:6379/0"),
    ("redis_url", "redis://:hunter2@cache.example.com:6379/0"),
    ("redis_url", "rediss://:hunter2@cache.example.com:6380/0?ssl_cert_reqs=none"),
    ("redis_url", "rediss://:hunter2@cache.example.com:6380/0?SSL%5fcert_reqs=none"),
    ("redis_url", "http://:hunter2@cache.example.com"),
    ("rate_limit_ip", "0/minute"),
    ("rate_limit_user", "many"),
    ("rate_limit_organization", "10 per fortnight"),
    ("rate_limit_api_key", "-1/second"),
    ("trusted_proxy_hops", "0"),
    ("body_limit", "0"),
    ("body_limit", "100000000000"),
    ("outward_loopback", "10.0.0.5:80"),
    ("outward_loopback", "metadata.internal:80"),
    ("outward_loopback", "127.0.0.1"),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_what_is_unsafe_is_refused_without_being_printed(name: str, value: str) -> None:
    told = refusal(**{name: value})

    assert name in told.lower()
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", f"{ELSEWHERE}?sslmode=verify-full"),
        ("database_url", "host=db.example.com user=app sslmode=require dbname=advisoros"),
        ("database_url", "host=127.0.0.1 port=5432 user=app password='hunter 2' dbname=a"),
        ("database_url", r"host=127.0.0.1 user=app password='it\'s hostaddr=1' dbname=a\ b"),
        ("database_url", "postgresql://app%40firm:h%2F2@127.0.0.1/a?connect_timeout=5"),
        ("documents_storage", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=k=="),
        ("documents_storage", "AccountKey=k;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;"),
        ("token_issuer", "http://127.0.0.1:7076"),
        ("token_issuer", "http://localhost:7076"),
        ("cors_origins", "https://app.example.com, http://localhost:5173"),
        ("redis_url", "rediss://cache.example.com:10000"),
        ("redis_url", "rediss://:hunter2@cache.example.com:6380/0"),
        ("rate_limit_ip", "600/hour"),
        ("outward_loopback", "127.0.0.1:8080, [::1]:9000"),
    ],
)
def test_what_is_safe_is_taken(name: str, value: str) -> None:
    assert Settings.model_validate(with_(**{name: value}))


def test_the_samples_key_signs_for_a_laptop_alone() -> None:
    typed = base64.b64encode(b"only for a laptop's cursors also").decode()

    assert Settings.model_validate(with_(cursor_key=typed))
    with pytest.raises(ValidationError, match="CURSOR_KEY"):
        Settings.model_validate(
            with_(cursor_key=typed, database_url=f"{ELSEWHERE}?sslmode=require")
        )


def test_a_start_tells_every_setting_that_is_wrong_and_no_value(
    configure: conftest.Configure,
) -> None:
    configure(token_issuer="http://hunter2.example.com", cors_origins="*", database_url="hunter2")

    with pytest.raises(UnsafeSettings) as error:
        module.settings()

    told = str(error.value)
    assert told.startswith("The app does not start: ")
    assert {"TOKEN_ISSUER", "CORS_ORIGINS", "DATABASE_URL"} <= set(re.findall("[A-Z_]{5,}", told))
    assert "hunter2" not in told
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__, "the context would print its input"


def test_more_issuers_are_held_to_the_same(configure: conftest.Configure) -> None:
    plain = {"issuer": "http://b2c.example.com", "audience": "a", "jwks_url": "https://b2c.test/k"}
    configure(token_issuers=json.dumps([plain]))

    with pytest.raises(UnsafeSettings, match="TOKEN_ISSUERS"):
        module.settings()
