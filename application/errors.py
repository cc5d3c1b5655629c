"""Errors of the application, each with the exit code of the command that meets it.

    CenterError            1   the command did not succeed
    ├── SettingsError      2   the configuration is not valid; `faults` names each fault by its path
    ├── UsageError         2   the command line is contradictory or impossible
    ├── StateError         1   the state directory cannot be used
    │   └── StateInUse     1   another center is running in it
    ├── NotRunning         3   no center is running in this state directory
    ├── Unreachable        3   the center runs, or should, and does not answer
    ├── RefusedByCenter    1   the center refused, with its reason
    ├── NotFound           1   there is no such alert, user, operator, line or file
    ├── CarrierError       1   the simulated carrier did not start
    └── NodeError          1   the node could not start or had to give up

The text of each error is one sentence for the person at the terminal, shown without a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence


class CenterError(Exception):
    """Root of the package's errors."""

    exit_code = 1


class SettingsError(CenterError):
    """The configuration is not valid. `file`: settings file. `faults`: one line for each fault, `PATH:
    FAULT`, where PATH is the path of the setting.
    """

    exit_code = 2

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}: {fault}" for fault in self.faults))


class UsageError(CenterError):
    """The command line is contradictory or impossible."""

    exit_code = 2


class StateError(CenterError):
    """The state directory cannot be used."""


class StateInUse(StateError):
    """Another center is running in this state directory. `pid`: process id of its node."""

    def __init__(self, directory: str, pid: int) -> None:
        super().__init__(f"a center is already running in {directory} (process {pid})")
        self.pid = pid


class NotRunning(CenterError):
    """No center is running in this state directory."""

    exit_code = 3

    def __init__(self, directory: str) -> None:
        super().__init__(
            f"no center runs in {directory} (start one: securwoman run --state {directory}; "
            "if a center runs with another state directory, add --state DIR)"
        )


class Unreachable(CenterError):
    """The center runs, or should, and does not answer."""

    exit_code = 3


class RefusedByCenter(CenterError):
    """The center refused the request. `status`: HTTP status; `reason`: reason in words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"the center refused: {reason} (HTTP {status})")
        self.status = status
        self.reason = reason


class NotFound(CenterError):
    """There is no such alert, user, operator, line or file."""


class CarrierError(CenterError):
    """The simulated carrier did not start, or has ended."""


class NodeError(CenterError):
    """The node could not start, or had to give up."""
