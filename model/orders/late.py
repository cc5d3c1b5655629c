"""Orders that arrive late, or twice: at a node that was frozen, from a page that goes on elsewhere. Pure.

An order says which version of the alert the operator saw. Events that change nothing for the order, such as a
position or a phone that rings, never refuse a key: what does is a row of `RESTS_ON`.
"""

from __future__ import annotations

from typing import Final

from messages.ids import BriefingField, OperatorId, Party
from messages.ids import OperatorCommand as Command
from model.alert.case import Case
from model.alert.folds.orders import DIALLED
from model.alert.parts import KnownOrder, Matter

_ENDS: Final = frozenset({Matter.END, Matter.CALL_TO_112, Matter.OPERATOR, Matter.USERS_CALL})
"""What ends a conversation rests on all that was ordered about it."""
_ASKS: Final = frozenset({Matter.USER_DIALLED})
_NOTHING: Final[frozenset[Matter]] = frozenset()

RESTS_ON: Final = {
    Command.DECLARE_FALSE_ALARM: _ENDS,
    Command.CLOSE: _ENDS,
    Command.LEAVE: _ENDS,
    Command.PUT_AWAY: _ENDS,
    Command.TAKE: frozenset({Matter.END}),
    Command.REOPEN: frozenset({Matter.END}),
    Command.CALL_PSAP: frozenset({Matter.CALL_TO_112, Matter.END}),
    Command.CALLED_ELSEWHERE: frozenset({Matter.CALL_TO_112}),
    Command.WITHDRAW_PSAP: frozenset({Matter.CALL_TO_112}),
    Command.BRIEFING_GIVEN: frozenset({Matter.CALL_TO_112, Matter.PSAP_DIALLED}),
    Command.ANNOUNCE: frozenset({Matter.ANNOUNCEMENT, Matter.PSAP_DIALLED}),
    Command.HAND_OVER: frozenset({Matter.OPERATOR, Matter.END}),
    Command.KEEP: frozenset({Matter.OPERATOR}),
    Command.REDIAL_USER: frozenset({Matter.USERS_CALL, Matter.USER_DIALLED, Matter.WORDS}),
    Command.CALL_ALOUD: frozenset({Matter.USERS_CALL, Matter.WORDS}),
    Command.MARK_MACHINE: frozenset({Matter.USERS_CALL, Matter.USER_DIALLED}),
    Command.CONFIRM_ANSWER: frozenset({Matter.USER_DIALLED, Matter.PSAP_DIALLED}),
    Command.MUTE: frozenset({Matter.MUTE}),
    Command.UNMUTE: frozenset({Matter.MUTE}),
    Command.LISTEN: frozenset({Matter.LISTENING}),
    Command.STOP_LISTENING: frozenset({Matter.LISTENING}),
    Command.WHISPER: frozenset({Matter.LISTENING}),
    Command.STOP_WHISPERING: frozenset({Matter.LISTENING}),
    Command.WITHHOLD_VOICES: frozenset({Matter.VOICES}),
    Command.GIVE_VOICES: frozenset({Matter.VOICES, Matter.WORDS}),
    Command.WRITE_BY_SMS: frozenset({Matter.WORDS}),
    Command.ASK_ALOUD: _ASKS,
    Command.ASK_SPOKEN: _ASKS,
    Command.ASK_SOFTLY: _ASKS,
    # With the party's call, or the field of the briefing: see `rests_on`.
    Command.SEND_DIGIT: _NOTHING,
    Command.ANOTHER_LINE: frozenset({Matter.LINE}),
    Command.BRIEF: _NOTHING,
    # Words are not to be lost, and what is so already does not become more so.
    Command.NOTE: _NOTHING,
    Command.WRITE: _NOTHING,
    Command.HAVE_READ: _NOTHING,
    Command.VOUCH: _NOTHING,
    Command.OPEN_PAGE: _NOTHING,
}
"""By command, the matters that must not have changed since what the operator saw."""


def rests_on(
    command: Command, party: Party | None = None, field: BriefingField | None = None
) -> frozenset[Matter | BriefingField]:
    """Return the matters that the order rests on. `party`: into the call of which party it goes; `field`: of
    the briefing, which it fills.
    """
    if command is Command.BRIEF and field is not None:
        return frozenset({field})
    calls: tuple[Party, ...] = ()
    if command is Command.SEND_DIGIT:
        calls = (party or Party.PSAP,)
    elif command is Command.ANOTHER_LINE:
        calls = tuple(DIALLED) if party is None else (party,)
    return RESTS_ON[command] | {DIALLED[one] for one in calls if one in DIALLED}


def is_out_of_date(
    case: Case,
    command: Command,
    seen: int,
    party: Party | None = None,
    field: BriefingField | None = None,
) -> bool:
    """Return True where something that the order rests on has changed after version `seen` of the alert."""
    return any(case.changed.get(matter, 0) > seen for matter in rests_on(command, party, field))


def is_repeated(case: Case, order: str, command: Command, by: OperatorId) -> bool:
    """Return True where this very order was given already. `order`: its id, empty where it has none."""
    return bool(order) and KnownOrder(order, command, by) in case.orders
