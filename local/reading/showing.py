"""Outcomes for people: a line each, or a table."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from local.reading.outcome import Outcome

COLOURS = {
    "accepted": "green",
    "needs_review": "yellow",
    "duplicate": "cyan",
    "rejected": "magenta",
    "failed": "red",
}
_MAIN_FIELDS = (
    *("employee_name", "employer_name", "payer_name", "recipient_name", "vendor_name"),
    *("institution", "box_1", "box_2", "invoice_number", "date", "total", "closing_balance"),
)
_SHOWN = 3
_PACKET_NAME = "{} parts"


def line(outcome: Outcome) -> Text:
    text = Text(f"{outcome.file}  ")
    text.append(outcome.state, style=COLOURS.get(outcome.state, ""))
    if outcome.code:
        text.append(f" ({outcome.code})")
    facts = (_kind(outcome), _confidence(outcome), main_fields(outcome))
    text.append("".join(f"  {fact}" for fact in facts if fact))
    text.append(f"  {outcome.seconds:.1f} s", style="dim")
    return text


def table(outcomes: list[Outcome]) -> Table:
    found = Table(box=None, pad_edge=False, header_style="bold")
    found.add_column("file", overflow="fold")
    for column in ("kind", "sure", "main fields"):
        found.add_column(column)
    found.add_column("state", overflow="fold")
    found.add_column("seconds", justify="right")
    for outcome in outcomes:
        found.add_row(
            Text(Path(outcome.file).name),
            _kind(outcome),
            _confidence(outcome),
            Text(main_fields(outcome)),
            _state(outcome),
            f"{outcome.seconds:.1f}",
        )
    return found


def main_fields(outcome: Outcome) -> str:
    """A few that tell one document from another; of a packet, those of its first form."""
    children = [child["fields"] for child in outcome.children]
    fields = outcome.fields or next(iter(children), {})
    values = (fields[name]["value"] for name in _MAIN_FIELDS if name in fields)
    return " · ".join([value for value in values if value][:_SHOWN])


def _kind(outcome: Outcome) -> str:
    return outcome.kind or _PACKET_NAME.format(len(outcome.children)) * bool(outcome.children)


def _confidence(outcome: Outcome) -> str:
    """Never rounded up: nothing is 100 % sure."""
    return "" if outcome.confidence is None else f"{min(99, int(outcome.confidence * 100))}%"


def _state(outcome: Outcome) -> Text:
    code = f" ({outcome.code})" if outcome.code else ""
    return Text(outcome.state + code, style=COLOURS.get(outcome.state, ""))
