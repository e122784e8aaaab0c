"""The outcomes of a run, counted."""

from collections import Counter
from collections.abc import Sequence

from tests.hostile.run import Ended


def table(ended: Sequence[Ended], *, looked_at: int, seconds: float) -> str:
    """One row for each state and code, the most frequent first."""
    counted = Counter(each.outcome for each in ended)
    rows = [
        f"{count:6}  {outcome.state:14}{outcome.code or '-'}"
        for outcome, count in sorted(counted.items(), key=lambda row: (-row[1], row[0].state))
    ]
    rows.append(f"{len(ended):6}  files in {seconds:.0f} s, {looked_at} of them by OCR")
    return "\n".join(rows)
