"""How sure is sure: the numbers that decide whether a person has to look, and when."""

from datetime import timedelta

SURE_OF_KIND = 0.9
SURE_OF_REQUIRED_VALUE = 0.9
SURE_OF_ANY_VALUE = 0.6

REMIND_AFTER = timedelta(days=3)
REVIEW_WINDOW = timedelta(days=14)

# How long after its last announcement nobody can send a file any more, and a day beyond that.
GIVEN_UP_AFTER = timedelta(days=1, minutes=15)
