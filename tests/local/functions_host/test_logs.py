import logging
import re

from local.functions_host.logs import current_invocation, formatter

RECORD = logging.makeLogRecord({"name": "web", "levelname": "INFO", "msg": "hello"})


def test_the_time_is_written_once_by_whoever_keeps_the_log() -> None:
    assert formatter(is_terminal=False).format(RECORD) == "INFO    - web: hello"
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO    - web: hello",
        formatter(is_terminal=True).format(RECORD),
    )


def test_a_line_carries_the_invocation_it_belongs_to() -> None:
    token = current_invocation.set("7")
    line = formatter(is_terminal=False).format(RECORD)
    current_invocation.reset(token)

    assert line == "INFO    7 web: hello"
