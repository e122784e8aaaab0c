import secrets
from base64 import b64encode
from pathlib import Path

import pytest

from shared.platform import master_key
from shared.platform.crypto import NotOurs
from shared.vendors.key_wrapping import FileWrapper, Wrapped


def key_file(folder: Path, *keys: bytes, mode: int = 0o600) -> str:
    path = folder / secrets.token_hex(4)
    path.write_text("\n".join(b64encode(key).decode() for key in keys))
    path.chmod(mode)
    return str(path)


class TestTheKeyFile:
    def test_holds_random_keys_for_its_owner_alone(self, tmp_path: Path) -> None:
        key = secrets.token_bytes(32)

        assert master_key.keys(key_file(tmp_path, key)) == (key,)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
    def test_is_refused_when_others_may_do_anything_with_it(
        self, tmp_path: Path, mode: int
    ) -> None:
        path = key_file(tmp_path, secrets.token_bytes(32), mode=mode)

        with pytest.raises(ValueError, match="mode 600"):
            master_key.check(path)

    @pytest.mark.parametrize("key", [b"", b"short", b"k" * 32, b"n" * 33])
    def test_is_refused_with_a_key_that_is_none(self, tmp_path: Path, key: bytes) -> None:
        with pytest.raises(ValueError, match="must name a file with"):
            master_key.check(key_file(tmp_path, key))

    def test_is_refused_when_it_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="can read"):
            master_key.check(str(tmp_path / "nothing"))

    @pytest.mark.parametrize(
        "key_id",
        ["http://v.vault.azure.net/keys/a/1", "https://v.vault.azure.net/keys/a", "a/1"],
    )
    def test_a_vaults_key_is_named_with_its_version(self, key_id: str) -> None:
        with pytest.raises(ValueError, match="<version>"):
            master_key.check_id(key_id)


class TestWrappingWithTheFile:
    async def test_the_first_key_wraps_and_the_others_still_unwrap(self, tmp_path: Path) -> None:
        old, new = secrets.token_bytes(32), secrets.token_bytes(32)
        before = FileWrapper(key_file(tmp_path, old))
        wrapped = await before.wrap(b"a data key", "firm|seal")

        after = FileWrapper(key_file(tmp_path, new, old))

        assert await after.unwrap(wrapped, "firm|seal") == b"a data key"
        assert after.current != before.current
        assert (await after.wrap(b"a data key", "firm|seal")).by == after.current

    async def test_a_key_that_was_taken_out_opens_nothing(self, tmp_path: Path) -> None:
        before = FileWrapper(key_file(tmp_path, secrets.token_bytes(32)))
        wrapped = await before.wrap(b"a data key", "firm|seal")

        with pytest.raises(NotOurs):
            await FileWrapper(key_file(tmp_path, secrets.token_bytes(32))).unwrap(
                wrapped, "firm|seal"
            )

    async def test_it_opens_for_the_same_purpose_alone(self, tmp_path: Path) -> None:
        wrapper = FileWrapper(key_file(tmp_path, secrets.token_bytes(32)))
        wrapped = await wrapper.wrap(b"a data key", "firm|seal")

        with pytest.raises(NotOurs):
            await wrapper.unwrap(wrapped, "another|seal")

    async def test_the_name_says_nothing_of_the_key(self, tmp_path: Path) -> None:
        key = secrets.token_bytes(32)
        wrapper = FileWrapper(key_file(tmp_path, key))

        assert key.hex()[:8] not in wrapper.current
        assert Wrapped(wrapper.current, b"").by.startswith("file:")
