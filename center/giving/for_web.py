"""What the web hands out on a supervisor's order: see `gateways.http.routes.giving`."""

from __future__ import annotations

from pathlib import Path

from center.state.state_dir import StateDir
from messages.ids import AlertId, Party
from store.journal.journal import Journal
from store.registry.people import User


class ForWeb:
    """A `gateways.http.context.Giving`. Imports what it needs with the first order."""

    def __init__(self, state: StateDir, recorded: tuple[Party, ...]) -> None:
        """`recorded`: whom recordings hold, in the order of their tracks."""
        self._state = state
        self._recorded = recorded

    def person(self, journal: Journal, user: User, to: Path) -> None:
        """As `user export`. Raises JournalError, SoundFileFailed, OSError."""
        from center.giving.person import give

        give(journal, user, self._state.recordings, self._recorded, to)

    def dossier(self, journal: Journal, alert: AlertId, to: Path) -> None:
        """As `alert dossier`. Raises JournalError, OSError, ValueError (`keys/signing.pem` is no key)."""
        from center.giving.dossier import make
        from center.giving.signature import Signer
        from center.version import version

        to.mkdir(mode=0o700)
        signer = Signer(self._state.signing)
        make(journal, alert, self._state.recordings, signer, version(), to / f"{alert}.pdf")
