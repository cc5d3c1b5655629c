"""Errors of the simulator, and the side at fault. How an error is shown is decided elsewhere.

SimulatorError
├── ConfigError    a setting in the file or in a request is wrong; the text names its path
├── NoSuchParty    no phone or modem has this number or name
├── AtError, NoCarrier, UnknownCommand    in `modem.command_line`: how a modem refuses a command
├── BadRequest     the control API's peer does not use HTTP, or sends too much
└── NotNow         a valid request that the present state does not allow (nothing rings, already in a call)
"""

from __future__ import annotations


class SimulatorError(Exception):
    """Base class of the simulator's errors."""


class ConfigError(SimulatorError):
    """Raised for a wrong setting; the text begins with the setting's path."""


class NoSuchParty(SimulatorError):
    """Raised if no phone or modem has this number or name."""


class BadRequest(SimulatorError):
    """Raised if the peer does not use HTTP, or sends too much."""


class NotNow(SimulatorError):
    """Raised if the present state does not allow the request."""
