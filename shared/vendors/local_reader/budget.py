"""What all pages of one file may hold together: a page within its limits may stand there often."""

from shared.vendors.local_reader.limits import MAX_FILE_LETTERS, MAX_FILE_WORDS
from shared.vendors.reading import DocumentTooLarge, Page


class Budget:
    def __init__(self) -> None:
        self._words = 0
        self._letters = 0

    def spend(self, page: Page) -> None:
        """Count what the page holds. Raises ``DocumentTooLarge``."""
        self._words += len(page.words) + len(page.fields)
        self._letters += sum(len(word.text) for word in page.words)
        self._letters += sum(len(field.name) + len(field.value) for field in page.fields)
        if self._words > MAX_FILE_WORDS:
            raise DocumentTooLarge(f"It has more than {MAX_FILE_WORDS:,} words")
        if self._letters > MAX_FILE_LETTERS:
            raise DocumentTooLarge(f"It has more than {MAX_FILE_LETTERS:,} letters")
