"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from messages.rows import Sentence
from model.feature import Feature

SETTINGS_PAGES: Final = Feature(
    name="settings_pages",
    does=Sentence(
        "Settings are seen and changed in the console",
        "Le impostazioni si vedono e si cambiano dalla console",
    ),
    pages=Path(__file__).parent / "pages",
    routes=("features.settings_pages.routes",),
)
