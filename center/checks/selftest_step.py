"""`python -m center.checks.selftest_step STEP --state DIR`: a step of the nightly self-test.

The step runs in a process of its own, with the lowest priority at processor and disk. The result goes to
stdout as JSON, errors to stderr. The process ends with its parent: no other process reads the result.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from application.state.state_dir import StateDir
from center import features
from center.checks import journal, machine, web
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from model.feature import installed, load_object
from runtime.pidfd import die_with_parent

Look = Callable[[StateDir], Shown]
_KERNEL: Final[Mapping[ProofStep, Look]] = {**machine.NIGHT, **web.NIGHT, **journal.NIGHT}


def check_of(step: ProofStep) -> Look | None:
    """Return the check of the step, the center's own or a feature's; None if the step has none."""
    of_features = {one: where for feature in installed() for one, where in feature.proofs.items()}
    return load_object(of_features[step]) if step in of_features else _KERNEL.get(step)


def main(arguments: list[str] | None = None) -> int:
    """Run the step. Return the exit code."""
    parser = argparse.ArgumentParser(prog="center.checks.selftest_step")
    parser.add_argument("step", type=ProofStep, choices=tuple(ProofStep))
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args(arguments)
    features.install()
    parent = os.getppid()
    die_with_parent(True)
    if os.getppid() != parent:
        return 1
    _stand_back()
    look = check_of(given.step)
    if look is None:
        shown = Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    else:
        shown = look(StateDir(given.state))
    sys.stdout.buffer.write(msgspec.json.encode(shown) + b"\n")
    return 0


def _stand_back() -> None:
    """Lower the priority: alerts come first, at the processor and at the disk."""
    os.nice(19)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # Python has no ioprio_set(2); a machine without util-linux is a little slower meanwhile.
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            ("ionice", "--class", "idle", "--pid", str(os.getpid())),
            capture_output=True,
            timeout=5,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
