"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from messages.rows import Sentence
from model.feature import Command, Feature

REVIEWS: Final = Feature(
    name="reviews",
    does=Sentence(
        "Alerts that have ended are found, counted, reviewed and reported",
        "Gli allarmi finiti si trovano, si contano, si rivedono e si raccontano",
    ),
    commands=(
        Command(
            words="report",
            does="Report a month: availability, answering, alerts, calls to people on duty.",
            by="features.reviews.commands:report",
            audit="figures of the center, of nobody",
        ),
    ),
    pages=Path(__file__).parent / "pages",
    routes=(
        "features.reviews.history_routes",
        "features.reviews.figures_routes",
        "features.reviews.reviews_routes",
    ),
)
