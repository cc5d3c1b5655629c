"""Rows that the package adds to the center."""

from __future__ import annotations

from typing import Final

from messages.rows import Sentence
from model.feature import Feature

SETTINGS_PAGES: Final = Feature(
    name="settings_pages",
    does=Sentence(
        "Settings are seen and changed in the console",
        "Le impostazioni si vedono e si cambiano dalla console",
    ),
    routes=("gateways.http.routes.admin.settings",),
)
