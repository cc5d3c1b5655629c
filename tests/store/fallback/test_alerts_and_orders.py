"""No alert and no order is refused because of the disk, nor because of what else is in its commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from gateways.http.routes.staff import commands
from gateways.http.routes.staff.commands import order, set_shift
from gateways.http.wire.bodies import CommandBody
from messages import events as ev
from messages.base import Position
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
    BriefingField,
    Channel,
    Check,
    Doubt,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Outcome,
    ShiftState,
    TextPurpose,
)
from model.rules.signal import Signal
from model.settings import Settings
from model.telling.sheet import Sheet
from store import shift_notes, streams
from store.alerts.accepting import Accepted, accept, accept_in
from store.alerts.checks import CheckPostponed, accept_check
from store.alerts.sheets import read_sheet
from store.database.sqlite import SqliteConnection
from store.errors import JournalFull, JournalNotDurable, JournalReadOnly, JournalUnavailable
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal, Transaction
from store.journal.verify import verify_journal
from store.registry import devices
from store.registry.access import sessions
from store.registry.registry import Registry
from store.sms_outbox import request_text
from tests.store.fallback.node import DEADLINE_S, Disk, Node, back, full, lasts
from tests.store.places import START, Clock, returned, signal
from tests.store.test_devices import enrolled
from tests.store.test_group_commit import held_up
from tests.support.there import is_a, there

Work = Callable[[Transaction], object]
ANNA = OperatorId("anna")
OPEN, CLOSED = AlertId("open"), AlertId("closed")
HERE = Position(lat=44.4, lon=8.9, accuracy_m=12.0, at=START)
SIGNED = E164("+393331110001")


def alerts(clock: Clock, key: str) -> dict[str, Signal]:
    """An alert of each kind, each of a number of its own."""

    def one(n: int, **changes: object) -> Signal:
        return replace(signal(clock, f"+39333222{n:04d}"), **changes)

    proved = {"phone": SIGNED, "proof": Assurance.DEVICE, "key": key}
    return {
        "by the app": one(1, id=AlertId("app-1")),
        "without an id": one(2),
        "with a position": one(3, position=HERE),
        "silent": one(4, silent=True),
        "a test": one(5, test=True),
        "by the phone's name alone": one(6, phone=None, device="phone-6"),
        "from nobody": one(7, phone=None),
        "over a budget": one(8, doubt=Doubt.BUDGET),
        "signed": one(9, **proved, id=AlertId("signed-1")),
        "signed, again": one(9, **proved, id=AlertId("signed-1")),
        "signed, silent, of the same number": one(10, **proved, silent=True),
        "signed, a test": one(11, **proved, test=True),
        "by short message": one(12, channel=Channel.SMS, text="help", line=LineId("sim1")),
        "by short message, with a position": one(13, channel=Channel.SMS, position=HERE),
        "by a call": one(14, channel=Channel.VOICE, line=LineId("sim1"), call=3),
        "by a call without a number": one(15, phone=None, channel=Channel.VOICE, line=LineId("sim2"), call=1),
    }


def facts() -> dict[str, ev.Event]:
    """What the user's phone says of an alert that is there."""
    return {
        "a position": ev.PositionUpdated(position=HERE),
        "it rings": ev.RingingSeen(),
        "a cancellation": ev.AlertCancelled(),
        "the duress PIN": ev.AlertCancelled(duress=True),
        "a wrong PIN": ev.PinRefused(),
        "a message": ev.DialogueSaid(id="m1", text="I cannot speak"),
        "a message has arrived": ev.DialogueSeen(upto=1),
    }


def body(command: OperatorCommand) -> CommandBody:
    spoken = command in (OperatorCommand.ASK_SPOKEN, OperatorCommand.ASK_SOFTLY)
    return CommandBody(
        command=command,
        text="in the cellar",
        id=f"w-{command}",
        digit="1" if command is OperatorCommand.SEND_DIGIT else "",
        field=BriefingField.WHERE if command is OperatorCommand.BRIEF else None,
        upto=1 if command is OperatorCommand.HAVE_READ else 0,
        language="it" if spoken else None,
        question="unknown-4" if spoken else "",
    )


