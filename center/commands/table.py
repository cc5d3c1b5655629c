"""Table of the kernel's commands, in the form of the features' tables."""

from __future__ import annotations

from typing import Final

from model.feature import Command

_PARTS: Final = "the center's own parts"
GROUPS: Final = {
    "alert": "Raise, list, show, hold and release alerts.",
    "user": "Add, import, show, export and erase users: the people who may raise alerts.",
    "operator": "Add and remove operators; set their shifts, roles and credentials.",
    "key": "List, issue and revoke the app keys with which apps raise alerts.",
    "certificate": "Make a TLS certificate without a public authority.",
    "modem": "List, identify, set up and test modems and their lines.",
    "journal": "Verify, export and import the journal: the record of all events.",
}
"""Sentence of `--help`, by the first word of the commands."""
COMMANDS: Final = (
    Command(
        words="run",
        does="Start the center, with the simulated carrier if no modem is configured; stop it with Ctrl-C.",
        by="center.commands.run:run",
        audit="it shows where the console is; what changes by it are its settings, which a file holds",
    ),
    Command(
        words="ps",
        does="List the processes and actors of the running center.",
        by="center.commands.ps:ps",
        audit=_PARTS,
    ),
    Command(
        words="doctor",
        does="Check everything that a center needs; exit 1 on a failure.",
        by="center.commands.doctor:doctor",
        audit=_PARTS,
    ),
    Command(
        words="alert send",
        does="Raise an alert; the last line of the output is the alert's id.",
        by="center.commands.alert:send",
        audit="an alert that is raised is in the journal, and shows what was typed",
    ),
    Command(
        words="alert list",
        does="List the alerts, newest first.",
        by="center.commands.alert:list_",
        audit="read.list",
    ),
    Command(
        words="alert show",
        does="Show the state of one alert.",
        by="center.commands.alert:show",
        audit="read.alert",
    ),
    Command(
        words="alert timeline",
        does="Print the events of one alert, in seconds since its receipt.",
        by="center.commands.alert:timeline",
        audit="read.alert",
    ),
    Command(
        words="alert watch",
        does="Print the events of all alerts as they happen; stop with Ctrl-C.",
        by="center.commands.alert:watch",
        audit="read.alert",
    ),
    Command(
        words="alert hold",
        does="Put a legal hold on an alert: data and recordings are kept until its release.",
        by="center.commands.alert:hold",
        audit="change.kept",
    ),
    Command(
        words="alert release",
        does="Release the legal hold on an alert: its retention applies again.",
        by="center.commands.alert:release",
        audit="change.kept",
    ),
    Command(
        words="operator remove",
        does="Remove an operator, with all credentials; sessions and shift end.",
        by="center.commands.operator:remove",
        audit="change.staff",
    ),
    Command(
        words="operator first",
        does="Print a code that makes its bearer the first admin, once, within a day.",
        by="center.commands.operator:first",
        audit="change.key",
    ),
    Command(
        words="operator recover",
        does="Print a recovery code that signs an operator on once, within a day.",
        by="center.commands.operator:recover",
        audit="change.key",
    ),
    Command(
        words="operator tokens",
        does="Show if an operator has a token; with --new make a new token.",
        by="center.commands.operator:tokens",
        audit="change.key",
    ),
    Command(
        words="operator revoke",
        does="Revoke an operator's token and recovery code, and end the sessions.",
        by="center.commands.operator:revoke",
        audit="change.key",
    ),
    Command(
        words="operator sessions",
        does="List the sessions of one operator, or of all, with address and end.",
        by="center.commands.operator:sessions",
        audit="read.staff",
    ),
    Command(
        words="key list",
        does="List the valid app keys, oldest first.",
        by="center.commands.key:list_",
        audit="keys have names, and are no person's",
    ),
    Command(
        words="key issue",
        does="Issue an app key; the last line of the output is the key.",
        by="center.commands.key:issue",
        audit="change.key",
    ),
    Command(
        words="key revoke",
        does="Revoke the app keys of a name; they end within a second.",
        by="center.commands.key:revoke",
        audit="change.key",
    ),
    Command(
        words="certificate make",
        does="Make a certificate for this center, signed by its own authority; repeat to renew.",
        by="center.commands.certificate:make",
        audit="a file, which is served where the settings name it",
    ),
    Command(
        words="modem list",
        does="List serial ports, lines, and the modems that no line names.",
        by="center.commands.modems.listing:list_",
        audit=_PARTS,
    ),
    Command(
        words="modem probe",
        does="Identify the modem at a port, or at every free port.",
        by="center.commands.modems.modem:probe",
        audit=_PARTS,
    ),
    Command(
        words="modem trace",
        does="Write the traffic between a modem and its line as an AT trace.",
        by="center.commands.modems.modem:trace",
        audit="export",
    ),
    Command(
        words="modem replay",
        does="Read an AT trace and print the calls in it.",
        by="center.commands.modems.modem:replay",
        audit="a file that somebody has already",
    ),
    Command(
        words="modem call",
        does="Call a number through one modem; emergency numbers are refused.",
        by="center.commands.modems.modem:call",
        audit="the number that was typed",
    ),
    Command(
        words="modem setup",
        does="Set the settings that a modem keeps in its own memory.",
        by="center.commands.modems.setup:setup",
        audit=_PARTS,
    ),
    Command(
        words="modem credit",
        does="Request the credit of a line's SIM from its network.",
        by="center.commands.modems.credit:credit",
        audit=_PARTS,
    ),
    Command(
        words="journal verify",
        does="Check the journal; exit 1 if it is damaged.",
        by="center.commands.journal:verify",
        audit="numbers of events",
    ),
    Command(
        words="journal export",
        does="Write the events to stdout; this is no backup.",
        by="center.commands.journal:export",
        audit="export",
    ),
    Command(
        words="journal import",
        does="Import an export, or the state directory of a center, into an empty journal.",
        by="center.commands.journal:import_",
        audit="import",
    ),
)
