"""The rule by which a leg without sound is said to be so, and again when its sound is back. Pure."""

from __future__ import annotations

from actors.alert_case.pending import Decided, PendingOffers, Step
from actors.alert_case.sound import BACK_AFTER_US, is_judged, lost, over
from messages import events as ev
from messages.ids import Instant
from model.alert.case import Case
from model.settings import Settings


def watch_sound(case: Case, pending: PendingOffers, _settings: Settings, now_us: Instant) -> Step:
    """What the bridge has heard of each leg, or not, against what stands in the journal."""
    made: list[Decided] = []
    wakes: list[Instant] = []
    for leg in case.legs.values():
        if not is_judged(leg):
            continue
        if leg.no_sound_at is None:
            if leg.joined:
                made += lost(leg) if leg.leg in pending.sounds.silent else ()
            elif (lost_at := pending.sounds.lost_at(leg)) is not None:
                if now_us >= lost_at:
                    made += lost(leg)
                else:
                    wakes.append(lost_at)
        elif leg.joined and (since := pending.sounds.heard_since.get(leg.leg)) is not None:
            back_at = Instant(since + BACK_AFTER_US)
            if now_us >= back_at:
                made += (ev.LegSoundBack(leg=leg.leg, attempt=leg.attempt), over(leg))
            else:
                wakes.append(back_at)
    return Step(events=tuple(made), wake_at=min(wakes, default=None))
