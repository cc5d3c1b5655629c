"""What a look that was killed leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

from actors.prover.child import CORNER, ProcessChild
from center.backup.restoring import CHECKING
from messages.proofs import ProofStep


def test_a_trial_of_the_backup_that_gives_way_leaves_no_copy_of_the_journal(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    child = ProcessChild(ProofStep.BACKUP, tmp_path)
    try:
        own = tmp_path / f"{CHECKING}-{child.pid}"
        others = tmp_path / f"{CHECKING}-{os.getpid()}"
        for corner in (own, others):
            corner.mkdir()
            (corner / "journal.db").write_bytes(b"everybody")
    finally:
        child.kill()
    assert not own.exists()
    assert others.exists(), "somebody tries a backup as well"
    assert CORNER == CHECKING
