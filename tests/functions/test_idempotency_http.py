"""A POST that is sent twice with one Idempotency-Key does its work once."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from shared.clients import clients
from shared.clients.models import Client
from shared.identity import idempotency, key_rotation
from shared.platform.actor import Actor, Role, system
from shared.platform.db import DatabaseUnavailable, transaction
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague

NEW = {"name": "Grace Hopper", "entity_type": "individual"}


async def post(
    http: AsyncClient, key: str, body: dict[str, Any] = NEW, path: str = "/clients"
) -> Response:
    return await http.post(path, json=body, headers={"idempotency-key": key})


async def names(http: AsyncClient) -> list[str]:
    return [each["name"] for each in (await http.get("/clients")).json()["items"]]


async def audited(actor: Actor) -> int:
    async with transaction(actor) as tx:
        return await tx.value(
            int, "SELECT count(*) FROM audit_entries WHERE action = 'client.added'"
        )


class Crash(BaseException):
    """The process is killed: nothing after this runs."""


class TestTheSameRequest:
    async def test_is_done_once_and_answered_the_same(self, http: AsyncClient, firm: Firm) -> None:
        before = await audited(firm.actor)
        first, again = await post(http, "a"), await post(http, "a")

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        for name in ("content-type", "location", "etag"):
            assert again.headers[name] == first.headers[name]
        assert again.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers
        assert await names(http) == ["Ada Lovelace", "Grace Hopper"]
        assert await audited(firm.actor) == before + 1

    async def test_gets_the_first_answer_though_the_world_has_moved_on(
        self, http: AsyncClient
    ) -> None:
        made = await post(http, "a")
        url = f"/clients/{made.json()['id']}"
        tag = {"if-match": made.headers["etag"]}
        assert (await http.patch(url, json={"name": "G."}, headers=tag)).status_code == 200

        assert (await post(http, "a")).json()["name"] == "Grace Hopper"

    @pytest.mark.parametrize("told", [{"x-forwarded-proto": "http://["}, {"host": "a?b"}])
    async def test_is_the_same_whatever_it_says_of_how_it_came(
        self, http: AsyncClient, told: dict[str, str]
    ) -> None:
        first = await post(http, "a")
        again = await http.post("/clients", json=NEW, headers={"idempotency-key": "a"} | told)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.headers["idempotent-replayed"] == "true"

    async def test_without_a_key_is_done_each_time(self, http: AsyncClient) -> None:
        for _ in range(2):
            assert (await http.post("/clients", json=NEW)).status_code == 201

        assert await names(http) == ["Ada Lovelace", "Grace Hopper", "Grace Hopper"]

    async def test_with_another_key_is_another_request(self, http: AsyncClient) -> None:
        first, second = await post(http, "a"), await post(http, "b")

        assert first.json()["id"] != second.json()["id"]

    async def test_of_somebody_else_is_another_request(
        self, http: AsyncClient, firm: Firm, other_firm: Firm, durable: Durable
    ) -> None:
        ids = {(await post(http, "a")).json()["id"]}
        for somebody in (await colleague(firm, Role.ADMIN), other_firm):
            async with client_of(somebody, durable) as theirs:
                ids.add((await post(theirs, "a")).json()["id"])

        assert len(ids) == 3


class TestAnotherRequestWithTheKey:
    async def test_is_refused_and_does_nothing(self, http: AsyncClient) -> None:
        await post(http, "a")
        other = await post(http, "a", NEW | {"name": "Somebody else"})

        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert "Somebody else" not in await names(http)

    async def test_to_another_address_is_refused(
        self, http: AsyncClient, firm: Firm, storage: None
    ) -> None:
        await post(http, "a")
        upload = {
            "client_id": str(firm.client_id),
            "name": "w2.pdf",
            "size": 1,
            "sha256": "0" * 64,
        }

        other = await post(http, "a", upload, "/documents/uploads")

        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


class TestTheKey:
    @pytest.mark.parametrize("key", ["", "a b", "ä", "a" * 256])
    async def test_is_1_to_255_visible_signs(self, http: AsyncClient, key: str) -> None:
        headers = [(b"idempotency-key", key.encode("latin-1"))]
        answer = await http.post("/clients", json=NEW, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        (error,) = answer.json()["errors"]
        assert (error["in"], error["pointer"]) == ("header", "/idempotency-key")

    @pytest.mark.parametrize(
        "key",
        [
            "~",
            "a" * 255,
            "6cca91bb-ffeb-4741-9d45-1846bcc04a98",
            "'; DROP TABLE x; --".replace(" ", ""),
        ],
    )
    async def test_may_be_any_of_them(self, http: AsyncClient, key: str) -> None:
        assert (await post(http, key)).status_code == 201
        assert (await post(http, key)).headers["idempotent-replayed"] == "true"

    async def test_is_free_again_after_a_refusal(self, http: AsyncClient) -> None:
        assert (await post(http, "a", {"name": ""})).status_code == 422
        assert (await post(http, "a")).status_code == 201

    async def test_is_free_again_after_a_refusal_by_the_business(
        self, http: AsyncClient, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        upload = {
            "client_id": str(other_firm.client_id),
            "name": "w2.pdf",
            "size": 1,
            "sha256": "0" * 64,
        }
        assert (await post(http, "a", upload, "/documents/uploads")).status_code == 422
        theirs = upload | {"client_id": str(firm.client_id)}
        assert (await post(http, "a", theirs, "/documents/uploads")).status_code == 201

    async def test_of_somebody_who_may_not_do_it_is_not_even_looked_at(
        self, firm: Firm, durable: Durable
    ) -> None:
        async with client_of(await colleague(firm, Role.INTERN), durable) as intern:
            assert (await post(intern, "a")).status_code == 403
        assert await rows(firm) == 0


async def rows(firm: Firm) -> int:
    async with transaction(firm.actor) as tx:
        return await tx.value(int, "SELECT count(*) FROM idempotency_keys")


class TestOneThatIsStillRunning:
    @pytest.fixture
    async def doors(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncGenerator[tuple[asyncio.Event, asyncio.Event]]:
        """The first request waits inside the use case until it is told to go on."""
        inside, may_go = asyncio.Event(), asyncio.Event()
        real = clients.add_client

        async def slow(*given: Any) -> Client:
            inside.set()
            await may_go.wait()
            return await real(*given)

        monkeypatch.setattr(clients, "add_client", slow)
        yield inside, may_go
        may_go.set()

    async def test_lets_no_second_one_in(
        self, http: AsyncClient, doors: tuple[asyncio.Event, asyncio.Event]
    ) -> None:
        inside, may_go = doors
        running = asyncio.create_task(post(http, "a"))
        await inside.wait()
        meanwhile = await post(http, "a")
        may_go.set()
        first, again = await running, await post(http, "a")

        assert meanwhile.json()["code"] == "idempotency_key_in_use"
        assert meanwhile.status_code == 409
        assert 1 <= int(meanwhile.headers["retry-after"]) <= 60
        assert (first.status_code, again.content) == (201, first.content)
        assert await names(http) == ["Ada Lovelace", "Grace Hopper"]


async def test_of_many_at_once_one_is_done(http: AsyncClient) -> None:
    answers = await asyncio.gather(*(post(http, "a") for _ in range(8)))
    settled = [each for each in answers if each.status_code == 201]

    assert settled
    assert {each.status_code for each in answers} <= {201, 409}
    assert len({each.json()["id"] for each in settled}) == 1
    assert await names(http) == ["Ada Lovelace", "Grace Hopper"]


class TestOneThatBroke:
    async def test_on_a_failure_of_ours_may_be_sent_again(
        self, http: AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: object) -> Client:
            raise DatabaseUnavailable("It is away")

        with monkeypatch.context() as broken:
            broken.setattr(clients, "add_client", away)
            assert (await post(http, "a")).status_code == 503

        again = await post(http, "a")
        assert again.status_code == 201
        assert "idempotent-replayed" not in again.headers

    async def test_on_a_failure_after_its_work_finds_what_it_made(
        self, http: AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = clients.add_client

        async def cut_off(*given: Any) -> Client:
            await real(*given)
            raise DatabaseUnavailable("It went away at the commit")

        with monkeypatch.context() as broken:
            broken.setattr(clients, "add_client", cut_off)
            assert (await post(http, "a")).status_code == 503
        other = await post(http, "a", NEW | {"name": "Somebody else"})

        assert other.json()["code"] == "idempotency_key_reused"
        assert (await post(http, "a")).status_code == 201
        assert await names(http) == ["Ada Lovelace", "Grace Hopper"]

    async def test_after_its_work_was_done_finds_what_it_made(
        self, http: AsyncClient, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It died between the commit and the answer: the lease ends, the id is the same."""

        async def killed(*_: object) -> None:
            raise Crash

        with monkeypatch.context() as dying:
            dying.setattr(idempotency, "keep_answer", killed)
            with pytest.raises(Crash):
                await post(http, "a")
        assert (await post(http, "a")).status_code == 409

        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE idempotency_keys SET leased_until = now() - interval '1 second'")
        other = await post(http, "a", NEW | {"name": "Somebody else"})
        again = await post(http, "a")

        assert other.json()["code"] == "idempotency_key_reused"
        assert again.status_code == 201
        assert await names(http) == ["Ada Lovelace", "Grace Hopper"]
        assert (await post(http, "a")).headers["idempotent-replayed"] == "true"


