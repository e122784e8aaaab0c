import pytest
from pydantic import ValidationError

from shared.platform.settings import Settings

NEEDED = {
    "database_url": "postgresql://app:hunter2@localhost/advisoros",
    "documents_storage": "AccountKey=hunter2",
    "master_key": "hunter2",
    "token_issuer": "https://login.test",
    "token_audience": "api://advisoros",
    "token_jwks_url": "https://login.test/jwks",
}


def test_secrets_are_not_printed() -> None:
    settings = Settings.model_validate(NEEDED)

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()
    assert settings.database_url.get_secret_value() == NEEDED["database_url"]


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
    assert Settings.model_validate(NEEDED | {"database_pool_size": "7"}).database_pool_size == 7


def test_what_belongs_to_somebody_else_is_ignored() -> None:
    assert Settings.model_validate(NEEDED | {"path": "/usr/bin"})
