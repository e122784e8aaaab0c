"""Every error is explained, by its own class, in the page that is committed."""

import re
from collections import Counter

from functions.http import errors
from orchestrations.durable import StepFailed
from shared.platform.errors import AppError


def test_the_committed_page_is_up_to_date() -> None:
    assert errors.PAGE.read_text() == errors.render(), "python -m functions.http.errors"


class TestEveryError:
    def test_says_what_is_wrong_and_what_to_do(self) -> None:
        silent = [
            error.__name__
            for error in errors.classes()
            if not errors.meaning(error) or error.remedy is AppError.remedy
        ]

        assert silent == []

    def test_says_it_so_that_a_detail_can_be_made_of_it(self) -> None:
        """A detail reads: what is wrong, full stop, what to do, full stop."""
        remedies = [error.remedy for error in errors.classes()]

        assert [each for each in remedies if not re.fullmatch(r"[A-Z].*[^.\s]", each)] == []

    def test_has_a_code_that_no_other_has(self) -> None:
        """Two classes with one code are one error to the caller."""
        counted = Counter(error.code for error in errors.classes())

        assert [code for code, count in counted.items() if count > 1] == []
        assert set(errors.OF_THE_FRAMEWORK) & set(counted) == set()

    def test_has_a_code_that_is_a_stable_word(self) -> None:
        codes = {error.code for error in errors.classes()} | set(errors.OF_THE_FRAMEWORK)

        assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []

    def test_is_on_the_page(self) -> None:
        explained = set(re.findall(r"`([a-z_]+)`", errors.render()))
        codes = {error.code for error in errors.classes()} | {StepFailed.code}

        assert codes - explained == set()
