"""Alerts and positions that somebody else sends: nobody's rescue call can be taken over.

Who has the app's key, which is in every phone, and knows somebody's number, device or the id of an alert can
raise alerts. But what a user sends is always answered by an alert that calls the user's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.base import Position
from messages.events import AlertCancelled, AlertClosed, AlertSignalAdded, ClaimAdded
from messages.ids import E164, SECOND, AlertId, Assurance, Channel, Instant, NodeId, Outcome
from model.alert.evolve import fold
from model.rules.duplicates import AT_ONCE
from model.rules.signal import Signal
from model.telling.sheet import fold as sheet_of
from store import streams
from store.alerts.accepting import Accepted, accept, accept_in
from store.alerts.candidates import named_signal
from store.alerts.claims import SkippedSignals
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users.users import number_of_device
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import GIULIA
from tests.store.places import START
from tests.support.depth import often
from tests.support.journals import empty_journal

OTHERS = "+393339998887"
"""A number of whoever attacks."""
DEVICE = "phone-of-giulia"
"""Registered with GIULIA."""
UNKNOWN = "phone-of-nobody-known"


def raised(app: Asker, **body: object) -> tuple[int, AlertId]:
    """The answer's status and its alert."""
    answer = app.post("/v1/alerts", json=body)
    return answer.status_code, AlertId(answer.json()["alert"])


def brought_to(journal: Journal, told: AlertId) -> AlertId:
    """The alert to which the name leads that a sender was told."""
    joined = named_signal(journal.row, told)
    return told if joined is None else joined.alert


def number_called(journal: Journal, told: AlertId) -> str | None:
    """The number on which the user of this alert is called, identified or not yet."""
    alert = brought_to(journal, told)
    case = fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    assert case is not None
    if case.phone is not None or case.device is None:
        return case.phone
    device = case.device
    return journal.at_one_moment(lambda connection: number_of_device(connection, device))


def test_the_same_id_with_another_number_is_another_alert_and_the_number_stays_its_owners(api: Api) -> None:
    assert raised(api.app, id="x", phone=OTHERS) == (202, "x")
    status, planted = raised(api.app, id="x", phone=GIULIA)
    assert (status, planted == "x", number_called(api.journal, planted)) == (202, False, GIULIA)
    _, own = raised(api.app, id="own", phone=GIULIA)
    assert (own, brought_to(api.journal, own), number_called(api.journal, own)) == ("own", planted, GIULIA)


@pytest.mark.parametrize(("device", "called"), [(DEVICE, GIULIA), (UNKNOWN, None)])
def test_an_alert_with_another_number_does_not_take_a_device(
    api: Api, device: str, called: str | None
) -> None:
    assert raised(api.app, id="x", phone=OTHERS, device=device) == (202, "x")
    status, own = raised(api.app, device=device)
    assert (status, number_called(api.journal, own)) == (202, called)
    status, again = raised(api.app, device=device)
    assert (status, brought_to(api.journal, again)) == (200, own), "one more signal is the same alert's"
    status, named = raised(api.app, id="own", phone=GIULIA, device=device)
    assert (status, number_called(api.journal, named)) == (200 if called else 202, GIULIA)


