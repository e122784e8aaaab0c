from datetime import timedelta
from itertools import islice

from local.functions_host.functions import RetryPolicy
from local.functions_host.retries import retry_delays

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_without_a_policy_there_is_no_second_attempt() -> None:
    assert list(retry_delays(None)) == []


def test_a_fixed_delay_stays_the_same() -> None:
    assert list(retry_delays(RetryPolicy(3, "fixed_delay", SECOND, MINUTE))) == [1, 1, 1]


def test_an_exponential_delay_grows_up_to_its_limit() -> None:
    delays = list(retry_delays(RetryPolicy(12, "exponential_backoff", SECOND, MINUTE)))

    assert 0.8 <= delays[0] <= 1.2
    assert 6.4 <= delays[3] <= 9.6
    assert delays[-1] == 60


def test_minus_one_retries_for_ever() -> None:
    assert len(list(islice(retry_delays(RetryPolicy(-1, "fixed_delay", SECOND, MINUTE)), 50))) == 50
