import pytest

from shared.platform import crypto
from shared.platform.crypto import Keyring, NotOurs, place

TIN = b"412557834"
HERE = place("clients", "tin_sealed", "the-row")
MASTER_KEY = b"m" * 32


def keyring() -> Keyring:
    return Keyring(crypto.new_data_keys(1))


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


class TestAKeyring:
    def test_opens_what_its_retired_keys_sealed(self) -> None:
        old = crypto.new_data_keys(1)
        sealed = Keyring(old).seal(TIN, HERE)

        rotated = Keyring(crypto.new_data_keys(2), (old,))

        assert rotated.unseal(sealed, HERE) == TIN
        assert rotated.hashes("412557834") == [
            rotated.hash("412557834"),
            Keyring(old).hash("412557834"),
        ]

    def test_seals_with_its_active_keys(self) -> None:
        old, new = crypto.new_data_keys(1), crypto.new_data_keys(300)

        sealed = Keyring(new, (old,)).seal(TIN, HERE)

        assert crypto.sealed_with(sealed) == 300
        assert Keyring(new).unseal(sealed, HERE) == TIN
        with pytest.raises(NotOurs, match="not there"):
            Keyring(old).unseal(sealed, HERE)

    def test_opens_what_was_sealed_before_there_were_versions(self) -> None:
        first = crypto.new_data_keys(1)
        sealed = crypto.wrap(first.seal_key, TIN, HERE)  # the same format

        assert crypto.sealed_with(sealed) == 1
        assert Keyring(crypto.new_data_keys(2), (first,)).unseal(sealed, HERE) == TIN

    def test_does_not_open_with_keys_of_another_version(self) -> None:
        """Though they are the same keys: the version is what tells them apart."""
        first = crypto.new_data_keys(1)
        second = crypto.DataKeys(2, crypto.new_data_keys(2).seal_key, first.hash_key)
        sealed = Keyring(first).seal(TIN, HERE)

        with pytest.raises(NotOurs):
            Keyring(second, (first,)).unseal(sealed[:2] + b"\x02" + sealed[3:], HERE)


class TestADataKey:
    def test_is_unwrapped_by_the_master_key_that_wrapped_it(self) -> None:
        key = crypto.new_data_keys(1).seal_key

        wrapped = crypto.wrap(MASTER_KEY, key, "firm|seal")

        assert key not in wrapped
        assert crypto.unwrap(MASTER_KEY, wrapped, "firm|seal") == key

    def test_is_not_unwrapped_by_another_master_key_or_for_another_purpose(self) -> None:
        wrapped = crypto.wrap(MASTER_KEY, crypto.new_data_keys(1).seal_key, "firm|seal")

        for master_key, purpose in ((b"n" * 32, "firm|seal"), (MASTER_KEY, "firm|hash")):
            with pytest.raises(NotOurs):
                crypto.unwrap(master_key, wrapped, purpose)

    def test_is_not_unwrapped_when_it_was_wrapped_in_another_way(self) -> None:
        wrapped = crypto.wrap(MASTER_KEY, crypto.new_data_keys(1).seal_key, "firm|seal")

        with pytest.raises(NotOurs):
            crypto.unwrap(MASTER_KEY, b"\x02" + wrapped[1:], "firm|seal")
