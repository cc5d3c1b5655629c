"""What each command is to the audit: what it enters, or why it shows nobody's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from store.audit.entry import Action

_NOBODY: Final = "the center's own parts"
COMMANDS: Final[Mapping[tuple[str, ...], Action | str]] = {
    ("run",): "it shows where the console is; what changes by it are its settings, which a file holds",
    ("ps",): _NOBODY,
    ("doctor",): _NOBODY,
    ("alert", "send"): "an alert that is raised is in the journal, and shows what was typed",
    ("alert", "list"): Action.READ_LIST,
    ("alert", "show"): Action.READ_ALERT,
    ("alert", "timeline"): Action.READ_ALERT,
    ("alert", "watch"): Action.READ_ALERT,
    ("alert", "hold"): Action.CHANGE_KEPT,
    ("alert", "release"): Action.CHANGE_KEPT,
    ("operator", "remove"): Action.CHANGE_STAFF,
    ("operator", "first"): Action.CHANGE_KEY,
    ("operator", "recover"): Action.CHANGE_KEY,
    ("operator", "tokens"): Action.CHANGE_KEY,
    ("operator", "revoke"): Action.CHANGE_KEY,
    ("operator", "sessions"): Action.READ_STAFF,
    ("key", "list"): "keys have names, and are no person's",
    ("key", "issue"): Action.CHANGE_KEY,
    ("key", "revoke"): Action.CHANGE_KEY,
    ("certificate", "make"): "a file, which is served where the settings name it",
    ("modem", "list"): _NOBODY,
    ("modem", "probe"): _NOBODY,
    ("modem", "trace"): Action.EXPORT,
    ("modem", "replay"): "a file that somebody has already",
    ("modem", "call"): "the number that was typed",
    ("modem", "setup"): _NOBODY,
    ("modem", "credit"): _NOBODY,
    ("journal", "verify"): "numbers of events",
    ("journal", "export"): Action.EXPORT,
    ("journal", "import"): Action.IMPORT,
}
