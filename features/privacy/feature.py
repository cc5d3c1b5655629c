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
            does="Write the dossier of an alert for a court: a signed PDF, and the recordings.",
            by="features.privacy.commands:dossier",
            audit="export",
        ),
        Command(
            words="user record",
            does="Show a user's record, or change it with options.",
            by="features.privacy.commands:record",
            audit="read.person",
        ),
        Command(
            words="user export",
            does="Write all data about a user to a folder, to be given to this user.",
            by="features.privacy.commands:export",
            audit="export",
        ),
        Command(
            words="user erase",
            does="Erase a user's personal data and recordings for good.",
            by="features.privacy.commands:erase",
            audit="change.person",
        ),
        Command(
            words="audit person",
            does="List the accesses and changes to a person's data.",
            by="features.privacy.audit_commands:person",
            audit="read.audit",
        ),
        Command(
            words="audit operator",
            does="List the actions of an operator, or of an account of the machine.",
            by="features.privacy.audit_commands:operator",
            audit="read.audit",
        ),
        Command(
            words="audit since",
            does="List all entries of the audit since a time.",
            by="features.privacy.audit_commands:since",
            audit="read.audit",
        ),
        Command(
            words="audit verify",
            does="Verify the audit; exit 1 if an entry is altered, 3 if only the end of a chain is lost.",
            by="features.privacy.audit_commands:verify",
            audit="numbers of entries",
        ),
    ),
    command_groups={"audit": "Show and verify the audit of accesses, changes and sign-ons."},
    pages=Path(__file__).parent / "pages",
    routes=(
        "features.privacy.records_routes",
        "features.privacy.export_routes",
        "features.privacy.erasing_routes",
        "features.privacy.audit_routes",
    ),
)
