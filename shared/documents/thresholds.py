"""How sure is sure: the numbers that decide whether a person has to look, and when."""

from datetime import timedelta

SURE_OF_KIND = 0.9
SURE_OF_REQUIRED_VALUE = 0.9
SURE_OF_ANY_VALUE = 0.6

REMIND_AFTER = timedelta(days=3)
REVIEW_WINDOW = timedelta(days=14)

# A blob's event comes within seconds; the sweep looks for those that never came for a day.
UNANNOUNCED_AFTER = timedelta(seconds=30)
UNANNOUNCED_UNTIL = timedelta(days=1)
SILENT_AFTER = timedelta(minutes=2)
