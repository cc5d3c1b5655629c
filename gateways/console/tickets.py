"""By what an operator goes on at another node when hers is lost: a ticket of her session.

Her page has one at hand for as long as its connection lives, each good for a minute, and shows it to the
other node, which makes the same session there: of the same name, and no longer. It is signed with a secret
that all nodes of the center know. Whether it was used before, or its session was ended by signing off, is in
the shared database (`store.spent`): a ticket works once, and brings no session back that has ended.

It says who she is to whoever has it: it is in no cookie, no header and no part of an address that is sent.
"""

from __future__ import annotations

import secrets
from typing import Final

import msgspec

from gateways.console.sessions import Session
from gateways.console.signing import Signer
from messages.ids import SECOND, Instant, OperatorId
from store.journal import Transaction
from store.spent import is_spent_in, spend_in

LIFE_S: Final = 60
RENEWED_S: Final = 20
"""How old the newest one of a page gets: whoever hears no more has one left for 40 s at least."""
_PURPOSE: Final = b"ticket"


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """Whose session, and until when the ticket can be used."""

    operator: OperatorId
    session: str
    session_until: Instant
    id: str
    until: Instant


class Tickets:
    """Makes and reads them, with the nodes' one secret."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key)
        self._decoder = msgspec.msgpack.Decoder(Ticket)

    def issue(self, session: Session, now_us: Instant) -> str:
        """A new one of this session."""
        until = Instant(min(now_us + LIFE_S * SECOND, session.until))
        ticket = Ticket(session.operator, session.id, session.until, secrets.token_urlsafe(12), until)
        return self._signer.signed(_PURPOSE, msgspec.msgpack.encode(ticket))

    def read(self, text: str, now_us: Instant) -> Ticket | None:
        """What it says; None for one that is none of ours, changed or too old."""
        body = self._signer.body(_PURPOSE, text)
        if body is None:
            return None
        try:
            ticket = self._decoder.decode(body)
        except msgspec.MsgspecError:
            return None
        return ticket if now_us < ticket.until else None


def use(transaction: Transaction, ticket: Ticket) -> bool:
    """Use it up. False: it was used before, or its session has been ended."""
    if is_spent_in(transaction, session_name(ticket.session)):
        return False
    return spend_in(transaction, f"ticket-{ticket.id}", ticket.until)


def end(transaction: Transaction, session: Session) -> bool:
    """End the session at all nodes. False: it had been."""
    return spend_in(transaction, session_name(session.id), session.until)


def session_name(session: str) -> str:
    """How an ended session is remembered in `store.spent`."""
    return f"session-{session}"
