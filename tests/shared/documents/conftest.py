import pytest

from shared.documents import sweep
from shared.platform.settings import settings


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep finds everything old enough to look into."""
    patience = ("sweep_unannounced_after", "sweep_silent_after", "sweep_recheck_after")
    hasty = settings().model_copy(update=dict.fromkeys(patience, -1))
    monkeypatch.setattr(sweep, "settings", lambda: hasty)
