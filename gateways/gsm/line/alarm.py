"""The alarms about a line that has been unusable for a while, or has a weak signal, and their end.

Decides; does not write to the journal. A quarantine has an alarm of its own.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import SECOND, Instant, LineId
from messages.lines import WEAK_DBM, LineState
from model.alarms.active import Key, Words

OUT_OF_SERVICE_US: Final = Instant(10 * SECOND)
"""Time out of service before the alarm; a modem that is only started or plugged in needs less."""
WEAK_SIGNAL_US: Final = Instant(60 * SECOND)
"""Time of a weak signal before the alarm: longer than a lorry before the window."""
GOOD_SIGNAL_DBM: Final = WEAK_DBM + 6
"""Level at which a weak signal counts as good again."""

OUT_OF_SERVICE: Final = "line.out_of_service"
WEAK: Final = "line.weak_signal"
FAILING: Final = "line.failing"
ORPHAN_CALL: Final = "line.stray_call"
VOICE_DEGRADED: Final = "line.voice_worn"
TEXT_UNREADABLE: Final = "line.text_unreadable"
_CAUSES: Final = {
    LineState.WRONG_MODEM: "line.wrong_modem",
    LineState.PIN_NEEDED: "line.pin_needed",
    LineState.PUK_NEEDED: "line.puk_needed",
    LineState.NO_SIM: "line.no_sim",
    LineState.NO_NETWORK: "line.no_network",
    LineState.NO_VOICE_SERVICE: "line.no_voice_service",
}
_OUT_OF_SERVICE_ALARMS: Final = (OUT_OF_SERVICE, *sorted(_CAUSES.values()))
"""Alarms of a line out of service, one for each reason: only one is active at a time."""
ALARMS: Final = (*_OUT_OF_SERVICE_ALARMS, WEAK, FAILING, ORPHAN_CALL, VOICE_DEGRADED, TEXT_UNREADABLE)
"""All alarms of this module, for the table of their texts."""


class LineHealth(msgspec.Struct, frozen=True):
    """The health of a line."""

    state: LineState
    text: str
    dbm: int | None = None
    failing: bool = False
    """True if several dials in a row have failed."""
    last_dial_succeeded: bool = False
    """True if the last dial succeeded."""
    orphans: int = 0
    """Number of orphan calls on the line."""
    voice_degraded: bool = False
    """True if its modem's voice is degraded."""
    text_unreadable: bool | None = None
    """True if the last text could not be read; None if no text has come since the start."""


class LineAlarms:
    """The alarms of one line."""

    def __init__(self, line: LineId, now_us: Instant) -> None:
        self._line = line
        self._last_in_service_us = now_us
        self._cause, self._cause_us = "", now_us
        self._weak_us: Instant | None = None

    def alarm_texts(self, health: LineHealth, active: Words, now_us: Instant) -> dict[Key, str]:
        """Return the text of each alarm that is certain to stand, and an empty text for each alarm that is
        certain not to; called every second."""
        words = {
            **self._out_of_service_texts(health, active, now_us),
            **self._weak_signal_texts(health.state, health.dbm, now_us),
        }
        # Ends with the first dial that gets through: not while the line merely pauses.
        if health.failing:
            words[FAILING] = f"Line {self._line} makes no calls: its modem or its network refuses every call."
        elif health.last_dial_succeeded:
            words[FAILING] = ""
        stray = f"Line {self._line} has a call that belongs to no alert; the call is being ended."
        words[ORPHAN_CALL] = stray if health.orphans else ""
        worn = f"The voice of line {self._line} is degraded: calls may be mute until the modem is reset."
        words[VOICE_DEGRADED] = worn if health.voice_degraded else ""
        if health.text_unreadable is not None:
            unread = (
                f"A text message on line {self._line} cannot be decoded: its bytes are kept in the alert of "
                "its sender. Send a text to the line; if that is not decoded either, restart the modem."
            )
            words[TEXT_UNREADABLE] = unread if health.text_unreadable else ""
        return {(alarm, self._line): text for alarm, text in words.items()}

    def _out_of_service_texts(self, health: LineHealth, active: Words, now_us: Instant) -> dict[str, str]:
        state, text, well = health.state, health.text, dict.fromkeys(_OUT_OF_SERVICE_ALARMS, "")
        if state in (LineState.READY, LineState.FAILING) or (
            health.voice_degraded and state is LineState.STARTING
        ):
            self._last_in_service_us = now_us
            return well
        cause = _CAUSES.get(state, OUT_OF_SERVICE)
        if cause != self._cause:
            self._cause, self._cause_us = cause, now_us
        another = any((alarm, self._line) in active for alarm in _OUT_OF_SERVICE_ALARMS)
        since_us = max(self._last_in_service_us, self._cause_us if another else 0)
        if state is LineState.QUARANTINED or now_us - since_us < OUT_OF_SERVICE_US:
            return {}
        del well[cause]
        return {**well, cause: f"Line {self._line} carries no calls. {text}".strip()}

    def _weak_signal_texts(self, state: LineState, dbm: int | None, now_us: Instant) -> dict[str, str]:
        if state is not LineState.READY or dbm is None or dbm >= WEAK_DBM:
            self._weak_us = None
            well = state is LineState.READY and dbm is not None and dbm >= GOOD_SIGNAL_DBM
            return {WEAK: ""} if well else {}
        self._weak_us = self._weak_us or now_us
        if now_us - self._weak_us < WEAK_SIGNAL_US:
            return {}
        words = f"Line {self._line} receives its network weakly ({dbm} dBm): calls may fail or break off."
        return {WEAK: words}
