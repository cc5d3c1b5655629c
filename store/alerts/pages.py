"""Page of an alert for 112: its code, and the alert of a code."""

from __future__ import annotations

import secrets
from typing import Final

from messages.events import PageNamed, PageOpened
from messages.ids import AlertId, Instant, OperatorId
from model.alert.case import Case
from model.rules.messages.dialogue import is_page_available
from model.telling.sheet import Sheet
from store import streams
from store.journal.journal import Append, Journal, Transaction

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that are not mistaken for others when spoken: no 0 and O, no 1, I and L."""
LENGTH: Final = 6
"""Length of a code: 31^6 are 887 million codes."""


def open_page(tx: Transaction, case: Case, by: OperatorId, secret: bytes, order: str = "") -> None:
    """Create the page. A code that was used before is replaced by a new one. `secret`: secret of
    `keyring.PAGE`; `order`: id of the order.
    """
    code = tx.chance(_code)
    while tx.version(streams.page(code, secret)):
        code = tx.chance(_code)
    tx.append(
        Append(streams.inbox(case.alert), case.inbox_version, (PageOpened(by=by, code=code, id=order),)),
        Append(streams.page(code, secret), 0, (PageNamed(alert=case.alert),)),
    )


def alert_of_page(journal: Journal, code: str, secret: bytes) -> AlertId | None:
    """Return the alert of the page with this code; None if there is none. Raises JournalError."""
    named = [one.event for one in journal.read(streams.page(code, secret))]
    return named[-1].alert if named and isinstance(named[-1], PageNamed) else None


def is_there(sheet: Sheet, code: str, now_us: Instant) -> bool:
    """Return True if the page may be shown: unless erased, while the alert is open and a while after."""
    return sheet.page is not None and sheet.page.code == code and is_page_available(sheet.case, now_us)


def normalise_code(typed: str) -> str:
    """Return the typed code in capitals, without spaces and dashes; empty if it cannot be a code."""
    code = "".join(typed.split()).replace("-", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
