"""Rows that the package adds to the center."""

from __future__ import annotations

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
            by="center.commands.people.user:import_",
            audit="change.person",
        ),
        Command(
            words="user add",
            does="Add one user.",
            by="center.commands.people.user:add",
            audit="change.person",
        ),
        Command(
            words="user list",
            does="All users.",
            by="center.commands.people.user:list_",
            audit="read.list",
        ),
        Command(
            words="user show",
            does="One user, by number or id.",
            by="center.commands.people.user:show",
            audit="read.person",
        ),
        Command(
            words="user erase",
            does="Erase a user's personal data for good.",
            by="center.commands.people.user:erase",
            audit="change.person",
        ),
        Command(
            words="device list",
            does="The enrolled phones; of a number, those that prove it.",
            by="center.commands.people.device:list_",
            audit="read.list",
        ),
        Command(
            words="device invite",
            does="What enrols one phone, once and within a day.",
            by="center.commands.people.device:invite",
            audit="change.key",
        ),
        Command(
            words="device revoke",
            does="An enrolled phone proves nothing any more.",
            by="center.commands.people.device:revoke",
            audit="change.key",
        ),
        Command(
            words="operator add",
            does="Add an operator; with --token the last line is the token.",
            by="center.commands.people.operator:add",
            audit="change.staff",
        ),
        Command(
            words="operator list",
            does="All operators and their shifts.",
            by="center.commands.people.operator:list_",
            audit="read.staff",
        ),
        Command(
            words="operator shift",
            does="Set an operator ready, paused or off.",
            by="center.commands.people.operator:shift",
            audit="a shift, which is in the journal",
        ),
        Command(
            words="operator password",
            does="Give an operator a password.",
            by="center.commands.people.operator:password",
            audit="change.key",
        ),
        Command(
            words="operator role",
            does="Make somebody an operator, a supervisor or an admin.",
            by="center.commands.people.operator:role",
            audit="change.staff",
        ),
    ),
    command_groups={"device": "The phones that prove whose they are."},
    routes=(
        "gateways.http.routes.admin.operators",
        "gateways.http.routes.admin.people",
        "gateways.http.routes.admin.importing",
        "gateways.http.routes.admin.invitations",
    ),
)
