"""The command `duty test`: sends a test to people on duty by each of their channels, and reports the results.

Written notifications are sent from here, with or without a running center. Calls and short messages are
ordered in the journal, and the center's DutyCaller carries them out like those of an alarm.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import CenterError, NotFound
from application.options import DEFAULT, Common
from application.settings.file import load
from application.settings.where import config_in_use
from application.state.journals import journal_of
from application.state.state_dir import NodeFile, running
from features.duty.words import notification_text
from gateways.callouts.channels.sending import WRITTEN, Notification, send
from gateways.outside import Delivered
from messages.ids import CalloutKind, DutyWay, OperatorId
from model.callouts.roster import Contact, Person, Roster, on_duty
from model.setup import Setup

if TYPE_CHECKING:
    from model.callouts.callout import Callout
    from store.journal.journal import Journal

TELEPHONE_S: Final = 180.0
"""Limit for all attempts of one channel: the time that a person may need to find the telephone."""
_POLL_S: Final = 1.0


class ChannelResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one channel, as `--json` prints it."""

    person: str
    way: str
    ok: bool
    said: str


def check_channels(
    person: Annotated[
        str | None, Parameter(help="Id or name of a person; default: all people on duty now.")
    ] = None,
    *,
    way: Annotated[
        DutyWay | None, Parameter(help="Channel to test; default: every channel of the person.")
    ] = None,
    common: Common = DEFAULT,
) -> int:
    """Test people on duty by each of their channels; exit 1 if one has failed."""
    from store.audit.entry import Action
    from store.roster import roster_of

    state = common.directory
    node = running(state)
    settings = load(config_in_use(state))
    simulated = node.simulation is not None if node is not None else not settings.modem
    own = Setup(settings=settings, simulated=simulated)
    found: list[ChannelResult] = []
    with journal_of(state) as journal:
        people = _people_named(roster_of(journal).roster, person, journal)
        note(journal, state, Action.CHANGE_STAFF, [one.id for one in people], "test of ways")
        for one in people:
            contacts = [each for each in one.contacts if way in (None, each.way)]
            for result in _channel_results(journal, node, one, contacts, own):
                found.append(result)
                if not common.json:
                    common.print_line(f"{'✓' if result.ok else '✗'} {one.name}, {result.way}: {result.said}")
    if common.json:
        common.data(found)
    elif not found:
        raise CenterError("no person on the roster has this channel")
    return 0 if found and all(one.ok for one in found) else 1


def _people_named(roster: Roster, person: str | None, journal: Journal) -> Sequence[Person]:
    if person is None:
        people = on_duty(roster, journal.now_us())
        if not people:
            raise NotFound("the roster is empty: import one with `securwoman duty import`")
        return people
    chosen = [one for one in roster.people if person.casefold() in (one.id, one.name.casefold())]
    if not chosen:
        raise NotFound(f"no person on the roster has the id or name {person}")
    return chosen


def _channel_results(
    journal: Journal, node: NodeFile | None, person: Person, contacts: Sequence[Contact], own: Setup
) -> Iterator[ChannelResult]:
    """Yield one result for each written contact, and one for each channel of the telephone."""
    words = notification_text(CalloutKind.TEST, (), person.language, own.settings.spoken)
    for number, contact in enumerate((one for one in contacts if one.way in WRITTEN), 1):
        name = f"test-{journal.now_us():x}"
        notification = Notification(
            callout=name, attempt=number, subject=words.subject, text=words.text, at=journal.now_us()
        )
        sent = send(contact, notification, own)
        why = "" if isinstance(sent, Delivered) else sent.why
        yield ChannelResult(person=person.id, way=contact.way, ok=not why, said=why or "taken")
    for way in dict.fromkeys(one.way for one in contacts if one.way not in WRITTEN):
        if node is None:
            yield ChannelResult(
                person=person.id, way=way, ok=False, said="no center is running: start it with securwoman run"
            )
            continue
        ok, reason = order_test(journal, person, way)
        yield ChannelResult(person=person.id, way=way, ok=ok, said=reason)


def order_test(journal: Journal, person: Person, way: DutyWay) -> tuple[bool, str]:
    """Order the test and wait for its result; return success and a text."""
    from features.duty.store import open_test
    from store.callouts import callouts_of
    from store.journal.following import Follower

    follower = Follower(journal)
    try:
        callout = journal.transact(lambda tx: open_test(tx, person.id, OperatorId(BY), way))
        until_s = time.monotonic() + TELEPHONE_S
        while True:
            one = callouts_of(journal).get(callout)
            if one is not None and one.ended_at is not None:
                return _outcome(one, way)
            if time.monotonic() > until_s:
                return False, f"no result within {TELEPHONE_S:g} s"
            select.select([follower.fileno()], [], [], _POLL_S)
            while follower.next_batch():
                pass
    finally:
        follower.close()


def _outcome(callout: Callout, way: DutyWay) -> tuple[bool, str]:
    if callout.taken:
        return True, "confirmed by a key press" if callout.taken_way is DutyWay.CALL else "taken"
    if way is DutyWay.SMS and any(one.over_at and one.failure is None for one in callout.attempts):
        return True, "sent"
    failed = [one.failure.value.replace("_", " ") for one in callout.attempts if one.failure is not None]
    return False, ", then ".join(failed) or "not tried"
