"""What a benchmark answers with: figures, some of them with an aim, as a Markdown table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

HEAD = ("| what | measured | aim | met |", "|---|---|---|---|")


@dataclass(frozen=True, slots=True)
class Figure:
    """``is_met`` is nothing when there is no aim: the figure is there to be compared with later."""

    what: str
    measured: str
    aim: str = ""
    is_met: bool | None = None

    @classmethod
    def at_most(cls, what: str, measured: float, aim: float, form: str, note: str = "") -> Self:
        """``form`` is how both numbers are written, such as ``{:.1f} s``."""
        text = f"≤ {form.format(aim)}"
        return cls(what, form.format(measured) + _added(note), text, is_met=measured <= aim)

    @classmethod
    def at_least(cls, what: str, measured: float, aim: float, form: str, note: str = "") -> Self:
        text = f"≥ {form.format(aim)}"
        return cls(what, form.format(measured) + _added(note), text, is_met=measured >= aim)


def _added(note: str) -> str:
    return f" ({note})" if note else ""


def table(figures: Sequence[Figure]) -> str:
    return "\n".join([*HEAD, *map(_row, figures)])


def _row(figure: Figure) -> str:
    met = {None: "", True: "yes", False: "**no**"}[figure.is_met]
    return f"| {figure.what} | {figure.measured} | {figure.aim} | {met} |"


def tell(figures: Sequence[Figure]) -> int:
    """Print them; the exit status is 1 when an aim is missed."""
    print(table(figures))
    return int(any(figure.is_met is False for figure in figures))
