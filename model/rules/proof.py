"""Effect of an alert's assurance level (proof): the signals that join it, and its rank in need. Pure.

A missing or wrong proof refuses nothing: it lowers the level. An alert proved by a phone's key accepts only
signals of that level, so that no sender with less can move, cancel or hide it, and no forged alert absorbs
it. An app key and a caller ID both prove no number: their signals of one event make one alert.

A sender whose signal joins an alert does not yet speak for the alert. Only the alert's sender may read, move,
silence, answer and cancel the alert: by the key that signed it or, without a key, by its id, which only that
sender receives. The operator sees the signals of other senders of this number, and decides.
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
    """Return the assurance level of a channel alone."""
    return Proof.APP if channel is Channel.DATA else Proof.NETWORK


def may_join(signal: Proof, alert: Proof) -> bool:
    """Return True if a signal of this level can join an alert of that level."""
    return (signal is Proof.DEVICE) == (alert is Proof.DEVICE)


def is_from_own_sender(
    alert: AlertId, first: AlertReceived, channel: Channel, named: str | None, key: str
) -> bool:
    """Return True for a signal of the alert's own sender.

    `first`: the alert's receipt; `named`: the id stated by the signal; `key`: the enrolled device that signed
    it, empty if none.

    A signal from the network is answered in the case (a call) or shown as words of an unproved sender. Its
    sender receives no id, and so cannot read the alert.
    """
    if channel is not Channel.DATA:
        return True
    if first.key and key == first.key:
        return True
    if first.channel is not Channel.DATA or first.proof is Proof.DEVICE:
        return False
    return named is not None and named in (alert, first.asked)


def rank_of(proof: Proof, doubt: Doubt | None) -> int:
    """Return the rank of need: PROVED, CLAIMED or OVER_BUDGET."""
    if doubt is Doubt.BUDGET:
        return OVER_BUDGET
    return PROVED if proof is Proof.DEVICE else CLAIMED


def outranked(case: Case) -> bool:
    """Return True if a proved alert of this number exists: the proved alert calls the user. An automatic call
    of this alert would make the phone busy.
    """
    return case.proof is not Proof.DEVICE and any(one.proof is Proof.DEVICE for one in case.beside)
