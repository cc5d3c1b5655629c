"""Rows that the package adds to the center."""

from __future__ import annotations

from typing import Final

from messages.rows import Sentence
from model.feature import Feature

APP: Final = Feature(
    name="app",
    does=Sentence(
        "A page with which any phone raises alerts, installed from the center itself",
        "Una pagina con cui ogni telefono lancia allarmi, e che si installa dal centro stesso",
    ),
    rehearsed=("features.app.page:load",),
    routes=("features.app.page",),
)
