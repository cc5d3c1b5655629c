"""Give out and erase a person's data on an order of staff: see `gateways.http.routes.staff.giving`."""

from __future__ import annotations

from pathlib import Path

from application.state.state_dir import StateDir
from messages.ids import AlertId, Party, UserId
from model.reporting.month import Report
from store.alerts.forgetting import Forgotten
from store.journal.journal import Journal
from store.registry.people import User


class ForWeb:
    """A `gateways.http.parts.context.Giving`. Imports what it needs with the first order."""

    def __init__(self, state: StateDir, recorded: tuple[Party, ...], language: str) -> None:
        """`recorded`: the parties of recordings, in the order of their tracks; `language`: the center's."""
        self._state = state
        self._recorded = recorded
        self._language = language

    def person(self, journal: Journal, user: User, to: Path) -> None:
        """As `user export`. Raises JournalError, SoundFileFailed, OSError."""
        from application.giving.person import give

        give(journal, user, self._state.recordings, self._recorded, to)

    def erase(self, journal: Journal, user: UserId, by: str) -> tuple[Forgotten, ...]:
        """As `user erase`. Raises NobodyThere, InAnAlert, JournalError."""
        from store.alerts.forgetting import erase_person

        return erase_person(journal, user, by=by)

    def leave_nothing(self, journal: Journal) -> tuple[list[str], str]:
        """What `user erase` does after it. Raises JournalError, OSError."""
        from application.state.erasing import leave_nothing

        return leave_nothing(self._state, journal)

    def dossier(self, journal: Journal, alert: AlertId, to: Path) -> None:
        """As `alert dossier`. Raises JournalError, OSError, ValueError (`keys/signing.pem` is no key)."""
        from application.giving.dossier import make
        from application.giving.signature import Signer
        from application.version import version

        to.mkdir(mode=0o700)
        signer = Signer(self._state.signing)
        file = to / f"{alert}.pdf"
        make(journal, alert, self._state.recordings, signer, version(), file, self._language)

    def report(self, said: Report, form: str, language: str) -> bytes:
        """As `securwoman report`."""
        from application.giving.report import as_csv, paper
        from application.version import version

        return paper(said, version(), language) if form == "pdf" else as_csv(said).encode()

    def recordings(self, alert: AlertId) -> list[Path]:
        """What is whole of it. Raises OSError."""
        from actors.recording_keeper.folder import recordings
        from media.sound.sound_file import PART

        kept = self._state.recordings
        found = [one.file for one in recordings(kept) if one.alert == alert]
        return [kept / file for file in found if not file.endswith(PART)]
