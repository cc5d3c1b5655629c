"""One function for all ways that need no modem of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from gateways.duty.ways.mail import mailed
from gateways.duty.ways.notice import Later, Notice, Refused, Sent
from gateways.duty.ways.services import told
from gateways.duty.ways.webhook import posted
from model.duty.roster import Contact, Way
from model.duty.settings import DutySettings

WITHIN_S: Final = 20.0
"""A whole notice: looking a name up, which nothing else bounds, included."""
_WAYS: Final[dict[Way, Callable[[str, Notice, DutySettings], Sent]]] = {
    Way.EMAIL: mailed,
    Way.WEBHOOK: posted,
    Way.APPRISE: told,
}
WRITTEN: Final = frozenset(_WAYS)
"""The ways that `send` has; the others are the modems'."""


def send(contact: Contact, notice: Notice, settings: DutySettings, within_s: float = WITHIN_S) -> Sent:
    """Tells the person by this way. Blocks for `within_s` at most; raises nothing.

    Who is not back in time goes on in a thread of its own, and may yet have told it.
    """
    way = _WAYS.get(contact.way)
    if way is None:
        return Refused(why=f"{contact.way} goes by the center's own lines")
    back: list[Sent] = []

    def carry() -> None:
        try:
            back.append(way(contact.to, notice, settings))
        except Exception as error:  # a library's own fault is that way's alone
            back.append(Later(why=f"{contact.way}: {type(error).__name__}"))

    thread = threading.Thread(target=carry, name=f"duty-{contact.way}", daemon=True)
    thread.start()
    thread.join(within_s)
    return back[0] if back else Later(why=f"{contact.way}: nothing within {within_s:g} s")
