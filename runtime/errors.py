"""The package's errors.

RunError
├── WrongEnvironment     our misuse: asked for something that the composition root has not provided
├── BadAddress           opaque bytes that are no actor's address
└── SystemFault          the actor system as a whole
    ├── SystemNotStarted    it did not come up, or its Supervisor did not
    └── SystemGone          it was there and has ended
"""

from __future__ import annotations


class RunError(Exception):
    """The root of the package's errors."""


class WrongEnvironment(RunError):
    """The composition root has not provided this."""


class BadAddress(RunError):
    """These bytes name no actor."""


class SystemFault(RunError):
    """The actor system as a whole is at fault."""


class SystemNotStarted(SystemFault):
    """The actor system or its Supervisor did not come up in the time allowed."""


class SystemGone(SystemFault):
    """The actor system has ended."""
