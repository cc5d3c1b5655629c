"""Choice of the line that sends a short message (docs/decisions/0081). Pure.

A node sends one text at a time, so an alert finds all lines but one available, and that one within seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from actors.trunk_pool.decider import Held, is_free, kept_for_inbound
from actors.trunk_pool.lines import Line, serves
from messages.base import Joins
from messages.ids import Instant, LegId, LineId, NodeId, TextId, TextPurpose
from messages.lines import WEAK_DBM
from model.settings import Settings
from store.sms_outbox import Text

_FIRST = tuple(TextPurpose)


def leg_of(text: TextId) -> LegId:
    """Return the name that reserves a line for a text until its modem reports the sending."""
    return LegId(f"text:{text}")


def next_text(texts: Iterable[Text], node: NodeId) -> Text | None:
    """Return the next text of this node; None while one of its texts is being sent."""
    own = [one for one in texts if one.node == node]
    if any(one.begun_at is not None for one in own):
        return None
    return min(own, key=lambda one: (_FIRST.index(one.purpose), one.asked_at), default=None)


def line_for(
    text: TextId,
    lines: Sequence[Line],
    held: Held,
    settings: Settings,
    now_us: Instant,
    *,
    alerts: bool,
    failed: Collection[LineId],
    only: LineId | None = None,
) -> Line | None:
    """Return the line to send the text; None if it must wait.

    `alerts`: an alert is open or a request waits for a line; the last line to dial on is then kept free.
    `failed`: lines on which a text has just failed, chosen last. `only`: the line under test, not used during
    alerts.
    """
    if only is not None:
        tried = (one for one in lines if one.line == only and is_free(one, leg_of(text), held, now_us))
        return None if alerts else next(tried, None)
    public = [one for one in lines if not one.emergency]
    if any(serves(one, now_us) for one in public):
        group, kept = public, kept_for_inbound(public, settings)
    else:
        group, kept = [one for one in lines if one.emergency], frozenset()
    free = [one for one in group if is_free(one, leg_of(text), held, now_us)]
    if alerts and sum(one.line not in kept for one in free) < 2:
        free = [one for one in free if one.line in kept]

    def rank(one: Line) -> tuple[bool, bool, bool, bool, bool, Instant, str]:
        # No dial waits for a line that is kept for inbound calls, and users know its number.
        weak = (
            one.report is not None and one.report.signal_dbm is not None and one.report.signal_dbm < WEAK_DBM
        )
        with_voice = one.joins is not Joins.NONE
        far, has_failed = bool(one.node), one.line in failed
        return (far, has_failed, with_voice, one.line not in kept, weak, one.last_used_at, one.line)

    return min(free, key=rank, default=None)
