"""What can go wrong here, and whose fault it is. It must not know how an error is shown.

SimulatorError
├── ConfigError    a setting, in the file or in a request, is wrong; the text names its path
├── NoSuchParty    no phone or modem has this number or name
├── AtError, NoCarrier, UnknownCommand    in `modem.command_line`: how a modem refuses a command
├── BadRequest     the control API's peer does not speak HTTP, or says too much
└── NotNow         a fair request that the present state does not allow (nothing rings, already in a call)
"""

from __future__ import annotations


class SimulatorError(Exception):
    """The root of the tree."""


class ConfigError(SimulatorError):
    """A setting is wrong; the text begins with the setting's path."""


class NoSuchParty(SimulatorError):
    """No phone or modem has this number or name."""


class BadRequest(SimulatorError):
    """The peer does not speak HTTP, or says too much."""


class NotNow(SimulatorError):
    """The present state does not allow what was asked."""
