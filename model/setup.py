"""Data given to every actor: the settings, and additions at the start. Plain data."""

from __future__ import annotations

import msgspec

from model.settings import Settings


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """Data passed through the environment of an actor."""

    settings: Settings = Settings()
    simulated: bool = False
    """True with the simulated carrier: no person outside this machine is called."""
    version: str = ""
    """Release of the center."""
