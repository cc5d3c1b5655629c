"""What every actor is given: the settings, and what a start adds to them. Plain data."""

from __future__ import annotations

import msgspec

from model.settings import Settings


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """Given through the environment of an actor."""

    settings: Settings = Settings()
    simulated: bool = False
    """Whether the center runs with the simulated carrier: nobody outside this machine is woken."""
    version: str = ""
    """Which release this center is."""
