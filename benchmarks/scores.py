"""How many answers were right, by folder and by field, and whether confidence can be trusted."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from benchmarks.answers import Answer, Given
from benchmarks.comparison import is_right
from benchmarks.truth import Truth

SURE = 0.9


@dataclass
class Share:
    right: int = 0
    of: int = 0

    def count(self, *, right: bool) -> None:
        self.right += right
        self.of += 1

    def __str__(self) -> str:
        return f"{self.right:4} of {self.of:4}" + (
            f"  {self.right / self.of:6.1%}" if self.of else ""
        )

    def as_json(self) -> dict[str, int]:
        return {"right": self.right, "of": self.of}


@dataclass(frozen=True)
class Miss:
    file: str
    name: str
    expected: str
    given: str | None
    confidence: float


@dataclass
class Scores:
    """One folder. ``sure`` counts the values given with a confidence of 0.9 or more."""

    files: int = 0
    pages: int = 0
    timed_pages: int = 0
    seconds: float = 0.0
    kinds: Share = field(default_factory=Share)
    fields: Share = field(default_factory=Share)
    sure: Share = field(default_factory=Share)
    by_field: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    misses: list[Miss] = field(default_factory=list[Miss])
    problems: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, truth: Truth, answer: Answer) -> None:
        self.files += 1
        self.pages += len(answer.kinds)
        if answer.seconds is not None:
            self.timed_pages += len(answer.kinds)
            self.seconds += answer.seconds
        if answer.problem:
            self.problems[truth.file.name] = answer.problem
        for page, kind in truth.kinds.items():
            given = answer.kinds.get(page)
            self.kinds.count(right=given == kind)
            if given != kind:
                self.misses.append(Miss(truth.file.name, f"kind of page {page}", kind, given, 0))
        for name in truth.fields:
            self._add_field(truth, name, answer.fields.get(name) or Given(None, 0.0))

    def _add_field(self, truth: Truth, name: str, given: Given) -> None:
        expected = truth.fields[name]
        right = given.value is not None and is_right(
            name, given.value, expected, is_day_first=truth.is_day_first
        )
        self.fields.count(right=right)
        self.by_field[name].count(right=right)
        if given.value is not None and given.confidence >= SURE:
            self.sure.count(right=right)
        if not right:
            miss = Miss(truth.file.name, name, " / ".join(expected), given.value, given.confidence)
            self.misses.append(miss)

    @property
    def seconds_per_page(self) -> float | None:
        return round(self.seconds / self.timed_pages, 2) if self.timed_pages else None

    def as_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "pages": self.pages,
            "seconds_per_page": self.seconds_per_page,
            "kinds": self.kinds.as_json(),
            "fields": self.fields.as_json(),
            "sure": self.sure.as_json(),
            "by_field": {name: share.as_json() for name, share in sorted(self.by_field.items())},
            "problems": self.problems,
        }