class TestWhatIsKept:
    async def test_cannot_be_read_in_the_table(self, http: AsyncClient, firm: Firm) -> None:
        await post(http, "a")

        async with transaction(firm.actor) as tx:
            sealed = await tx.value(bytes, "SELECT answer_sealed FROM idempotency_keys")
        assert b"Grace" not in sealed

    async def test_tells_requests_apart_by_the_firms_own_key(
        self, http: AsyncClient, firm: Firm, other_firm: Firm, durable: Durable
    ) -> None:
        """Or whoever has the table tries all TINs until one has the hash."""
        new = NEW | {"tin": "412-55-7834"}
        await post(http, "a", new)
        async with client_of(other_firm, durable) as theirs:
            await post(theirs, "a", new)

        hashes: set[bytes] = set()
        for each in (firm, other_firm):
            async with transaction(each.actor) as tx:
                hashes.add(await tx.value(bytes, "SELECT request_hash FROM idempotency_keys"))
        assert len(hashes) == 2

    async def test_is_replayed_after_the_firms_keys_were_rotated(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        first = await post(http, "a")
        await key_rotation.begin_rotation(system(firm.organization_id), 1)
        again = await post(http, "a")

        assert again.content == first.content
        assert again.headers["idempotent-replayed"] == "true"

    async def test_opens_for_its_own_key_alone(self, http: AsyncClient, firm: Firm) -> None:
        await post(http, "a")
        await post(http, "b", NEW | {"name": "Hopper"})
        async with transaction(firm.actor) as tx:
            await tx.run(
                """
                UPDATE idempotency_keys AS k SET answer_sealed = o.answer_sealed
                FROM idempotency_keys AS o WHERE k.key = 'a' AND o.key = 'b'
                """
            )

        assert (await post(http, "a")).json()["code"] == "idempotency_key_reused"

    async def test_is_not_a_tin(self, http: AsyncClient, firm: Firm) -> None:
        made = await post(http, "a", NEW | {"tin": "412-55-7834"})
        kept = await rows(firm)
        for _ in range(2):
            seen = await post(
                http,
                "b",
                {"reason": "Preparing the return"},
                f"/clients/{made.json()['id']}/reveal-tin",
            )
            assert seen.status_code == 200
            assert "idempotent-replayed" not in seen.headers

        assert await rows(firm) == kept

    async def test_goes_after_a_day(
        self, http: AsyncClient, firm: Firm, other_firm: Firm, durable: Durable
    ) -> None:
        await post(http, "a")
        await post(http, "b", NEW | {"name": "Hopper"})
        async with client_of(other_firm, durable) as theirs:
            await post(theirs, "c")
        for each in (firm, other_firm):
            async with transaction(each.actor) as tx:
                await tx.run(
                    "UPDATE idempotency_keys SET expires_at = now() - interval '1 second'"
                    " WHERE key IN ('a', 'c')"
                )

        assert await idempotency.forget_expired() >= 2
        assert (await rows(firm), await rows(other_firm)) == (1, 0)

    async def test_that_has_expired_is_not_replayed(self, http: AsyncClient, firm: Firm) -> None:
        await post(http, "a")
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")
        again = await post(http, "a")

        assert (again.status_code, "idempotent-replayed" in again.headers) == (201, False)
        assert await names(http) == ["Ada Lovelace", "Grace Hopper", "Grace Hopper"]
        assert (await post(http, "a")).content == again.content

    async def test_that_has_expired_leaves_the_key_to_any_request(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        await post(http, "a")
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")
        other = await post(http, "a", NEW | {"name": "Somebody else"})

        assert other.status_code == 201
        assert await names(http) == ["Ada Lovelace", "Grace Hopper", "Somebody else"]
