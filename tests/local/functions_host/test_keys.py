from pathlib import Path

from local.functions_host.keys import Keys, Level


def test_keys_survive_a_restart_and_are_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    first = Keys(file, ["hello"])

    again = Keys(file, ["hello", "added"])

    assert (again.master, again.host) == (first.master, first.host)
    assert again.of_function("hello") == first.of_function("hello")
    assert again.of_function("added")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_opens_what_it_is_for(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json", ["hello", "secret"])

    assert keys.level(keys.master, "hello") is Level.ADMIN
    assert keys.level(keys.host, "hello") is Level.FUNCTION
    assert keys.level(keys.of_function("hello"), "hello") is Level.FUNCTION
    assert keys.level(keys.of_function("secret"), "hello") is Level.ANONYMOUS
    assert keys.level("guessed", "hello") is Level.ANONYMOUS
    assert keys.level("", "hello") is Level.ANONYMOUS
    assert keys.level(None, "hello") is Level.ANONYMOUS
    assert keys.level("schlüssel", "hello") is Level.ANONYMOUS
