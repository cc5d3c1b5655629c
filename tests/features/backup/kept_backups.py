"""Backups that stand as a test says, and of which orders are only written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from features.backup.orders import OwnBackups
from features.backup.records import Work
from features.backup.status import BackupStanding


@dataclass
class KeptBackups(OwnBackups):
    stands: BackupStanding = field(default_factory=BackupStanding)
    ordered: list[Work] = field(default_factory=list)

    def standing(self) -> BackupStanding:
        return self.stands

    def begin(self, work: Work) -> bool:
        if work in self.ordered:
            return False
        self.ordered.append(work)
        return True
