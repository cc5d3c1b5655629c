"""How much of what is sent again and again of one alert is kept: the first twenty, then one a minute. Pure.

An alert that is raised without end would fill the journal, and each reader of its inbox would pay for it.
What is not kept is counted (`store.alerts.skipped`). Calls are always kept, as somebody has to answer them,
and words of a dialogue have a bound of their own (`model.rules.said.dialogue`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from messages.events import AlertCancelled, AlertReceived, AlertSignalAdded, ClaimAdded, PinRefused
from messages.ids import SECOND, Channel, Instant
from messages.journal import Recorded
from model.rules.signal import Signal

AT_ONCE: Final = 20
EVERY_US: Final = Instant(60 * SECOND)


def keeps_claim(lately: Sequence[Recorded], now_us: Instant) -> bool:
    """Return True where one more is kept of what comes under aliases. `lately`: newest first."""
    return _is_due([one.at_us for one in lately if is_claim(one)], now_us)


def keeps_signal(lately: Sequence[Recorded], first: AlertReceived, signal: Signal, now_us: Instant) -> bool:
    """Return True where one more signal of the alert's own sender is kept. What changes the alert always is:
    a wish for silence, and a press after an attempt to cancel.
    """
    if signal.channel is Channel.VOICE:
        return True
    own = [(one.at_us, one.event) for one in lately if _is_own(one)]
    silenced = first.silent or any(isinstance(one, AlertSignalAdded) and one.silent for _, one in own)
    if signal.silent and not silenced:
        return True
    cancelled = next((one.seq for one in lately if isinstance(one.event, AlertCancelled | PinRefused)), 0)
    raised = next((one.seq for one in lately if _is_own(one)), 0)
    return cancelled > raised or _is_due([at for at, _ in own], now_us)


def is_claim(one: Recorded) -> bool:
    """Return True for what came under an alias."""
    return isinstance(one.event, ClaimAdded | AlertSignalAdded) and bool(one.event.alias)


def _is_own(one: Recorded) -> bool:
    return isinstance(one.event, AlertSignalAdded) and not one.event.alias


def _is_due(kept: Sequence[Instant], now_us: Instant) -> bool:
    return len(kept) < AT_ONCE or now_us - kept[0] >= EVERY_US
