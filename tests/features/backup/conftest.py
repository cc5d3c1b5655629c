"""What the tests of the web share."""

from __future__ import annotations

import pytest

from features.backup import routes as backups
from tests.features.backup.kept_backups import KeptBackups


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> KeptBackups:
    """The web's backups, which stand as the test says."""
    made = KeptBackups()
    monkeypatch.setattr(backups, "OwnBackups", lambda state: made)
    return made
