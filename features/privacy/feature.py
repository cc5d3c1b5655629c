"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from messages.rows import Sentence
from model.feature import Command, Feature

PRIVACY: Final = Feature(
    name="privacy",
    does=Sentence(
        "A person's record, what is given to persons and courts, and who has seen what",
        "La scheda di una persona, ciò che si consegna a persone e autorità, e chi ha visto che cosa",
    ),
    commands=(
        Command(
            words="alert dossier",
            does="The whole story of an alert for a court, signed.",
            by="features.privacy.commands:dossier",
            audit="export",
        ),
        Command(
            words="user record",
            does="Show a user's record, or change it.",
            by="features.privacy.commands:record",
            audit="read.person",
        ),
        Command(
            words="user export",
            does="Everything about a user, for that user, in one folder.",
            by="features.privacy.commands:export",
            audit="export",
        ),
        Command(
            words="user erase",
            does="Erase a user's personal data for good.",
            by="features.privacy.commands:erase",
            audit="change.person",
        ),
        Command(
            words="audit person",
            does="Who has seen or changed what is known of a person.",
            by="features.privacy.audit_commands:person",
            audit="read.audit",
        ),
        Command(
            words="audit operator",
            does="What an operator, or an account of the machine, has done.",
            by="features.privacy.audit_commands:operator",
            audit="read.audit",
        ),
        Command(
            words="audit since",
            does="Everything since a time.",
            by="features.privacy.audit_commands:since",
            audit="read.audit",
        ),
        Command(
            words="audit verify",
            does="Check that it is as it was written; exit 1 where it is not.",
            by="features.privacy.audit_commands:verify",
            audit="numbers of entries",
        ),
    ),
    command_groups={"audit": "Who has seen and changed what, and who came in."},
    pages=Path(__file__).parent / "pages",
    routes=(
        "features.privacy.records_routes",
        "features.privacy.export_routes",
        "features.privacy.erasing_routes",
        "features.privacy.audit_routes",
    ),
)