@pytest.mark.parametrize("device", [DEVICE, UNKNOWN])
def test_an_open_alert_known_by_its_device_alone_is_given_no_foreign_number(api: Api, device: str) -> None:
    _, own = raised(api.app, id="own", device=device)
    before = number_called(api.journal, own)
    foreign: tuple[dict[str, object], ...] = (
        {"phone": OTHERS, "device": device},
        {"id": "own", "phone": OTHERS, "device": device},
        {"id": "own", "phone": OTHERS},
    )
    for body in foreign:
        assert brought_to(api.journal, raised(api.app, **body)[1]) != own
    assert number_called(api.journal, own) == before
    status, again = raised(api.app, device=device)
    assert (status, brought_to(api.journal, again)) == (200, own)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"phone": GIULIA}, {"phone": OTHERS}),
        ({"phone": GIULIA, "device": "a"}, {"phone": GIULIA, "device": "b"}),
        ({"device": "a"}, {"device": "b"}),
        ({"device": "a"}, {"phone": OTHERS}),
        ({"device": "a"}, {"phone": OTHERS, "device": "a"}),
        ({"phone": OTHERS}, {"device": "a"}),
        ({"phone": OTHERS, "device": "a"}, {"phone": GIULIA, "device": "a"}),
        ({"phone": GIULIA, "test": True}, {"phone": GIULIA}),
    ],
)
def test_the_same_id_of_another_phone_is_answered_with_another_id(
    app: Asker, first: dict[str, object], second: dict[str, object]
) -> None:
    assert raised(app, id="x", **first) == (202, "x")
    status, other = raised(app, id="x", **second)
    assert (status, other == "x") == (202, False)
    assert raised(app, id="x", **second) == (200, other), "asked once more: the alert that was told"
    assert raised(app, id="x", **first) == (200, "x")


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"phone": GIULIA, "device": "a"}, {"phone": GIULIA, "device": "a"}),
        ({"phone": GIULIA, "device": "a"}, {"phone": GIULIA}),
        ({"phone": GIULIA, "device": "a"}, {"device": "a"}),
        ({"phone": GIULIA}, {"phone": GIULIA, "device": "a"}),
        ({"device": DEVICE}, {"phone": GIULIA, "device": DEVICE}),
        ({"device": DEVICE}, {"phone": GIULIA}),
        ({"device": "a"}, {"device": "a"}),
    ],
)
def test_a_true_repetition_is_the_alert_that_is_there(
    app: Asker, first: dict[str, object], again: dict[str, object]
) -> None:
    assert raised(app, id="x", **first) == (202, "x")
    assert raised(app, id="x", **again) == (200, "x")


# ---------------------------------------------------------------------------- whatever is sent, in any order

NUMBERS = (GIULIA, OTHERS, "+393337776665")
DEVICES = (DEVICE, UNKNOWN, "d3")
IDS = ("x", "y", None)


@dataclass(frozen=True)
class Sent:
    """One signal, of anybody."""

    phone: str | None
    device: str | None
    id: str | None
    channel: Channel
    signed: bool
    """By the phone of its number."""
    test: bool
    closes: bool
    """Whether the alert that it is answered with is closed afterwards."""


anything = st.builds(
    Sent,
    phone=st.sampled_from((*NUMBERS, None)),
    device=st.sampled_from((*DEVICES, None)),
    id=st.sampled_from(IDS),
    channel=st.sampled_from(Channel),
    signed=st.booleans(),
    test=st.booleans(),
    closes=st.booleans(),
).filter(lambda sent: sent.phone is not None or sent.device is not None)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


@settings(max_examples=often(70))
@given(story=st.lists(anything, min_size=1, max_size=12))
def test_whatever_came_before_each_signal_is_answered_by_an_alert_that_calls_its_own_number(
    folder: Path, story: list[Sent]
) -> None:
    (folder / "journal.db").unlink(missing_ok=True)
    url = empty_journal(folder / "journal.db")
    now = [Instant(1_795_000_000 * SECOND)]
    journal = Journal.open(url, node=NodeId("n1"), clock=lambda: now[0], notify=LocalNotifier())
    try:
        Registry(journal).add_user(Person(phones=(GIULIA,), first_name="G", devices=(DEVICE,)), by="test")
        called: dict[AlertId, str | None] = {}
        for sent in story:
            now[0] = Instant(now[0] + SECOND)
            own = sent.phone or (GIULIA if sent.device == DEVICE else None)
            proved = sent.signed and sent.channel is Channel.DATA and sent.phone is not None
            signal = Signal(
                channel=sent.channel,
                received_at=now[0],
                proof=Assurance.DEVICE if proved else None,
                key=f"key-of-{sent.phone}" if proved else "",
                position=Position(lat=1, lon=1, at=now[0], source="proved" if proved else "claimed"),
                phone=None if sent.phone is None else E164(sent.phone),
                device=sent.device,
                id=None if sent.id is None else AlertId(sent.id),
                test=sent.test,
            )
            accepted = accept(journal, signal, 50)
            called.setdefault(accepted.alert, own)
            assert number_called(journal, accepted.alert) == own or (
                # Its own phone, named by its device, which had told its number before.
                sent.phone is None and sent.id == accepted.alert and not accepted.created
            )
            case = fold(journal.read_streams(streams.inbox(accepted.alert), streams.case(accepted.alert)))
            assert case is not None
            assert {one.source for one in case.positions} == {"proved" if proved else "claimed"}
            assert (case.proof is Assurance.DEVICE, bool(case.key)) == (proved, proved)
            assert all(one.alert != case.alert and one.proof is not case.proof for one in case.beside)
            for alert, number in called.items():
                assert number_called(journal, alert) == number, "no alert ever has another number"
            if sent.closes:
                over = AlertClosed(outcome=Outcome.FALSE_ALARM)
                journal.append(Append(streams.case(accepted.alert), None, (over,)))
    finally:
        journal.close()


