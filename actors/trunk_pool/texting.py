"""Which line sends a short message of the center's (docs/decisions/0082). Pure.

One text at a time leaves a node, so that an alert finds all lines but one as they were; and that one within
seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from actors.trunk_pool.decider import Held, is_free, kept_for_inbound
from actors.trunk_pool.lines import Line, serves
from messages.base import Joins
from messages.ids import Instant, LegId, LineId, NodeId, TextId, TextPurpose
from messages.lines import WEAK_DBM
from model.settings import Settings
from store.texts import Text

_FIRST = tuple(TextPurpose)


def leg_of(text: TextId) -> LegId:
    """Under which name a line is kept from calls for the moment until its modem says that it sends."""
    return LegId(f"text:{text}")


def next_text(texts: Iterable[Text], node: NodeId) -> Text | None:
    """What this node has to send now; None while one of its texts is on its way."""
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
    """The line that is to send it; None where that has to wait.

    `alerts`: one is open, or somebody waits for a line: then the last line that could be dialled on is left.
    `failed`: lines that a text has just failed on, which are taken last. `only`: no other may, and not while
    there are alerts: it is this line that is tried.
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
        # On a line that is kept for those who call in no dial waits for it; and its number is known to users.
        weak = (
            one.report is not None and one.report.signal_dbm is not None and one.report.signal_dbm < WEAK_DBM
        )
        with_voice = one.joins is not Joins.NONE
        far, has_failed = bool(one.node), one.line in failed
        return (far, has_failed, with_voice, one.line not in kept, weak, one.last_used_at, one.line)

    return min(free, key=rank, default=None)
