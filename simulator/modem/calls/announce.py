"""Wordings of a modem for its calls: the dialect's wordings filled in, +CLCC rows, +CLIP. Must not change a
call.
"""

from __future__ import annotations

import string
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from simulator.modem.calls.legs import Leg, Stat
from simulator.modem.dialect import Dialect, Wordings
from simulator.network.call import CAUSE_TEXTS, Cause

END_BY_HOST, END_BY_NETWORK = 29, 104
"""Huawei's <end_status>."""
TYPE_UNKNOWN, TYPE_NATIONAL, TYPE_INTERNATIONAL = 128, 129, 145
EMERGENCY_CALL_TYPE = 9


class CallAnnouncements:
    """Wordings of one modem; alternatives of each kind are used in turn, so that a run can be repeated."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._used: Counter[Wordings] = Counter()
        self.shown_number = ""
        """Number shown for every dialled call; empty: the call's own."""
        self.marks_conference = True

    def lines(
        self, wordings: Wordings, fields: Mapping[str, object], listed: Sequence[Mapping[str, object]] = ()
    ) -> list[str]:
        """Return the next alternative with its fields filled in; a line is omitted if one of its fields is
        None.

        `listed`: fields of every present call, for families that list all calls at every change.
        """
        if not wordings:
            return []
        chosen = wordings[self._used[wordings] % len(wordings)]
        self._used[wordings] += 1
        said: list[str] = []
        for part in chosen:
            if part == "{list}":
                for row in listed:
                    said += _filled_lines(self._dialect.list_lines, row)
                said.append(self._dialect.list_end)
            else:
                said += _filled_lines(self._dialect.call_lines if part == "{call}" else (part,), fields)
        return said

    def leg_fields(self, leg: Leg, stat: Stat, now_s: float) -> dict[str, object]:
        """Return the fields of one leg for the wordings."""
        number, kind = self._number(leg)
        seconds = 0 if leg.connected_at_s is None else int(now_s - leg.connected_at_s)
        clock = time.gmtime(now_s)
        return {
            "id": leg.id,
            "call_type": EMERGENCY_CALL_TYPE if leg.call.emergency else 0,
            "seconds": seconds,
            "hhmmss": f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}",
            "clock": f"{clock.tm_hour % 12 or 12}:{clock.tm_min:02}{'AM' if clock.tm_hour < 12 else 'PM'}",
            "number": number,
            "type": kind,
            "named": number or None,
            "unnamed": None if number else "",
            "mpty": self._mpty(leg),
            "direction": 0 if leg.outgoing else 1,
            **{name: numbers[stat] for name, numbers in self._dialect.stats.items()},
        }

    def clcc(self, leg: Leg, stat: Stat | None = None) -> str:
        """Return the leg's row of +CLCC, or its unsolicited form with another `stat`."""
        number, kind = self._number(leg)
        shown = leg.stat if stat is None else stat
        row = f'{leg.id},{0 if leg.outgoing else 1},{shown:d},0,{self._mpty(leg)},"{number}",{kind}'
        return f"+CLCC: {row}{self._dialect.clcc_tail}"

    def clip(self, leg: Leg) -> str:
        """Return +CLIP of an incoming leg (TS 27.007 7.6); a withheld number is empty, of type 128, validity
        1.
        """
        number, kind = self._number(leg)
        tail = self._dialect.clip_tail if number else self._dialect.withheld_clip_tail
        return f'+CLIP: "{number}",{kind}{tail}'

    def ccwa(self, leg: Leg) -> str:
        """Return +CCWA of a waiting leg (TS 27.007 7.12)."""
        number, kind = self._number(leg)
        return f'+CCWA: "{number}",{kind},1'

    def colp(self, leg: Leg) -> str:
        """Return +COLP of an answered outgoing leg (TS 27.007 7.8)."""
        number, kind = self._number(leg)
        return f'+COLP: "{number}",{kind}'

    def ceer(self, cause: Cause | None) -> str:
        """Return +CEER: the cause of the last call's end."""
        cause = Cause.NORMAL_CLEARING if cause is None else cause
        return self._dialect.ceer.format(text=CAUSE_TEXTS[cause], cause=int(cause))

    def _mpty(self, leg: Leg) -> int:
        return int(leg.mpty and self.marks_conference)

    def _number(self, leg: Leg) -> tuple[str, int]:
        if leg.outgoing:
            number = self.shown_number or leg.call.to
        elif leg.call.withheld:
            return "", TYPE_UNKNOWN
        else:
            number = leg.call.caller.number
        if number.startswith("+"):
            return self._dialect.international_prefix + number[1:], TYPE_INTERNATIONAL
        return number, TYPE_NATIONAL


def result_word(leg: Leg) -> str:
    """Return the V.250 result code for the end of an outgoing or answered call."""
    if leg.outgoing and leg.call.answered_at_s is None:
        if leg.call.cause is Cause.USER_BUSY:
            return "BUSY"
        if leg.call.cause is Cause.NO_ANSWER:
            return "NO ANSWER"
    return "NO CARRIER"


def _filled_lines(lines: Sequence[str], fields: Mapping[str, object]) -> list[str]:
    return [line.format_map(fields) for line in lines if all(fields[key] is not None for key in _keys(line))]


def _keys(line: str) -> list[str]:
    return [key for _, key, _, _ in string.Formatter().parse(line) if key]
