"""The documents area over HTTP: what a developer of the SPA relies on."""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from shared.vendors.fakes import FakeReader
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

CONTENT = b"%PDF-1.7 a W-2"
ACCEPT = {"verdict": "accepted"}


def announcement(firm: Firm, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "client_id": str(firm.client_id),
        "name": "w2.pdf",
        "size": len(CONTENT),
        "sha256": sha256(CONTENT).hexdigest(),
    }
    return usual | changes


async def in_review(firm: Firm, reader: FakeReader) -> UUID:
    reader.reading = readings.reading(readings.w2(box_4="2000.00"))
    return (await make.processed(firm)).id


class TestUploads:
    async def test_the_address_takes_that_blob_once_and_shows_nothing(
        self, http: AsyncClient, firm: Firm, storage: None
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm))
        upload = answer.json()
        url, headers = upload["upload_url"], upload["upload_headers"]

        async with httpx.AsyncClient() as browser:
            put = await browser.put(url, content=CONTENT, headers=headers)
            again = await browser.put(url, content=b"other", headers=headers)
            read = await browser.get(url)
            neighbour = url.replace(upload["document_id"], str(uuid4()))
            beside = await browser.put(neighbour, content=CONTENT, headers=headers)

        assert answer.status_code == 201
        assert put.status_code == 201
        assert again.status_code in (403, 409)
        assert (read.status_code, beside.status_code) == (403, 403)

    async def test_you_already_have_it(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        known = await make.processed(firm, CONTENT)

        answer = await http.post("/documents/uploads", json=announcement(firm))

        assert answer.status_code == 200
        assert answer.json()["already_received"]
        assert answer.json()["document_id"] == str(known.id)

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"size": -1}, "/size"),
            ({"sha256": "abc"}, "/sha256"),
            ({"name": ""}, "/name"),
            ({"client_id": "ada"}, "/client_id"),
            ({"path": "../../etc"}, "/path"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_a_wrong_field_is_pointed_at(
        self, http: AsyncClient, firm: Firm, changes: dict[str, object], pointer: str
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, **changes))

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]

    async def test_too_large_is_said_before_anything_is_sent(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, size=2**40))

        assert (answer.status_code, answer.json()["code"]) == (422, "document_too_large")

    async def test_another_firms_client_looks_like_none(
        self, http: AsyncClient, firm: Firm, other_firm: Firm
    ) -> None:
        theirs = await http.post(
            "/documents/uploads", json=announcement(firm, client_id=str(other_firm.client_id))
        )
        nobodys = await http.post(
            "/documents/uploads", json=announcement(firm, client_id=str(uuid4()))
        )

        assert theirs.status_code == nobodys.status_code == 422
        assert theirs.json() == nobodys.json()
        assert theirs.json()["code"] == "unknown_reference"


