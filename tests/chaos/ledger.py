"""What the service has promised its clients: every answer of success must be true at the end."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx


@dataclass(slots=True)
class Ledger:
    """`documents` says which document a file is, `decisions` what was decided in which round.

    `given_up` are documents whose bytes the service said it has in another one, `seconds` those
    it opened for a file whose first one it had rejected before the client knew.
    """

    documents: dict[Path, str] = field(default_factory=dict[Path, str])
    given_up: set[str] = field(default_factory=set[str])
    seconds: set[str] = field(default_factory=set[str])
    sent: set[Path] = field(default_factory=set[Path])
    decisions: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    broken: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])
    answers: Counter[int] = field(default_factory=Counter[int])

    async def note_answer(self, answer: httpx.Response) -> None:
        self.answers[answer.status_code] += 1

    def note_announced(self, path: Path, document_id: str, *, is_here: bool) -> None:
        """Announced again it is the same document, or another one that has the bytes already.

        Once it was sent it may also be a second one: the first has been rejected meanwhile.
        """
        before = self.documents.setdefault(path, document_id)
        if before == document_id:
            return
        if is_here:
            self.given_up.add(before)
            self.documents[path] = document_id
        elif path in self.sent:
            self.seconds.add(document_id)
        else:
            self.broken.append(f"{path.name} was {before} and is announced as {document_id}")

    def note_decided(self, document_id: str, round_number: int, verdict: str) -> None:
        if (document_id, round_number) in self.decisions:
            self.broken.append(f"{document_id} was decided twice in round {round_number}")
        self.decisions[document_id, round_number] = verdict
