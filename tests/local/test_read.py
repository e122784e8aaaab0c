"""`read`: its output is a contract, and one bad file never stops the others."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from local.read import print_json, send
from local.reading import following, showing
from local.reading.outcome import Outcome
from local.sign_in import SignInRefused
from tests.local.fake_api import FakeApi, serving
from tests.servers import free_ports

PORT = free_ports(1)[0]
KEYS = [
    *("file", "document_id", "state", "kind", "confidence", "tax_year", "pages"),
    *("fields", "children", "findings", "code", "seconds"),
]


class Sender:
    """Sends what the test writes, and keeps what was told, in order."""

    def __init__(self, api: FakeApi, url: str, folder: Path) -> None:
        self.api = api
        self.told: list[Outcome] = []
        self._url = url
        self._folder = folder

    def write(self, name: str, content: bytes) -> str:
        (self._folder / name).write_bytes(content)
        return str(self._folder / name)

    async def send(self, *files: str, force: bool = False) -> list[Outcome]:
        return await send(self._url, self.api.sign_in, files, force=force, tell=self.told.append)

    async def send_bytes(self, content: bytes, *, force: bool = False) -> Outcome:
        (outcome,) = await self.send(self.write("file.pdf", content), force=force)
        return outcome


@pytest.fixture
async def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Sender]:
    monkeypatch.setattr(following, "SHORTEST_PAUSE", 0.01)
    api = FakeApi()
    async with serving(api, PORT) as url:
        yield Sender(api, url, tmp_path)


async def test_a_line_of_json_has_every_key_of_the_contract(
    sender: Sender, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sender.write("w2.pdf", b"sure")
    for outcome in await sender.send(file, "/missing.pdf"):
        print_json(outcome)

    read, missing = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(read) == list(missing) == KEYS
    assert read["file"] == file
    assert read["pages"] == [{"page": 1, "kind": "w2", "confidence": 0.98}]
    assert list(read["fields"]["box_1"]) == ["value", "confidence", "page", "box", "source"]
    assert list(read["children"][0]) == ["document_id", "kind", "pages", "fields"]
    assert list(read["findings"][0]) == ["rule", "severity", "message", "fields"]
    assert missing["document_id"] is None
    assert missing["fields"] == {}


async def test_it_follows_a_document_to_the_end_of_its_story(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"sure")

    assert (outcome.state, outcome.kind, outcome.tax_year) == ("accepted", "w2", 2024)
    assert not outcome.is_failure


async def test_it_waits_for_no_person(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"unsure")

    assert (outcome.state, outcome.code) == ("needs_review", "unsure_of_values")
    assert not outcome.is_failure


async def test_a_rejected_document_is_no_failure(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"encrypted")

    assert (outcome.state, outcome.code) == ("rejected", "document_encrypted")
    assert not outcome.is_failure


async def test_a_failed_document_is_a_failure(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"broken")

    assert (outcome.state, outcome.code) == ("failed", "processing_failed")
    assert outcome.is_failure


async def test_what_storage_has_lost_is_sent_again(sender: Sender) -> None:
    sender.api.losses = 2

    outcome = await sender.send_bytes(b"sure")

    assert (outcome.state, outcome.code) == ("accepted", None)


async def test_a_zero_byte_file_is_sent_like_any_other(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"")

    assert sender.api.bytes == {outcome.document_id: b""}


async def test_a_document_refused_when_announced_is_rejected(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"x" * 1001)

    assert (outcome.state, outcome.code) == ("rejected", "document_too_large")
    assert not outcome.is_failure


async def test_what_may_not_be_sent_is_a_failure(sender: Sender) -> None:
    (outcome,) = await sender.send(sender.write("forbidden.pdf", b"sure"))

    assert (outcome.state, outcome.code) == ("failed", "forbidden")
    assert outcome.is_failure


async def test_what_storage_refuses_is_a_failure(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"refused by storage")

    assert (outcome.state, outcome.code) == ("failed", "AuthenticationFailed")


async def test_a_firm_without_clients_is_told_so(sender: Sender) -> None:
    sender.api.clients = []

    outcome = await sender.send_bytes(b"sure")

    assert (outcome.state, outcome.code) == ("failed", "no_client")


async def test_a_folder_is_not_a_file(sender: Sender, tmp_path: Path) -> None:
    (outcome,) = await sender.send(str(tmp_path))

    assert (outcome.state, outcome.code) == ("failed", "file_unreadable")


async def test_a_duplicate_shows_its_original(sender: Sender) -> None:
    outcome = await sender.send_bytes(b"copy")

    assert (outcome.state, outcome.document_id) == ("duplicate", "original")
    assert outcome.fields["box_1"]["value"] == "10.00"


async def test_bytes_that_are_there_are_a_duplicate_and_not_sent(sender: Sender) -> None:
    first = await sender.send_bytes(b"sure")
    second = await sender.send_bytes(b"sure")

    assert (second.state, second.document_id) == ("duplicate", first.document_id)
    assert second.fields == first.fields
    assert len(sender.api.bytes) == 1


async def test_force_reads_the_same_document_again(sender: Sender) -> None:
    first = await sender.send_bytes(b"sure")
    second = await sender.send_bytes(b"sure", force=True)

    assert (second.state, second.document_id) == ("accepted", first.document_id)
    runs = sender.api.documents[str(first.document_id)]["runs"]
    assert [run["number"] for run in runs] == [1, 2]
    assert all(run["finished_at"] for run in runs)


async def test_one_bad_file_stops_no_other_and_lines_keep_the_order(sender: Sender) -> None:
    files = [sender.write(f"{number}.pdf", b"%d" % number) for number in range(6)]
    files[2] = "/missing.pdf"

    await sender.send(*files)

    assert [outcome.file for outcome in sender.told] == files
    states = [outcome.state for outcome in sender.told]
    assert states == ["accepted", "accepted", "failed", "accepted", "accepted", "accepted"]


async def test_files_go_up_four_at_a_time(sender: Sender) -> None:
    await sender.send(*(sender.write(f"{number}.pdf", b"%d" % number) for number in range(8)))

    assert sender.api.most_uploading == 4


async def test_a_server_that_restarts_goes_unnoticed(sender: Sender) -> None:
    sender.api.away = 2

    assert (await sender.send_bytes(b"sure")).state == "accepted"


async def test_whoever_asks_too_much_waits_as_long_as_is_said(sender: Sender) -> None:
    sender.api.too_busy = 2

    assert (await sender.send_bytes(b"sure")).state == "accepted"
    assert sender.api.too_busy == 0


async def test_a_token_that_has_run_out_is_renewed(sender: Sender) -> None:
    await sender.send_bytes(b"sure")

    assert sender.api.tokens == ["stale", "token-1", "token-2"]


async def test_nobody_to_sign_in_as_is_one_sentence_for_all_files(sender: Sender) -> None:
    def refuse() -> str:
        raise SignInRefused("The sign-in provider refused owner@demo.test.")

    sender.api.sign_in = refuse

    with pytest.raises(SignInRefused, match=r"refused owner@demo\.test"):
        await sender.send("/one.pdf", "/two.pdf")


async def test_people_see_what_matters_on_one_line(sender: Sender) -> None:
    line = showing.line(await sender.send_bytes(b"unsure")).plain

    assert "file.pdf  needs_review (unsure_of_values)  w2  98%  10.00" in line
    assert "\n" not in line
