"""That a leak is found, whichever way it gets out; nothing else would say that the search works."""

import logging
import os
from pathlib import Path

import pytest
from httpx import AsyncClient

from tests import leaks
from tests.leaks import Listener, Watch, look_at, watch
from tests.make.identity import Firm, token

SSN, EIN = "412-55-7834", "36-7654321"
SECRET = "a-secret-that-has-no-shape"


@pytest.fixture
def our_watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """In place of the suite's, which would fail these tests."""
    ours = Watch()
    ours.keep_secret([SECRET])
    monkeypatch.setattr(leaks, "watch", ours)
    return ours


@pytest.mark.parametrize(
    "text",
    [
        f"cannot seal {SSN}",
        f"cannot seal {EIN}.",
        f'{{"tin": "{SSN.replace("-", "")}"}}',
        f"value={EIN.replace('-', '')}",
        "GET http://127.0.0.1/uploads/a/b?se=2024&sig=Zm9vYmFyYmF6cXV4%2Fabc%3D",
        "AccountKey=bm90IGEgc2VjcmV0;BlobEndpoint=",
        "Bearer " + "aos_live_" + "a1b2c3d4_0123456789abcdefghijklmnop",
        f"the key {SECRET} is wrong",
    ],
)
def test_a_secret_is_found(our_watch: Watch, text: str) -> None:
    our_watch.look(text, "a test")

    assert len(our_watch.take()) == 1


def test_a_token_is_found(our_watch: Watch, firm: Firm) -> None:
    our_watch.look(f"Authorization: Bearer {token(firm.subject)}", "a test")

    assert len(our_watch.take()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "***-**-7834",
        "A number like 000-00-0000",
        "document 33d95cad-f423-4209-a42b-3f23068967a8",
        "2024-11-22T10:00:00.123456789Z took 0.412557834 s",
        "sig=***",
        "999999990 bytes",
    ],
)
def test_what_only_looks_like_one_is_not(our_watch: Watch, text: str) -> None:
    our_watch.look(text, "a test")

    assert our_watch.take() == []


def test_what_is_found_is_not_told_again(our_watch: Watch) -> None:
    our_watch.look(f"cannot seal {SSN}", "a test")

    (told,) = our_watch.take()
    assert "test_what_is_found_is_not_told_again" in told
    assert SSN not in told


class TestWhatIsSearched:
    def test_every_log_record_with_its_traceback(self, our_watch: Watch) -> None:
        log = logging.getLogger("shared.something")
        log.propagate = False
        log.addHandler(listener := Listener())
        try:
            int(SSN)
        except ValueError:
            log.exception("it failed")
        finally:
            log.removeHandler(listener)
            log.propagate = True

        assert len(our_watch.take()) == 1

    def test_records_of_the_hosts_level(self) -> None:
        assert logging.getLogger("shared").isEnabledFor(logging.INFO)
        assert any(isinstance(each, Listener) for each in logging.getLogger().handlers)

    async def test_every_error_body(self, our_watch: Watch, http: AsyncClient) -> None:
        before = our_watch.seen
        assert (await http.get("/clients/nobody")).status_code == 422

        assert our_watch.seen > before

    def test_the_logs_that_a_host_leaves(self, our_watch: Watch, tmp_path: Path) -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run/host.log").write_text(f"reading {SSN}\n")
        look_at(tmp_path)

        assert len(our_watch.take()) == 1

    def test_for_the_secrets_of_the_settings(self) -> None:
        assert {os.environ["CURSOR_KEY"], os.environ["DATABASE_URL"]} <= watch.secrets

    def test_for_the_tins_that_the_suite_uses(self) -> None:
        assert {SSN.replace("-", ""), EIN.replace("-", "")} <= watch.tins
        assert len(watch.tins) > 20
