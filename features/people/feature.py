"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from messages.rows import Sentence
from model.feature import Command, Feature

PEOPLE: Final = Feature(
    name="people",
    does=Sentence(
        "People and operators are entered, corrected, invited and removed",
        "Persone e operatori si inseriscono, si correggono, si invitano e si tolgono",
    ),
    commands=(
        Command(
            words="user import",
            does="Import a CSV file of users: the whole file, or nothing.",
            by="features.people.user_commands:import_",
            audit="change.person",
        ),
        Command(
            words="user add",
            does="Add a user.",
            by="features.people.user_commands:add",
            audit="change.person",
        ),
        Command(
            words="user list",
            does="List the users, or those that match a search.",
            by="features.people.user_commands:list_",
            audit="read.list",
        ),
        Command(
            words="user show",
            does="Show one user, by number, device or id.",
            by="features.people.user_commands:show",
            audit="read.person",
        ),
        Command(
            words="device list",
            does="List the enrolled phones, oldest first.",
            by="features.people.device_commands:list_",
            audit="read.list",
        ),
        Command(
            words="device invite",
            does="Print an invitation that enrols one phone, once, within a day.",
            by="features.people.device_commands:invite",
            audit="change.key",
        ),
        Command(
            words="device revoke",
            does="Revoke an enrolled phone: its signatures prove nothing, within a second.",
            by="features.people.device_commands:revoke",
            audit="change.key",
        ),
        Command(
            words="operator add",
            does="Add an operator; with --token the last line of the output is the token.",
            by="features.people.operator_commands:add",
            audit="change.staff",
        ),
        Command(
            words="operator list",
            does="List the operators and their shifts.",
            by="features.people.operator_commands:list_",
            audit="read.staff",
        ),
        Command(
            words="operator shift",
            does="Set an operator ready, paused or off.",
            by="features.people.operator_commands:shift",
            audit="a shift, which is in the journal",
        ),
        Command(
            words="operator password",
            does="Set an operator's password; the sessions end.",
            by="features.people.operator_commands:password",
            audit="change.key",
        ),
        Command(
            words="operator role",
            does="Set an operator's role; the sessions end.",
            by="features.people.operator_commands:role",
            audit="change.staff",
        ),
    ),
    command_groups={"device": "List, invite and revoke enrolled phones, which sign their alerts."},
    pages=Path(__file__).parent / "pages",
    routes=(
        "features.people.operators_routes",
        "features.people.people_routes",
        "features.people.importing_routes",
        "features.people.invitations_routes",
    ),
)
