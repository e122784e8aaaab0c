"""Whoever asks too much hears when to come back, and guessing stops when it cannot be counted."""

from collections.abc import AsyncGenerator, Sequence
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from shared.platform import cache, ratelimit
from shared.platform.actor import Actor, Role
from shared.platform.ratelimit import Charge, Window
from tests.conftest import Configure
from tests.functions.edges import client
from tests.servers import free_ports


@pytest.fixture(autouse=True)
async def fresh() -> AsyncGenerator[None]:
    ratelimit.try_again()
    yield
    await cache.close()
    ratelimit.try_again()


@pytest.fixture
def address() -> str:
    """Nobody else's."""
    number = uuid4().int
    return f"2001:db8:{number & 0xFFFF:x}:{number >> 16 & 0xFFFF:x}::1"


@pytest.fixture
def who() -> Actor:
    return Actor(uuid4(), uuid4(), Role.OWNER)


@pytest.fixture
async def away(configure: Configure) -> None:
    """Redis does not answer."""
    await cache.close()
    configure(redis_url=f"redis://:secret@127.0.0.1:{free_ports(1)[0]}/0")


def told(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_an_address_has_a_limit_before_anybody_signs_in(
    configure: Configure, address: str
) -> None:
    configure(rate_limit_ip="3/minute")
    http = client(address=address)

    statuses = [(await http.get("/nothing")).status_code for _ in range(3)]
    refused = await http.get("/things")

    assert statuses == [404, 404, 404]
    assert told(refused) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_another_address_has_its_own(configure: Configure, address: str) -> None:
    configure(rate_limit_ip="1/minute")
    await client(address=address).get("/things")
    other = address.replace("2001:db8", "2001:db9")

    assert (await client(address=other).get("/things")).status_code == 200


async def test_every_answer_says_what_is_left(
    configure: Configure, address: str, who: Actor
) -> None:
    configure(rate_limit_ip="100/minute", rate_limit_user="10/minute")
    answer = await client(address=address, who=who).get("/things/mine/own")

    assert answer.headers["ratelimit-policy"] == (
        '"address";q=100;w=60, "organization";q=1000000;w=60, "user";q=10;w=60'
    )
    left = answer.headers["ratelimit"].split(", ")
    assert left[0].startswith('"address";r=99;t=')
    assert left[2].startswith('"user";r=9;t=')


async def test_a_refusal_says_it_too(configure: Configure, address: str, who: Actor) -> None:
    configure(rate_limit_user="1/minute")
    http = client(address=address, who=who)
    await http.get("/things/mine/own")

    refused = await http.get("/things/mine/own")

    assert told(refused) == (429, "rate_limited")
    assert '"user";r=0;t=' in refused.headers["ratelimit"]
    assert refused.headers["retry-after"]


async def test_writing_costs_twice_and_a_route_may_cost_more(
    configure: Configure, address: str, who: Actor
) -> None:
    configure(rate_limit_user="10/minute")
    http = client(address=address, who=who)

    async def left(answer: Response) -> int:
        return int(answer.headers["ratelimit"].split('"user";r=')[1].split(";")[0])

    assert await left(await http.get("/things/mine/own")) == 9
    assert await left(await http.post("/things/mine/own")) == 7
    assert await left(await http.post("/things/mine/export")) == 2
    assert told(await http.post("/things/mine/export")) == (429, "rate_limited")


async def test_a_colleague_is_not_refused_for_another_until_the_firm_is(
    configure: Configure, address: str, who: Actor
) -> None:
    configure(rate_limit_user="2/minute", rate_limit_organization="3/minute")
    colleague = Actor(who.organization_id, uuid4(), Role.STAFF)

    for expected in (200, 200, 429, 429, 429):
        answer = await client(address=address, who=who).get("/things/mine/own")
        assert answer.status_code == expected
    assert (await client(address=address, who=colleague).get("/things/mine/own")).status_code == 200
    refused = await client(address=address, who=colleague).get("/things/mine/own")
    assert told(refused) == (429, "rate_limited")
    assert "organization" in refused.json()["detail"]


async def test_another_firm_does_not_feel_it(
    configure: Configure, address: str, who: Actor
) -> None:
    configure(rate_limit_organization="1/minute")
    other = Actor(uuid4(), uuid4(), Role.OWNER)
    for _ in range(3):
        await client(address=address, who=who).get("/things/mine/own")

    assert (await client(address=address, who=other).get("/things/mine/own")).status_code == 200


async def test_a_key_has_a_limit_of_its_own(configure: Configure, address: str, who: Actor) -> None:
    configure(rate_limit_api_key="1/minute")
    key = Actor(who.organization_id, None, Role.STAFF, api_key_id=uuid4())
    http = client(address=address, who=key)

    assert (await http.get("/things/mine/own")).status_code == 200
    assert told(await http.get("/things/mine/own")) == (429, "rate_limited")


@pytest.mark.usefixtures("away")
class TestWhileRedisIsAway:
    async def test_reads_go_on(self, address: str, who: Actor) -> None:
        http = client(address=address, who=who)

        answer = await http.get("/things/mine/own")

        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers, "nothing is known"
        assert (await http.post("/things/mine/own")).status_code == 200

    async def test_nobody_may_guess(self, address: str) -> None:
        answer = await client(address=address).post("/things/secrets/guess")

        assert told(answer) == (503, "rate_limit_unavailable")
        assert answer.headers["retry-after"]


async def test_guessing_is_counted_while_redis_is_there(address: str) -> None:
    assert (await client(address=address).post("/things/secrets/guess")).status_code == 200


async def test_what_probes_ask_for_is_not_counted(configure: Configure, address: str) -> None:
    configure(rate_limit_ip="1/minute")
    http = client(address=address, limited=False)

    assert [(await http.get("/things")).status_code for _ in range(3)] == [200] * 3


class TestTheRoutesOfTheProduct:
    async def test_charge_whoever_has_signed_in(self, http: AsyncClient) -> None:
        answer = await http.get("/clients")

        names = [part.split(";")[0] for part in answer.headers["ratelimit"].split(", ")]
        assert names == ['"address"', '"organization"', '"user"']

    async def test_ask_redis_once_for_who_was_let_in_lately(
        self, http: AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[list[str]] = []
        charge = ratelimit.charge

        async def counted(windows: Sequence[Window]) -> Charge | None:
            asked.append([each.name for each in windows])
            return await charge(windows)

        monkeypatch.setattr(ratelimit, "charge", counted)
        for _ in range(2):
            await http.get("/clients")
        await http.post("/clients/find-by-tin", json={"tin": "900-00-0001"})

        known = ["address", "organization", "user"]
        assert asked == [["address"], known[1:], known, known, known[1:]], "the last costs more"

    async def test_charge_no_more_for_who_was_let_in_lately(
        self, configure: Configure, http: AsyncClient
    ) -> None:
        configure(rate_limit_user="1000/minute")
        answers = [await http.get("/clients") for _ in range(3)]
        answers.append(await http.post("/clients/find-by-tin", json={"tin": "900-00-0001"}))

        left = [
            int(each.headers["ratelimit"].split('"user";r=')[1].split(";")[0]) for each in answers
        ]
        assert left == [999, 998, 997, 977]

    async def test_refuse_who_was_let_in_lately_before_there_is_a_route(
        self, configure: Configure, http: AsyncClient
    ) -> None:
        configure(rate_limit_user="2/minute")
        await http.get("/clients")

        assert [(await http.get("/clients/a/b/c")).status_code for _ in range(2)] == [404, 429]

    async def test_count_each_person_on_its_own(
        self, configure: Configure, http: AsyncClient
    ) -> None:
        configure(rate_limit_user="2/minute")

        answers = [await http.get("/clients") for _ in range(3)]

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert told(answers[2]) == (429, "rate_limited")

    @pytest.mark.usefixtures("away")
    async def test_let_nobody_try_secrets_uncounted(self, http: AsyncClient) -> None:
        """Whoever is no member yet may try invitations; members read on."""
        assert (await http.get("/clients")).status_code == 200
        assert told(await http.get("/me/organizations")) == (503, "rate_limit_unavailable")
