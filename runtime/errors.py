"""Errors of the package.

RunError
├── WrongEnvironment     misuse: the composition root has not provided the requested item
├── BadAddress           opaque bytes that are no actor's address
└── SystemFault          the actor system as a whole
    ├── SystemNotStarted    the system or its Supervisor did not start
    └── SystemGone          the system has ended
"""

from __future__ import annotations


class RunError(Exception):
    """Base class of the package's errors."""


class WrongEnvironment(RunError):
    """Raised when the composition root has not provided the requested item."""


class BadAddress(RunError):
    """Raised for bytes that are no actor's address."""


class SystemFault(RunError):
    """Raised for a fault of the actor system as a whole."""


class SystemNotStarted(SystemFault):
    """Raised when the actor system or its Supervisor did not start in time."""


class SystemGone(SystemFault):
    """Raised when the actor system has ended."""
