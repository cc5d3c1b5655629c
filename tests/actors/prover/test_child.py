"""What a look that was killed leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from actors.prover.child import CORNER, ProcessChild
from center.backup.restoring import CHECKING
from messages.proofs import ProofStep


@pytest.mark.parametrize(("step", "left"), [(ProofStep.BACKUP, False), (ProofStep.DISK, True)])
def test_a_trial_of_the_backup_that_gives_way_leaves_no_copy_of_the_journal(
    tmp_path: Path, step: ProofStep, left: bool
) -> None:
    (tmp_path / "logs").mkdir()
    child = ProcessChild(step, tmp_path)
    try:
        corner = tmp_path / CHECKING
        corner.mkdir()
        (corner / "journal.db").write_bytes(b"everybody")
    finally:
        child.kill()
    # Of another look it may be what somebody else tries just now.
    assert corner.exists() is left
    assert CORNER == CHECKING
