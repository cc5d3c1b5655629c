"""An event that cannot be read is there, as such, and keeps nothing else from being read."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from center.alerts import newest_cases
from messages.events import AlertReceived
from messages.ids import AlertId, Assurance, Channel, Instant, NodeId, OperatorId
from messages.journal import EncodeError, Unreadable, encode_event
from model.alert.evolve import fold
from model.alert.live import LiveCases
from store import streams
from store.alerts.sheets import read_sheet
from store.errors import TransferError
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.projections import Lines, Operators
from store.journal.transfer import Format, export_events
from tests.support.journals import empty_journal
from tests.support.there import there
from tests.support.unreadable import DAMAGED, GARBAGE, newer, write

ALERT = AlertId("a")


def received() -> AlertReceived:
    at = Instant(1)
    return AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=at, received_at=at, deadline_at=at
    )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    fallback = tmp_path / "fallback"
    fallback.mkdir()
    return Journal.open(
        empty_journal(tmp_path / "journal.db"),
        node=NodeId("n"),
        clock=lambda: Instant(7),
        notify=LocalNotifier(),
        fallback=fallback,
    )


@pytest.mark.parametrize(
    ("kind", "data", "damaged"),
    [
        ("leg.sung", newer("leg.sung"), False),
        ("user.reached", newer("user.reached", met_by=7), False),
        ("user.reached", DAMAGED, True),
        ("user.reached", b"", True),
        ("user.reached", b"\x07", True),
        ("note.added", newer("note.added", sealed={"words": 7}), False),
        ("note.added", b"\xa6sealed", True),
        ("user.reached", newer("leg.sung"), True),
    ],
)
def test_what_it_is_and_if_it_is_damaged(journal: Journal, kind: str, data: bytes, damaged: bool) -> None:
    journal.append(Append(streams.inbox(ALERT), 0, (received(),)))
    write(journal, streams.inbox(ALERT), kind, data)
    (first, second) = journal.read(streams.inbox(ALERT))
    assert first.event == received()
    assert isinstance(second.event, Unreadable)
    assert (second.version, second.event.kind, second.event.damaged) == (2, kind, damaged)
    assert second.event.fault
    with pytest.raises(EncodeError, match=kind):
        encode_event(second.event)


def test_reading_it_within_a_transaction_is_no_failure_of_the_disk(journal: Journal) -> None:
    write(journal, streams.case(ALERT), "case.opened")
    assert len(journal.transact(lambda tx: tx.read(streams.case(ALERT)))) == 1
    assert journal.durable


def test_folds_know_the_version_of_a_stream_whose_end_they_cannot_read(journal: Journal) -> None:
    """Else whoever goes on from there is refused for ever."""
    journal.append(Append(streams.inbox(ALERT), 0, (received(),)))
    for stream in (streams.inbox(ALERT), streams.case(ALERT), "operator-o", "line-l"):
        write(journal, stream, "leg.sung", newer("leg.sung"))
    live, operators, lines = LiveCases(), Operators(), Lines()
    following = FollowedFolds(journal, live, operators, lines)
    for stream in (streams.inbox(ALERT), streams.case(ALERT), "operator-o", "line-l"):
        write(journal, stream, "leg.sung", newer("leg.sung"))
    assert len(following.catch_up()) == 4
    case = live.cases[ALERT]
    assert (case.inbox_version, case.case_version) == (3, 2)
    assert (sheet := read_sheet(journal, ALERT)) is not None
    assert sheet.unreadable == 4
    assert operators.operators[OperatorId("o")].version == journal.version("operator-o")
    assert next(iter(lines.lines.values())).version == journal.version("line-l")
    following.close()


@pytest.mark.parametrize("data", [DAMAGED, newer("alert.received", channel="by pigeon")])
def test_an_alert_whose_receipt_cannot_be_read_is_an_alert(journal: Journal, data: bytes) -> None:
    write(journal, streams.inbox(ALERT), "alert.received", data)
    write(journal, streams.inbox(AlertId("check.x")), "alert.received", data)
    sheet = read_sheet(journal, ALERT)
    check = fold(journal.read(streams.inbox(AlertId("check.x"))))
    assert sheet is not None
    case = sheet.case
    assert (case.test, case.check, case.phone, case.received_at) == (False, None, None, 7)
    assert sheet.unreadable == 1
    assert check is not None
    assert check.check is not None
    assert [one.alert for one in newest_cases(journal)] == [ALERT], "as `alert list` has it"


def test_an_alert_is_over_and_goes_on_as_its_kind_of_event_says(journal: Journal) -> None:
    live = LiveCases()
    journal.append(Append(streams.inbox(ALERT), 0, (received(),)))
    following = FollowedFolds(journal, live)
    write(journal, streams.case(ALERT), "alert.closed", newer("alert.closed", outcome="went home"))
    following.catch_up()
    assert not live.cases
    case = there(fold(journal.read_streams(streams.inbox(ALERT), streams.case(ALERT))))
    assert (case.closed_at, case.outcome) == (7, None)
    write(journal, streams.inbox(ALERT), "alert.reopened")
    following.catch_up()
    assert live.cases[ALERT].closed_at is None
    following.close()


def test_an_export_has_it_as_it_is_or_names_it(journal: Journal) -> None:
    journal.append(Append(streams.inbox(ALERT), 0, (received(),)))
    write(journal, streams.inbox(ALERT), "note.added", b"\xa6sealed\xc1")
    out = BytesIO()
    assert export_events(journal, out, Format.MSGPACK) == 2
    assert b"\xa6sealed\xc1" in out.getvalue()
    with pytest.raises(TransferError, match=r"event 2 \(inbox-a 2, note.added\) is damaged"):
        export_events(journal, BytesIO(), Format.JSONL)


@pytest.mark.parametrize("kind", ["user.reached", "note.added"])
@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_whatever_a_row_holds_the_events_after_it_are_read(journal: Journal, kind: str, data: bytes) -> None:
    write(journal, streams.case(ALERT), kind, data)
    write(journal, streams.case(ALERT), kind, b"\xa6sealed" + data)
    journal.append(Append(streams.case(ALERT), 2, (received(),)))
    found = [one.event for one in journal.read(streams.case(ALERT))]
    assert [type(one) for one in found] == [Unreadable, Unreadable, AlertReceived]
