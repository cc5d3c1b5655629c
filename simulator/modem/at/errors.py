"""Why a modem refuses a command: the codes of TS 27.007 9.2. Data, and the exception that carries one."""

from __future__ import annotations

from typing import NamedTuple

from simulator.errors import SimulatorError


class CmeError(NamedTuple):
    """A code and its words."""

    code: int
    text: str


NOT_ALLOWED = CmeError(3, "operation not allowed")
NOT_SUPPORTED = CmeError(4, "operation not supported")
SIM_NOT_INSERTED = CmeError(10, "SIM not inserted")
SIM_PIN_REQUIRED = CmeError(11, "SIM PIN required")
SIM_PUK_REQUIRED = CmeError(12, "SIM PUK required")
INCORRECT_PASSWORD = CmeError(16, "incorrect password")
INVALID_INDEX = CmeError(21, "invalid index")
NO_NETWORK = CmeError(30, "no network service")
EMERGENCY_ONLY = CmeError(32, "network not allowed - emergency calls only")
INCORRECT_PARAMETERS = CmeError(50, "incorrect parameters")


class AtError(SimulatorError):
    """The command fails with this +CME ERROR, or plain ERROR, as +CMEE says."""

    def __init__(self, error: CmeError) -> None:
        super().__init__(error.text)
        self.error = error


class UnknownCommand(SimulatorError):
    """No such command in this dialect."""


class NoCarrier(SimulatorError):
    """The command's final result is NO CARRIER."""
