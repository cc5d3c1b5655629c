"""`python -m center.proving STEP --state DIR`: one look; what it has found goes to stdout, as JSON.

The Prover starts it (`actors.prover.child`). It leaves processor and disk to whoever wants them, and dies
with whoever has started it: a look that nobody waits for is not to go on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from application.state.state_dir import StateDir
from center import features
from center.proving.looks import look_of
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from runtime.pidfd import die_with_parent


def main(arguments: list[str] | None = None) -> int:
    """Looks. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="center.proving")
    parser.add_argument("step", type=ProofStep, choices=tuple(ProofStep))
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args(arguments)
    features.install()
    parent = os.getppid()
    die_with_parent(True)
    if os.getppid() != parent:
        return 1
    _stand_back()
    look = look_of(given.step)
    if look is None:
        shown = Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    else:
        shown = look(StateDir(given.state))
    sys.stdout.buffer.write(msgspec.json.encode(shown) + b"\n")
    return 0


def _stand_back() -> None:
    """Alerts come first, at the processor and at the disk."""
    os.nice(19)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # Python knows no ioprio_set(2); a machine without util-linux is a little slower meanwhile.
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            ("ionice", "--class", "idle", "--pid", str(os.getpid())),
            capture_output=True,
            timeout=5,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
