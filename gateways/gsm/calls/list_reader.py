"""Lists of calls: the row of each call, and the consequences of a missing row.

Rows are matched to calls by (index, direction, number). A call ends if two lists in a row do not show the
call, or show another call under its index; one list is enough after a hint of the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.calls.book import LATE_ROW_S, CallBook
from gateways.gsm.calls.call import INCOMING_STATES, Call
from gateways.gsm.numbers import is_same_number
from messages.base import HangupCause

EMPTY_LISTS: Final = 2
"""Lists in a row without a call that end it: a single list may have been answered before the call began."""
LISTS_REFUTING_END: Final = 2
"""Lists with a call that refute the hint of its end: a single list may lag behind."""
DAMAGED_LISTS: Final = 5
"""Damaged lists in a row that count as good lists: a firmware may add lines to every answer."""
_DIALLED: Final = frozenset({Stat.DIALING, Stat.RINGING, Stat.ACTIVE})


class ListReader:
    """A reader of the lists of calls of one modem."""

    def __init__(self, book: CallBook) -> None:
        self._book = book
        self._damaged_lists = 0
        self.one_row_for_conference = False
        """True if, in the last list, one row stood for all members of a conference."""

    def process_list(
        self,
        rows: Sequence[ClccRow],
        now_s: float,
        *,
        requested_s: float,
        conference: bool = False,
        damaged: bool = False,
    ) -> None:
        """Process a list of calls; see `CallTable.process_list`."""
        self.one_row_for_conference = conference
        unmatched = [row for row in rows if row.stat is not Stat.RELEASED]
        matched: list[Call] = []
        doubtful = [call for call in self._book.calls if call.ended_for_certain]
        firm = [call for call in self._book.calls if not call.ended_for_certain]
        for group in (firm, doubtful):
            for rule in (
                _same_index,
                _has_no_index_same_number,
                _has_no_index,
                _index_changed(unmatched),
                _same_index_earlier_state,
            ):
                for call in group:
                    row = (
                        next((row for row in unmatched if rule(call, row)), None)
                        if call not in matched
                        else None
                    )
                    if row is not None:
                        unmatched.remove(row)
                        matched.append(call)
                        self._apply_row(call, row, now_s)
        self._match_renamed(unmatched, matched, now_s, requested_s)
        self._mark_conference(matched)
        self._damaged_lists = self._damaged_lists + 1 if damaged else 0
        missing = [call for call in self._book.calls if call not in matched]
        unclear = 0 < self._damaged_lists < DAMAGED_LISTS
        here = {row.index: row for row in rows if row.stat is not Stat.RELEASED}
        disputed = {
            call.index
            for call in missing
            if call.index in here and (unclear or call.note_conflicting_row(here[call.index]))
        }
        missing = [] if unclear else [call for call in missing if call.index not in disputed]
        self._reassign_end(missing, matched)
        for call in missing:
            self._on_missing(call, now_s, requested_s, conference, displaced=call.index in here)
        for row in unmatched:
            if row.index in disputed:
                self._book.list_wanted = True
            elif self._is_late_row(row, now_s):
                # Either the row vanishes, or the call lives: one damaged byte can report the end of a live
                # call.
                self._book.list_wanted_at_s = now_s + LATE_ROW_S
            else:
                self._add_from_row(row, now_s)

    def process_row(self, row: ClccRow, now_s: float) -> None:
        """Process an unsolicited row: the row is true for one call and does not affect the other calls."""
        for rule in (_same_index, _has_no_index_same_number, _has_no_index, _same_index_earlier_state):
            for call in self._book.calls:
                if rule(call, row) and not (call.ended_for_certain and rule is not _same_index):
                    call.last_sign_s = now_s
                    self._apply_row(call, row, now_s)
                    return
        renamed = self._book.find_renamed(row.number, row.index, now_s) if _may_be_own_dial(row) else None
        if renamed is not None:
            self._book.set_alias(renamed, row.number)
            self._apply_row(renamed, row, now_s)
            return
        standing = [call for call in self._book.calls if call.index == row.index]
        if any(call.is_listed_alive for call in standing):
            self._book.list_wanted = True
            return
        for call in standing:
            self._book.end_now(call, now_s)
        if not self._is_late_row(row, now_s):
            self._book.release_certain(now_s)
            self._add_from_row(row, now_s)

    def _match_renamed(
        self, unmatched: list[ClccRow], matched: list[Call], now_s: float, requested_s: float
    ) -> None:
        """Match the only dial without a row to the only new outgoing row, under any number."""
        new = [row for row in unmatched if _may_be_own_dial(row) and not self._is_late_row(row, now_s)]
        if len(new) != 1:
            return
        call = self._book.find_renamed(new[0].number, new[0].index, now_s)
        if call is None or call in matched or call.awaiting_dial or call.began_s > requested_s:
            return
        self._book.set_alias(call, new[0].number)
        unmatched.remove(new[0])
        matched.append(call)
        self._apply_row(call, new[0], now_s)

    def _mark_conference(self, listed: Sequence[Call]) -> None:
        """Mark several calls that are active at once as a conference, even if their rows do not (22.084)."""
        active = [call for call in listed if call.state is Stat.ACTIVE and not call.ending]
        if len(active) > 1 and not self._book.early_answer:
            for call in active:
                call.in_conference = True

    def _apply_row(self, call: Call, row: ClccRow, now_s: float) -> None:
        call.index, call.listed, call.misses, call.port_was_lost, call.conflicting_row = (
            row.index,
            True,
            0,
            False,
            None,
        )
        call.in_conference = row.multiparty or (call.in_conference and self._is_among_active(call, row))
        ending = call.ending
        if ending is not None:
            ending.times_listed += 1
            if ending.certain:
                return
            if ending.times_listed >= LISTS_REFUTING_END:
                call.ending = None
        self._book.identify(call, row.number, False, now_s)
        self._book.advance(call, row.stat, now_s)

    def _is_among_active(self, call: Call, row: ClccRow) -> bool:
        others = (one for one in self._book.calls if one is not call and not one.ending)
        return row.stat is Stat.ACTIVE and any(one.state is Stat.ACTIVE for one in others)

    def _add_from_row(self, row: ClccRow, now_s: float) -> Call:
        call = self._book.add_call(row.direction, row.stat, now_s, number=row.number, index=row.index)
        call.listed, call.in_conference = True, row.multiparty
        call.answered = row.stat in (Stat.ACTIVE, Stat.HELD)
        call.ringing_reported = row.stat is Stat.RINGING
        self._book.announce(call, now_s, found=row.stat not in INCOMING_STATES)
        return call

    def _is_late_row(self, row: ClccRow, now_s: float) -> bool:
        return (_may_be_own_dial(row) and self._book.was_just_released(row.number, now_s)) or any(
            call.index == row.index
            and call.matches(row)
            and not call.contradicted_by(row)
            and now_s - call.released_s <= LATE_ROW_S
            for call in self._book.recent
        )

    def _reassign_end(self, missing: Sequence[Call], matched: Sequence[Call]) -> None:
        """Move a hint that named no call from the only listed call with the hint to the only missing call."""
        accused = [call for call in matched if call.ending is not None and not call.ending.certain]
        silent = [call for call in missing if call.ending is None and call.listed]
        if len(accused) == 1 and len(silent) == 1:
            silent[0].ending, accused[0].ending = accused[0].ending, None

    def _on_missing(
        self, call: Call, now_s: float, requested_s: float, conference: bool, *, displaced: bool
    ) -> None:
        if call.ended_for_certain:
            return
        if displaced and call.listed:
            self._book.end_now(call, now_s)
        elif conference and call.answered:
            call.in_conference = True
        elif call.began_s > requested_s or self._may_not_be_listed_yet(call, now_s):
            return
        elif call.ending is not None:
            self._book.end(call, now_s, cause=None, certain_cause=False, certain=True, text="", kind="")
        else:
            call.misses += 1
            if call.misses >= EMPTY_LISTS:
                text = (
                    "no longer in the modem's list of calls"
                    if call.listed
                    else "not in the modem's list of calls"
                )
                cause = HangupCause.LINE_LOST if call.port_was_lost else None
                self._book.end(
                    call,
                    now_s,
                    cause=cause,
                    certain_cause=call.port_was_lost,
                    certain=True,
                    text=text,
                    kind="list",
                )

    def _may_not_be_listed_yet(self, call: Call, now_s: float) -> bool:
        return not call.listed and (
            call.awaiting_dial or (call.appears_by_s is not None and now_s < call.appears_by_s)
        )


_Rule = Callable[[Call, ClccRow], bool]


def _may_be_own_dial(row: ClccRow) -> bool:
    """Return True if the row may show a call that the center has just dialled."""
    return row.direction is Direction.OUT and row.stat in _DIALLED and bool(row.number)


def _same_index(call: Call, row: ClccRow) -> bool:
    return call.index == row.index and call.matches(row) and not call.contradicted_by(row)


def _has_no_index_same_number(call: Call, row: ClccRow) -> bool:
    return _has_no_index(call, row) and (
        is_same_number(call.number, row.number) or row.number == call.alias != ""
    )


def _has_no_index(call: Call, row: ClccRow) -> bool:
    return call.index is None and call.matches(row) and not call.contradicted_by(row)


def _same_index_earlier_state(call: Call, row: ClccRow) -> bool:
    """Return True if the row shows the call in an earlier state than the call has reached. Such a row of an
    outgoing call is damaged, or a dialect's error: a new dial would have taken the row for the new call."""
    return call.index == row.index and call.matches(row) and row.direction is Direction.OUT


def _index_changed(rows: Sequence[ClccRow]) -> _Rule:
    """Return a rule for a call with an index that is gone from the list and a new index after a handover."""
    indices = {row.index for row in rows}

    def rule(call: Call, row: ClccRow) -> bool:
        return (
            call.index is not None
            and call.index not in indices
            and call.direction is row.direction
            and (is_same_number(call.number, row.number) or row.number == call.alias)
            and not call.contradicted_by(row)
        )

    return rule