OWN = AlertId("f81d4fae7dec11d0a76500a0c91e6bf6")


class Flood:
    """Signals of one number, one after another by a clock that is moved."""

    def __init__(self, file: Path) -> None:
        self.skipped = SkippedSignals()
        self.now_us = START
        url = empty_journal(file)
        self.journal = Journal.open(url, node=NodeId("n1"), clock=lambda: self.now_us, notify=LocalNotifier())

    def send(self, id: str | None, *, after_s: float = 0.1, silent: bool = False) -> Accepted:
        self.now_us = Instant(self.now_us + round(after_s * SECOND))
        signal = Signal(
            channel=Channel.DATA,
            received_at=self.now_us,
            raised_at=self.now_us,
            phone=E164(GIULIA),
            id=None if id is None else AlertId(id),
            silent=silent,
        )
        return self.journal.transact(lambda tx: accept_in(tx, signal, 50, None, self.skipped))

    def signals(self) -> list[AlertSignalAdded | ClaimAdded]:
        kinds = AlertSignalAdded | ClaimAdded
        return [one.event for one in self.journal.read(streams.inbox(OWN)) if isinstance(one.event, kinds)]


@pytest.fixture
def flood(tmp_path: Path) -> Iterator[Flood]:
    made = Flood(tmp_path / "journal.db")
    yield made
    made.journal.close()


@pytest.mark.parametrize("id", [OWN, None, "another"])
def test_of_signals_without_end_twenty_are_kept_and_then_one_a_minute(flood: Flood, id: str | None) -> None:
    flood.send(OWN)
    for n in range(100):
        told = flood.send(f"{id}-{n}" if id == "another" else id)
        assert not told.created
    assert len(flood.signals()) == AT_ONCE
    flood.send(id, after_s=60)
    flood.send(id)
    assert [one.skipped for one in flood.signals()[-2:]] == [0, 100 - AT_ONCE]
    sheet = sheet_of(flood.journal.read(streams.inbox(OWN)))
    assert sheet is not None
    assert sheet.signals == 1 + 101, "and all of them are counted"


def test_a_wish_for_silence_and_a_press_after_an_attempt_to_cancel_are_always_kept(flood: Flood) -> None:
    flood.send(OWN)
    for _ in range(AT_ONCE + 5):
        flood.send(OWN)
        flood.send(None)
    flood.send(OWN, silent=True)
    flood.journal.append(Append(streams.inbox(OWN), None, (AlertCancelled(),)))
    flood.send(OWN)
    flood.send(OWN, silent=True)
    sheet = sheet_of(flood.journal.read(streams.inbox(OWN)))
    assert sheet is not None
    case = sheet.case
    assert (case.silent, case.cancel_asked) == (True, None)
    assert len(flood.signals()) == 2 * AT_ONCE + 2


def test_what_is_said_under_aliases_is_bounded_with_the_signals_that_join(api: Api) -> None:
    headers = api.place.app()
    api.client.post("/v1/alerts", json={"id": OWN, "phone": GIULIA}, headers=headers)
    names = [
        api.client.post("/v1/alerts", json={"phone": GIULIA}, headers=headers).json()["alert"]
        for _ in range(15)
    ]
    for n, name in enumerate(names):
        body = {"lat": 45.0 + n / 100, "lon": 9.0}
        assert api.client.post(f"/v1/alerts/{name}/position", json=body, headers=headers).status_code == 202
    late = api.client.post("/v1/alerts", json={"phone": GIULIA}, headers=headers)
    assert late.status_code == 200
    assert api.journal.version(streams.inbox(OWN)) == 1 + AT_ONCE
    shown = api.client.get(f"/v1/alerts/{late.json()['alert']}", headers=headers)
    assert (shown.status_code, shown.json()["phase"]) == (200, "received"), (
        "what is not kept is answered alike"
    )
