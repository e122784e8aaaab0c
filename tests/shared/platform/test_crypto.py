import base64

import pytest

from shared.platform import crypto
from shared.platform.crypto import Keyring, NotOurs, place

TIN = b"412557834"
HERE = place("clients", "tin_sealed", "the-row")
MASTER_KEY = base64.b64encode(b"m" * 32).decode()


def keyring() -> Keyring:
    return Keyring(seal_key=crypto.new_data_key(), hash_key=crypto.new_data_key())


class TestASealedValue:
    def test_opens_where_it_was_sealed(self) -> None:
        ours = keyring()

        assert ours.unseal(ours.seal(TIN, HERE), HERE) == TIN

    def test_does_not_contain_what_it_keeps(self) -> None:
        assert TIN not in keyring().seal(TIN, HERE)

    def test_differs_each_time(self) -> None:
        """Or a stolen table would tell which rows have the same TIN."""
        ours = keyring()

        assert ours.seal(TIN, HERE) != ours.seal(TIN, HERE)

    @pytest.mark.parametrize(
        "elsewhere",
        [
            place("clients", "tin_sealed", "another-row"),
            place("clients", "another_column", "the-row"),
            place("extracted_fields", "tin_sealed", "the-row"),
        ],
    )
    def test_does_not_open_in_another_place(self, elsewhere: str) -> None:
        ours = keyring()

        with pytest.raises(NotOurs):
            ours.unseal(ours.seal(TIN, HERE), elsewhere)

    def test_does_not_open_with_another_firms_key(self) -> None:
        with pytest.raises(NotOurs):
            keyring().unseal(keyring().seal(TIN, HERE), HERE)

    def test_does_not_open_when_any_byte_was_changed(self) -> None:
        ours = keyring()
        sealed = ours.seal(TIN, HERE)

        for at in range(len(sealed)):
            changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
            with pytest.raises(NotOurs):
                ours.unseal(changed, HERE)

    @pytest.mark.parametrize("length", [0, 1, 13, 20])
    def test_does_not_open_when_it_was_cut_off(self, length: int) -> None:
        ours = keyring()

        with pytest.raises(NotOurs):
            ours.unseal(ours.seal(TIN, HERE)[:length], HERE)


class TestAHash:
    def test_is_equal_for_equal_values_of_one_firm(self) -> None:
        ours = keyring()

        assert ours.hash("412557834") == ours.hash("412557834")
        assert ours.hash("412557834") != ours.hash("412557835")

    def test_says_nothing_without_the_firms_key(self) -> None:
        assert keyring().hash("412557834") != keyring().hash("412557834")


class TestADataKey:
    def test_is_unwrapped_by_the_master_key_that_wrapped_it(self) -> None:
        key = crypto.new_data_key()

        wrapped = crypto.wrap(MASTER_KEY, key, "firm|seal")

        assert key not in wrapped
        assert crypto.unwrap(MASTER_KEY, wrapped, "firm|seal") == key

    def test_is_not_unwrapped_by_another_master_key_or_for_another_purpose(self) -> None:
        wrapped = crypto.wrap(MASTER_KEY, crypto.new_data_key(), "firm|seal")
        another = base64.b64encode(b"n" * 32).decode()

        for master_key, purpose in ((another, "firm|seal"), (MASTER_KEY, "firm|hash")):
            with pytest.raises(NotOurs):
                crypto.unwrap(master_key, wrapped, purpose)

    @pytest.mark.parametrize(
        "wrong", ["", "not base64!", base64.b64encode(b"short").decode(), "e" * 44]
    )
    def test_needs_a_master_key_of_32_bytes_in_base64(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="MASTER_KEY must be 32 bytes in base64"):
            crypto.wrap(wrong, crypto.new_data_key(), "firm|seal")