def everything(journal: Journal, clock: Clock) -> dict[str, Work]:
    """All that is to be taken whatever the disk does. Prepared while it is well."""
    anna = Registry(journal).add_operator("Anna", "+390200000011", by="test").id
    assert anna == ANNA
    key = enrolled(journal, SIGNED).device
    for alert in (OPEN, CLOSED):
        accept(journal, signal(clock, f"+3933344400{len(alert):02d}", id=alert), DEADLINE_S)
    journal.append(Append(streams.case(CLOSED), 0, (ev.AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    clock.forward(3600)

    def sheet_of(alert: AlertId) -> Sheet:
        return there(read_sheet(journal, alert))

    known = {alert: sheet_of(alert) for alert in (OPEN, CLOSED)}

    def raised(sent: Signal) -> Work:
        return lambda tx: accept_in(tx, sent, DEADLINE_S, 50)

    def said(event: ev.Event) -> Work:
        return lambda tx: tx.append(Append(streams.inbox(OPEN), None, (event,)))

    def ordered(command: OperatorCommand) -> Work:
        alert = CLOSED if command is OperatorCommand.REOPEN else OPEN
        return lambda tx: order(tx, known[alert], body(command), ANNA, Settings())

    until = Instant(clock() + 600 * SECOND)
    shift = (ShiftState.READY, ShiftState.PAUSED, ShiftState.OFF)
    text = "An operator is about to call."
    return {
        **{f"alert {name}": raised(sent) for name, sent in alerts(clock, key).items()},
        **{f"fact: {name}": said(event) for name, event in facts().items()},
        **{f"order {command}": ordered(command) for command in OperatorCommand},
        **{f"shift {state}": lambda tx, to=state: set_shift(tx, ANNA, to, "", Settings()) for state in shift},
        "sign on": lambda tx: sessions.start_session(
            tx, ANNA, "10.0.0.1", way=sessions.SignOnMethod.PASSWORD
        ),
        "text": lambda tx: request_text(tx, SIGNED, text, TextPurpose.MESSAGE, until),
    }


@contextmanager
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk on which a flush lasts until the event is set."""
    goes_on, real = threading.Event(), SqliteConnection.commit

    def commit(self: SqliteConnection) -> None:
        if self.lasting:
            assert goes_on.wait(30)
        real(self)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteConnection, "commit", commit)
        yield goes_on


def in_one_commit(journal: Journal, works: Iterable[Work]) -> list[Exception | None]:
    committer = GroupCommitter(journal, longest_s=60)
    with held_up(committer):
        futures = [committer.run(work) for work in works]
    committer.close()
    return [_error(future.exception(30)) for future in futures]


def _error(error: BaseException | None) -> Exception | None:
    assert error is None or isinstance(error, Exception)
    return error


def one_by_one(journal: Journal, works: Iterable[Work]) -> list[Exception | None]:
    def done(work: Work) -> Exception | None:
        try:
            journal.transact(work)
        except Exception as error:
            return error
        return None

    return [done(work) for work in works]


@pytest.fixture
def any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each order is allowed: what a case allows is another matter."""
    monkeypatch.setattr(commands, "refusal", lambda *_, **__: None)


FAILURES = {
    "full": lambda disk: disk.fails(JournalFull("/disk: full")),
    "read-only": lambda disk: setattr(disk, "at_begin", JournalReadOnly("/disk: read-only")),
    "damaged": lambda disk: disk.fails(JournalUnavailable("/disk: I/O", outcome_known=False)),
    "gone": lambda disk: disk.is_gone(),
}


@pytest.mark.usefixtures("any_order")
@pytest.mark.parametrize("done", [one_by_one, in_one_commit])
@pytest.mark.parametrize("failure", FAILURES)
def test_each_kind_of_alert_and_each_order_is_taken_while_the_disk_fails(
    node: Node,
    disk: Disk,
    failure: str,
    done: Callable[[Journal, Iterable[Work]], list[Exception | None]],
) -> None:
    journal, keeper = node.journal(), node.keeper()
    works = everything(journal, node.clock)
    keeper.replicate()
    before = journal.last_seq()
    FAILURES[failure](disk)
    refused = {name: error for name, error in zip(works, done(journal, works.values()), strict=True) if error}
    assert refused == {}
    assert not lasts(journal)
    taken = list(journal.read_all(before))
    assert len(taken) > len(works)
    back(disk, keeper)
    assert lasts(journal)
    assert list(node.on_disk().read_all(before)) == taken
    assert verify_journal(node.on_disk()).problems == ()


@pytest.mark.usefixtures("any_order")
def test_each_is_taken_beside_one_that_is_refused(node: Node, disk: Disk) -> None:
    """Between all of them a change of the registry, which is refused while nothing lasts."""
    journal, keeper = node.journal(), node.keeper()
    works = everything(journal, node.clock)
    full(disk, keeper)
    mixed: list[Work] = []
    for work in works.values():
        mixed += [work, lambda tx: shift_notes.add_note(tx, ANNA, "sim2 makes noises")]
    errors = in_one_commit(journal, mixed)
    assert set(errors[::2]) == {None}
    assert {type(error) for error in errors[1::2]} == {JournalNotDurable}


@pytest.mark.usefixtures("any_order")
def test_each_is_taken_and_durable_where_the_disk_is_slow(
    node: Node, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = node.journal()
    works = everything(journal, node.clock)
    committer = GroupCommitter(journal, longest_s=60)
    with slow(monkeypatch) as goes_on:
        futures = [committer.run(work) for work in works.values()]
        assert not any(future.done() for future in futures)
        goes_on.set()
        assert {future.exception(30) for future in futures} == {None}
    committer.close()
    assert lasts(journal)


def test_a_signed_alert_is_noted_of_its_phone_though_nothing_lasts(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    key = enrolled(journal, SIGNED).device
    full(disk, keeper)
    sent = replace(signal(node.clock, SIGNED), proof=Assurance.DEVICE, key=key)
    is_a(Accepted, journal.transact(lambda tx: accept_in(tx, sent, DEADLINE_S)))
    assert there(devices.key_of(journal, key)).seen_at == node.clock()


def test_a_check_is_put_off_and_no_error(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    key = enrolled(journal, SIGNED).device
    full(disk, keeper)
    journal.append(Append("line-sim1", None, (returned(),)))
    sent = replace(
        signal(node.clock, SIGNED, id="c1", test=True),
        proof=Assurance.DEVICE,
        key=key,
        check=Check.ARRIVAL,
    )
    is_a(CheckPostponed, journal.transact(lambda tx: accept_check(tx, sent, DEADLINE_S, 50, None)))
