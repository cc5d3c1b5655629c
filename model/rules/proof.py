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
from messages.ids import AlertId, Assurance, Channel, Doubt
from model.alert.case import Case

PROVED: Final = 0
CLAIMED: Final = 1
OVER_BUDGET: Final = 2


def level_of(channel: Channel) -> Assurance:
    """Return the assurance level of a channel alone."""
    return Assurance.APP if channel is Channel.DATA else Assurance.NETWORK


def may_join(signal: Assurance, alert: Assurance) -> bool:
    """Return True if a signal of this level can join an alert of that level."""
    return (signal is Assurance.DEVICE) == (alert is Assurance.DEVICE)


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
    if first.channel is not Channel.DATA or first.proof is Assurance.DEVICE:
        return False
    return named is not None and named in (alert, first.asked)


def rank_of(proof: Assurance, doubt: Doubt | None) -> int:
    """Return the rank of need: PROVED, CLAIMED or OVER_BUDGET."""
    if doubt is Doubt.BUDGET:
        return OVER_BUDGET
    return PROVED if proof is Assurance.DEVICE else CLAIMED


def outranked(case: Case) -> bool:
    """Return True if a proved alert of this number exists: the proved alert calls the user. An automatic call
    of this alert would make the phone busy.
    """
    return case.proof is not Assurance.DEVICE and any(one.proof is Assurance.DEVICE for one in case.beside)