class TestReview:
    async def test_a_decision_wakes_the_story(
        self, http: AsyncClient, firm: Firm, durable: Durable, reader: FakeReader
    ) -> None:
        document_id = await in_review(firm, reader)
        seen = await http.get(f"/documents/{document_id}")

        decided = await http.post(
            f"/documents/{document_id}/review",
            json=ACCEPT,
            headers={"if-match": seen.headers["etag"]},
        )

        assert decided.status_code == 200
        assert decided.json()["state"] == "accepted"
        assert decided.headers["etag"] != seen.headers["etag"]
        assert durable.woken == [(f"document-{document_id}-1", "reviewed-1")]

    async def test_a_decision_says_what_it_was_made_on(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url = f"/documents/{await in_review(firm, reader)}/review"

        blind = await http.post(url, json=ACCEPT)
        late = await http.post(url, json=ACCEPT, headers={"if-match": '"1"'})

        assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")
        assert (late.status_code, late.json()["code"]) == (412, "stale")

    async def test_a_kind_is_changed(
        self, http: AsyncClient, firm: Firm, reader: FakeReader, durable: Durable
    ) -> None:
        document_id = await in_review(firm, reader)
        etag = (await http.get(f"/documents/{document_id}")).headers["etag"]

        changed = await http.post(
            f"/documents/{document_id}/review",
            json={"verdict": "kind_changed", "kind": "other"},
            headers={"if-match": etag},
        )

        assert (changed.status_code, changed.json()["kind"]) == (200, "other")
        assert changed.json()["state"] == "needs_review"
        assert durable.woken == []

    async def test_a_verdict_nobody_knows_is_refused(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        answer = await http.post(
            f"/documents/{await in_review(firm, reader)}/review",
            json={"verdict": "perhaps"},
            headers={"if-match": '"1"'},
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


class TestCorrections:
    async def test_a_value_is_corrected(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url = f"/documents/{await in_review(firm, reader)}"
        etag = (await http.get(url)).headers["etag"]

        answer = await http.patch(
            f"{url}/fields/box_4", json={"value": "3100.00"}, headers={"if-match": etag}
        )

        assert answer.status_code == 200
        assert answer.json()["fields"]["box_4"]["source"] == "person"
        assert answer.json()["findings"] == []

    async def test_reading_again_starts_the_next_run(
        self, http: AsyncClient, firm: Firm, durable: Durable, reader: FakeReader
    ) -> None:
        document_id = await in_review(firm, reader)

        answer = await http.post(f"/documents/{document_id}/reread")

        assert (answer.status_code, answer.json()["state"]) == (202, "received")
        assert list(durable.started) == [f"document-{document_id}-2"]
        assert durable.woken == [(f"document-{document_id}-1", "reviewed-1")]


class TestPages:
    async def test_a_page_is_an_image_that_nobody_caches(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url = f"/documents/{await in_review(firm, reader)}/pages/1.png"

        image = await http.get(url)
        again = await http.get(url, headers={"if-none-match": image.headers["etag"]})

        assert image.headers["content-type"] == "image/png"
        assert image.headers["cache-control"] == "private, no-store"
        assert image.content.startswith(b"\x89PNG")
        assert (again.status_code, again.content) == (304, b"")

    async def test_a_page_with_its_tins_is_shown_for_a_reason_and_kept_by_nobody(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url = f"/documents/{await in_review(firm, reader)}/pages/1"
        why, key = {"reason": "To compare it with the form"}, {"idempotency-key": "see"}

        masked = await http.get(f"{url}.png")
        shown = await http.post(f"{url}/reveal", json=why, headers=key)
        again = await http.post(f"{url}/reveal", json=why, headers=key)
        unsaid = await http.post(f"{url}/reveal", json={})

        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["cache-control"] == "private, no-store"
        assert shown.content.startswith(b"\x89PNG")
        assert shown.content != masked.content
        assert "idempotent-replayed" not in again.headers
        assert unsaid.status_code == 422


class TestLists:
    async def test_a_page_says_how_to_get_the_next(
        self, http: AsyncClient, firm: Firm, storage: None
    ) -> None:
        made = [str(await make.expected(firm)) for _ in range(3)]

        first = (await http.get("/documents", params={"limit": 2})).json()
        asked = {"limit": 2, "cursor": first["next"]}
        second = (await http.get("/documents", params=asked)).json()

        assert [each["id"] for each in first["items"] + second["items"]] == made[::-1]
        assert second["next"] is None

    async def test_the_queue_holds_what_waits(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        document_id = await in_review(firm, reader)

        queue = (await http.get("/documents/review-queue")).json()

        assert [each["id"] for each in queue["items"]] == [str(document_id)]


async def every_answer(http: AsyncClient, document_id: UUID) -> dict[str, Any]:
    """What each route on one document says."""
    url, match = f"/documents/{document_id}", {"if-match": '"1"'}
    return {
        "get": await http.get(url),
        "page": await http.get(f"{url}/pages/1.png"),
        "patch": await http.patch(f"{url}/fields/box_1", json={"value": "1"}, headers=match),
        "review": await http.post(f"{url}/review", json=ACCEPT, headers=match),
        "kind": await http.post(
            f"{url}/review", json={"verdict": "kind_changed", "kind": "w9"}, headers=match
        ),
        "reread": await http.post(f"{url}/reread"),
    }


class TestAnotherFirm:
    async def test_cannot_tell_it_from_one_that_is_not_there(
        self, other_firm: Firm, firm: Firm, durable: Durable, reader: FakeReader
    ) -> None:
        document_id = await in_review(firm, reader)

        async with client_of(other_firm, durable) as theirs:
            ours = await every_answer(theirs, document_id)
            nobodys = await every_answer(theirs, uuid4())

        assert {answer.status_code for answer in ours.values()} == {404}
        for name, answer in ours.items():
            assert answer.json() == nobodys[name].json()
        assert (durable.started, durable.woken) == ({}, [])

    async def test_sees_none_of_it_in_lists(
        self, other_firm: Firm, firm: Firm, durable: Durable, reader: FakeReader
    ) -> None:
        await in_review(firm, reader)

        async with client_of(other_firm, durable) as theirs:
            lists = [await theirs.get(f"/documents{path}") for path in ("", "/review-queue")]

        assert [each.json()["items"] for each in lists] == [[], []]


class TestAnIntern:
    async def test_reads_and_changes_nothing(
        self, firm: Firm, durable: Durable, reader: FakeReader
    ) -> None:
        document_id = await in_review(firm, reader)
        intern = await colleague(firm, Role.INTERN)

        async with client_of(intern, durable) as http:
            answers = await every_answer(http, document_id)

        assert answers.pop("get").status_code == 200
        assert answers.pop("page").status_code == 200
        assert {answer.status_code for answer in answers.values()} == {403}


async def test_nobody_comes_in_without_a_token(firm: Firm, durable: Durable) -> None:
    async with client_of(firm, durable) as http:
        http.headers.pop("authorization")
        answers = await every_answer(http, uuid4())

    assert {answer.status_code for answer in answers.values()} == {401}
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {"Bearer"}


class TestKinds:
    async def test_have_titles(self, http: AsyncClient) -> None:
        kinds = (await http.get("/documents/kinds")).json()

        assert {"kind": "w2", "title": "Form W-2"} in kinds

    async def test_name_the_boxes_of_the_year(self, http: AsyncClient) -> None:
        answer = await http.get("/documents/kinds/1099-div", params={"tax_year": 2019})

        titles = {each["name"]: each["title"] for each in answer.json()["fields"]}
        assert titles["box_11"] == "Exempt-interest dividends"

    async def test_are_not_for_strangers(self, http: AsyncClient) -> None:
        answer = await http.get("/documents/kinds", headers={"authorization": ""})

        assert answer.status_code == 401

    async def test_that_do_not_exist_are_refused(self, http: AsyncClient) -> None:
        assert (await http.get("/documents/kinds/w3")).status_code == 422
