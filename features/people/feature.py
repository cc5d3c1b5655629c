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
            does="Take in a CSV file of users; all of it or nothing.",
            by="features.people.user_commands:import_",
            audit="change.person",
        ),
        Command(
            words="user add",
            does="Add one user.",
            by="features.people.user_commands:add",
            audit="change.person",
        ),
        Command(
            words="user list",
            does="All users.",
            by="features.people.user_commands:list_",
            audit="read.list",
        ),
        Command(
            words="user show",
            does="One user, by number or id.",
            by="features.people.user_commands:show",
            audit="read.person",
        ),
        Command(
            words="device list",
            does="The enrolled phones; of a number, those that prove it.",
            by="features.people.device_commands:list_",
            audit="read.list",
        ),
        Command(
            words="device invite",
            does="What enrols one phone, once and within a day.",
            by="features.people.device_commands:invite",
            audit="change.key",
        ),
        Command(
            words="device revoke",
            does="An enrolled phone proves nothing any more.",
            by="features.people.device_commands:revoke",
            audit="change.key",
        ),
        Command(
            words="operator add",
            does="Add an operator; with --token the last line is the token.",
            by="features.people.operator_commands:add",
            audit="change.staff",
        ),
        Command(
            words="operator list",
            does="All operators and their shifts.",
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
            does="Give an operator a password.",
            by="features.people.operator_commands:password",
            audit="change.key",
        ),
        Command(
            words="operator role",
            does="Make somebody an operator, a supervisor or an admin.",
            by="features.people.operator_commands:role",
            audit="change.staff",
        ),
    ),
    command_groups={"device": "The phones that prove whose they are."},
    pages=Path(__file__).parent / "pages",
    routes=(
        "features.people.operators_routes",
        "features.people.people_routes",
        "features.people.importing_routes",
        "features.people.invitations_routes",
    ),
)
