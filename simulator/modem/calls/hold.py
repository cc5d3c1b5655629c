"""Hold, call waiting and multiparty: `AT+CHLD` (TS 27.007 7.13, TS 22.030 6.5.5, TS 22.083, 22.084, 22.091).

A call set up as an emergency call is teleservice 12; these services exist for teleservice 11 only, so holding
or joining such a call is refused. Must not parse or print.
"""

from __future__ import annotations

from simulator.modem.calls.legs import CONNECTED_STATES, OUTGOING_SETUP_STATES, Leg, Stat
from simulator.modem.calls.line import ModemLine
from simulator.modem.command_line import INCORRECT_PARAMETERS, INVALID_INDEX, NOT_ALLOWED, AtError
from simulator.network.call import Cause

CONFERENCE_LIMIT = 5
"""Remote parties of one multiparty call (TS 22.084 1.2)."""


def control(line: ModemLine, what: str, now_s: float) -> list[Leg]:
    """Do `AT+CHLD=what`; return the legs with a changed state, to announce. Raises AtError."""
    action, index = what[:1], what[1:]
    if action not in ("0", "1", "2", "3", "4") or (
        index and (not index.isdecimal() or action not in ("1", "2"))
    ):
        raise AtError(INCORRECT_PARAMETERS)
    before = {leg.id: (leg.call, leg.stat, leg.mpty) for leg in line.legs}
    if index:
        leg = line.legs.get(int(index))
        if leg is None:
            raise AtError(INVALID_INDEX)
        (_release_one if action == "1" else _hold_all_but_one)(line, leg, now_s)
    else:
        if action != "0" and line.legs.in_states(*OUTGOING_SETUP_STATES):
            raise AtError(NOT_ALLOWED)
        {
            "0": _refuse_or_drop_held,
            "1": _end_active_and_take,
            "2": _hold_and_take,
            "3": _join,
            "4": _transfer,
        }[action](line, now_s)
    line.legs.reset_single_multiparty()
    line.network.voices_changed(now_s)
    return [leg for leg in line.legs if before.get(leg.id) != (leg.call, leg.stat, leg.mpty)]


def _refuse_or_drop_held(line: ModemLine, now_s: float) -> None:
    """0: reject a waiting or incoming call as busy (UDUB); otherwise release the held calls."""
    if waiting := line.legs.in_states(Stat.WAITING, Stat.INCOMING):
        line.drop(waiting, Cause.USER_BUSY, now_s)
    elif held := line.legs.in_states(Stat.HELD):
        line.drop(held, Cause.NORMAL_CLEARING, now_s)
    else:
        raise AtError(NOT_ALLOWED)


def _end_active_and_take(line: ModemLine, now_s: float) -> None:
    """1: release the active calls, then take the waiting call, or the held ones."""
    active, other = line.legs.in_states(Stat.ACTIVE), _waiting_or_held(line)
    if not active and not other:
        raise AtError(NOT_ALLOWED)
    if other and other[0].stat is Stat.WAITING:
        # Taken first: the end of the last active call would make it ring as a new call.
        _take_calls(line, other, now_s)
        line.drop(active, Cause.NORMAL_CLEARING, now_s)
    else:
        line.drop(active, Cause.NORMAL_CLEARING, now_s)
        _take_calls(line, other, now_s)


def _release_one(line: ModemLine, leg: Leg, now_s: float) -> None:
    """1x: release this call, active or not."""
    line.drop([leg], Cause.NORMAL_CLEARING, now_s)


def _hold_and_take(line: ModemLine, now_s: float) -> None:
    """2: hold the active calls, and take the waiting call or the held ones."""
    active, other = line.legs.in_states(Stat.ACTIVE), _waiting_or_held(line)
    if not active and not other:
        raise AtError(NOT_ALLOWED)
    if active and other and other[0].stat is Stat.WAITING and line.legs.in_states(Stat.HELD):
        raise AtError(NOT_ALLOWED)  # only one group can be on hold
    _refuse_emergency(line, active + other)
    for leg in active:
        line.set_held_state(leg, Stat.HELD)
    _take_calls(line, other, now_s)


def _hold_all_but_one(line: ModemLine, chosen: Leg, now_s: float) -> None:
    """2x: hold all active calls but this one (private consultation)."""
    active = line.legs.in_states(Stat.ACTIVE)
    others = [leg for leg in active if leg is not chosen]
    if chosen not in active or (others and line.legs.in_states(Stat.HELD)):
        raise AtError(NOT_ALLOWED)
    _refuse_emergency(line, active)
    chosen.mpty = False
    for leg in others:
        line.set_held_state(leg, Stat.HELD)


def _join(line: ModemLine, now_s: float) -> None:
    """3: add the held calls to the conversation."""
    active, held = line.legs.in_states(Stat.ACTIVE), line.legs.in_states(Stat.HELD)
    if not active or not held or len(active) + len(held) > CONFERENCE_LIMIT:
        raise AtError(NOT_ALLOWED)
    _refuse_emergency(line, active + held)
    _refuse_unanswered(active)
    for leg in active + held:
        leg.mpty = True
        line.set_held_state(leg, Stat.ACTIVE)


def _transfer(line: ModemLine, now_s: float) -> None:
    """4: connect the active and the held party, and leave both calls."""
    active, held = line.legs.in_states(Stat.ACTIVE), line.legs.in_states(Stat.HELD)
    if len(active) != 1 or len(held) != 1:
        raise AtError(NOT_ALLOWED)
    _refuse_emergency(line, active + held)
    _refuse_unanswered(active)
    one, other = active[0].call, held[0].call
    line.leave_calls(active + held, now_s)
    line.network.transfer(one, other, line, now_s)


def _waiting_or_held(line: ModemLine) -> list[Leg]:
    """Return the waiting call, which precedes the held ones (TS 22.030)."""
    return line.legs.in_states(Stat.WAITING) or line.legs.in_states(Stat.HELD)


def _take_calls(line: ModemLine, legs: list[Leg], now_s: float) -> None:
    for leg in legs:
        if leg.stat in CONNECTED_STATES:
            line.set_held_state(leg, Stat.ACTIVE)
        else:
            line.network.answer(leg.call, now_s)


def _refuse_emergency(line: ModemLine, legs: list[Leg]) -> None:
    if not line.vices.joins_emergency and any(leg.call.emergency for leg in legs):
        raise AtError(NOT_ALLOWED)


def _refuse_unanswered(legs: list[Leg]) -> None:
    """Refuse unanswered calls: a modem that reports an answer too early cannot join them in the network."""
    if any(leg.call.answered_at_s is None for leg in legs):
        raise AtError(NOT_ALLOWED)
