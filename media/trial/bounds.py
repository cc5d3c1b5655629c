"""What the figures of a way between two lines mean: the bounds, as data, with where they are from."""

from __future__ import annotations

from typing import Final

from media.sound.frames import FULL_SCALE
from messages.trials import WayFault

FEWEST_BURSTS: Final = 8
"""As many as a pattern has within four seconds; of fewer nothing is said."""
SAID_LEAST: Final = FULL_SCALE * 10 ** (-40 / 20)
"""The amplitude of what counts as said: well below what bursts have, and above all rounding."""

DELAYED_MS: Final = 400
"""One way: ITU-T G.114 wants no network to be planned with more; up to 150 nobody notices anything. Two
mobile phones have 200 to 300 from mouth to ear."""
UNUSABLE_DELAY_MS: Final = 1000
"""Our own: two who begin to speak know a second too late that the other has begun, each time."""

GAPS_PERCENT: Final = 5.0
"""Our own: a codec for mobile phones hides a frame that is lost by itself (3GPP TS 26.091); what is found
here was not hidden, and a machine that is busy loses some, too."""
CUT_PERCENT: Final = 10.0
"""Our own: words are lost, and an address cannot be told."""

FAINT_DB: Final = -14.0
"""Our own: a voice at its nominal −26 dBov would arrive at −40, as soft as a room is loud."""
LOUD_DB: Final = 12.0
"""Our own: whoever speaks up is cut off at full scale."""

USELESS: Final = frozenset((WayFault.UNHEARD, WayFault.UNUSABLE_DELAY, WayFault.CUT))
"""With one of these two people could not have talked."""
