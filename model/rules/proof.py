"""What an alert's proof decides: which signals are its own, and who comes first in need. Pure.

A missing or wrong proof refuses nothing, it lowers the level. What is proved by a phone's key takes signals
of that level alone, so that nobody who has less moves, cancels or hides it, and no forged alert swallows it.
An app key and a caller ID both prove nothing of a number: what they bring of one event is one alert.

Joining an alert is not speaking for it. An alert is read, moved, silenced, answered and cancelled by its
sender alone: by the key that signed it or, where none has, by its id, which is told to that sender only. The
operator is shown what others send of the same number, and decides.
"""

from __future__ import annotations

from typing import Final

from messages.events import AlertReceived
from messages.ids import AlertId, Channel, Doubt, Proof
from model.alert.case import Case

PROVED: Final = 0
CLAIMED: Final = 1
OVER_BUDGET: Final = 2


def level_of(channel: Channel) -> Proof:
    """What a channel is worth by itself."""
    return Proof.APP if channel is Channel.DATA else Proof.NETWORK


def joins(signal: Proof, alert: Proof) -> bool:
    """Whether a signal of this level can belong to an alert of that one."""
    return (signal is Proof.DEVICE) == (alert is Proof.DEVICE)


def speaks_for(alert: AlertId, first: AlertReceived, channel: Channel, named: str | None, key: str) -> bool:
    """Return True for a signal of the alert's own sender. `first`: the alert's receipt; `named`: the id that
    the signal says; `key`: the enrolled device that has signed it, empty for none.

    What comes by the network is answered on the case (a call) or shown as words of an unproved sender. It is
    told no name, so it has nothing to read by.
    """
    if channel is not Channel.DATA:
        return True
    if first.key and key == first.key:
        return True
    if first.channel is not Channel.DATA or first.proof is Proof.DEVICE:
        return False
    return named is not None and named in (alert, first.asked)


def rank_of(proof: Proof, doubt: Doubt | None) -> int:
    """How far behind others it comes in need: PROVED, CLAIMED or OVER_BUDGET."""
    if doubt is Doubt.BUDGET:
        return OVER_BUDGET
    return PROVED if proof is Proof.DEVICE else CLAIMED


def outranked(case: Case) -> bool:
    """Whether a proved alert of the same number is there: that one calls the user, and this one does not
    by itself, which would make the phone busy.
    """
    return case.proof is not Proof.DEVICE and any(one.proof is Proof.DEVICE for one in case.beside)
