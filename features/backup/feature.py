"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from features.backup.settings import BackupSettings
from messages.proofs import ProofStep
from messages.rows import Sentence
from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words
from model.feature import Command, Feature, WatchedCondition
from model.first_run import Need

BACKUP: Final = Feature(
    name="backup",
    does=Sentence(
        "A center that can be made anew on another machine",
        "Un centro che si può rifare su un’altra macchina",
    ),
    alarms=(
        AlarmKind(
            name="backup.old",
            priority=Priority.LATER,
            acts=Responder.MACHINE,
            because="nothing is lost unless the machine is",
            wakes=Wakes.MORNING,
            wakes_because="a day more changes little",
            about=SubjectKind.PART,
            it=Words(
                "Manca il backup",
                "L’ultimo backup riuscito ha più di un giorno, o non ce n’è",
                "Controllare il disco di destinazione; `securwoman doctor` dice dove e quando",
            ),
            en=Words(
                "No backup",
                "The last good backup is older than a day, or no backup was made",
                "Check the disk of the backup; `securwoman doctor` shows its path and the last date",
            ),
        ),
    ),
    checks=("features.backup.checks:CHECKS",),
    commands=(
        Command(
            words="backup",
            does="Write the whole center to an encrypted backup, also while it runs.",
            by="features.backup.commands:backup",
            audit="export",
        ),
        Command(
            words="restore",
            does="Make a center from a backup; with --check only test the restore.",
            by="features.backup.commands:restore",
            audit="import",
        ),
    ),
    metrics=("features.backup.routes:Ages",),
    needs={
        Need.BACKUP: "features.backup.status:is_written",
        Need.BACKUP_CHECKED: "features.backup.status:is_tried",
    },
    proofs={ProofStep.BACKUP: "features.backup.checks:prove_backup"},
    pages=Path(__file__).parent / "pages",
    routes=("features.backup.routes",),
    settings=(BackupSettings,),
    loaded="features.backup.settings:loaded",
    watched=(
        WatchedCondition(
            alarm="backup.old",
            subject="backup",
            look="features.backup.status:late",
            over="A backup was made.",
        ),
    ),
)
