"""The journal against a dictionary, the rule of duplicates against an account of it: any steps, any order."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)
from msgspec.structs import replace

from messages.events import AlertClosed, Event, LegAnswered, LegRinging
from messages.ids import SECOND, AlertId, Channel, Instant, LegId, NodeId, Outcome
from model.alert.live import LiveCases
from model.rules.duplicates import AT_ONCE, EVERY_US
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, accept, accept_many
from store.errors import VersionConflict
from store.journal.following import Follower
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.rebuild import rebuild
from store.journal.verify import verify_journal
from tests.store.databases import new_schema
from tests.store.places import Clock, signal
from tests.support.depth import WHOLE, often
from tests.support.journals import empty_journal
from tests.support.postgres import PostgresServer

STREAMS = st.sampled_from(["line-a", "line-b", "operator-c"])
EVENTS = st.lists(
    st.builds(LegAnswered, leg=st.text(max_size=3).map(LegId), attempt=st.integers(0, 9))
    | st.builds(LegRinging, leg=st.just(LegId("l")), attempt=st.integers(0, 9)),
    min_size=1,
    max_size=3,
).map(tuple)


SERVER: list[PostgresServer] = []
"""The session's, while a machine's steps use it: hypothesis makes its machines by itself."""
PATIENCE_S = 30.0
"""A server on a loaded machine may take longer than a center waits before it goes on in memory."""


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[None]:
    SERVER.append(postgres)
    yield
    SERVER.clear()


class Machine(RuleBasedStateMachine):
    """A journal in a folder, or on the session's server, opened as often as the steps say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = (
            new_schema(SERVER[0]).url if SERVER else empty_journal(Path(self.folder.name) / "journal.db")
        )
        self.clock = Clock()
        self.notify = LocalNotifier()
        self.journals = [self.open()]
        self.follower = Follower(self.journals[0], 0)
        self.followed: list[int] = []

    def open(self) -> Journal:
        return Journal.open(
            self.url, node=NodeId("n1"), clock=self.clock, notify=self.notify, patience_s=PATIENCE_S,
            shared=False,
        )  # fmt: skip

    def teardown(self) -> None:
        for journal in self.journals:
            found = verify_journal(journal)
            assert found.problems == (), found.problems
            journal.close()
        self.follower.close()
        self.folder.cleanup()


class JournalMachine(Machine):
    """Appends, conflicts, reads, second connections, restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, list[Event]] = {}
        self.order: list[tuple[str, Event]] = []

    def wrote(self, stream: str, events: tuple[Event, ...]) -> None:
        self.model.setdefault(stream, []).extend(events)
        self.order.extend((stream, event) for event in events)

    @rule(which=st.integers(0, 1), stream=STREAMS, events=EVENTS, exact=st.booleans())
    def append(self, which: int, stream: str, events: tuple[Event, ...], exact: bool) -> None:
        journal = self.journals[which % len(self.journals)]
        before = len(self.model.get(stream, []))
        written = journal.append(Append(stream, before if exact else None, events))
        assert [one.version for one in written] == list(range(before + 1, before + 1 + len(events)))
        assert [one.seq for one in written] == list(
            range(len(self.order) + 1, len(self.order) + 1 + len(events))
        )
        self.wrote(stream, events)

    @rule(
        which=st.integers(0, 1), stream=STREAMS, other=STREAMS, events=EVENTS, off=st.sampled_from([-1, 1, 7])
    )
    def conflict(self, which: int, stream: str, other: str, events: tuple[Event, ...], off: int) -> None:
        journal = self.journals[which % len(self.journals)]
        wrong = len(self.model.get(stream, [])) + off
        with pytest.raises(VersionConflict) as told:
            journal.append(Append(f"{other}2", None, events), Append(stream, wrong, events))
        assert (told.value.stream, told.value.expected, told.value.actual) == (stream, wrong, wrong - off)

    @rule(which=st.integers(0, 1), one=STREAMS, other=STREAMS, events=EVENTS, exact=st.booleans())
    def append_to_two(self, which: int, one: str, other: str, events: tuple[Event, ...], exact: bool) -> None:
        journal = self.journals[which % len(self.journals)]
        first = len(self.model.get(one, []))
        second = first + len(events) if other == one else len(self.model.get(other, []))
        journal.append(Append(one, first if exact else None, events), Append(other, second, events[:1]))
        self.wrote(one, events)
        self.wrote(other, events[:1])

    @rule(which=st.integers(0, 1), events=EVENTS)
    def give_up(self, which: int, events: tuple[Event, ...]) -> None:
        journal = self.journals[which % len(self.journals)]

        def work(transaction: object) -> None:
            transaction.append(Append("line-a", None, events))  # type: ignore[attr-defined]
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            journal.transact(work)

    @rule()
    def restart(self) -> None:
        for journal in self.journals:
            journal.close()
        self.journals = [self.open()]
        self.follower.close()
        self.follower = Follower(self.journals[0], self.followed[-1] if self.followed else 0)

    @precondition(lambda self: len(self.journals) < 2)
    @rule()
    def second(self) -> None:
        self.journals.append(self.open())

    @rule()
    def checkpoint(self) -> None:
        pages, moved = self.journals[-1].checkpoint()
        assert pages == moved

    @rule(limit=st.integers(1, 5))
    def follow(self, limit: int) -> None:
        while batch := self.follower.next_batch(limit):
            self.followed += [one.seq for one in batch]
        assert self.followed == list(range(1, len(self.order) + 1))

    @invariant()
    def reads_as_the_model(self) -> None:
        for journal in self.journals:
            assert journal.last_seq() == len(self.order)
            assert [(one.stream, one.event) for one in journal.read_all()] == self.order
            for stream, events in self.model.items():
                assert [one.event for one in journal.read(stream)] == events
                assert journal.version(stream) == len(events)
            merged = journal.read_streams("line-b", "line-a", "line-b")
            assert [(one.stream, one.event) for one in merged] == [
                (stream, event) for stream, event in self.order if stream.startswith("line")
            ]


class Account:
    """One alert, as the rule of duplicates sees it."""

    def __init__(self, accepted: Accepted, sent: Signal) -> None:
        self.accepted = accepted
        self.first = sent
        self.closed_at: int | None = None
        self.claims: list[tuple[int, str, Signal]] = []
        """When each signal that does not speak for the alert was kept, under its alias."""

    def is_named_by(self, sent: Signal) -> bool:
        if (self.first.test and not sent.test) or self.is_cried_after(sent):
            return False
        if sent.phone is None:
            return self.first.device == sent.device and (sent.device is not None or self.first.phone is None)
        return self.first.phone == sent.phone and (
            None in (self.first.device, sent.device) or self.first.device == sent.device
        )

    def has_alias_of(self, sent: Signal) -> bool:
        return self.is_of(sent) and not (self.first.test and not sent.test) and not self.is_cried_after(sent)

    def is_cried_after(self, sent: Signal) -> bool:
        """Whether the alert was closed before that was raised, as a clock says."""
        return sent.channel is Channel.DATA and (sent.raised_at or 0) > (self.closed_at or sent.received_at)

    def is_of(self, sent: Signal) -> bool:
        return self.first.phone == sent.phone and (sent.phone is not None or self.first.device == sent.device)

    def takes(self, now: int, sent: Signal) -> bool:
        if self.first.test and not sent.test:
            return False
        if self.closed_at is None:
            return True
        late = sent.raised_at is not None and sent.raised_at <= self.closed_at
        return late and sent.channel is Channel.DATA and now < self.closed_at + 120 * SECOND

    def is_spoken_for_by(self, sent: Signal) -> bool:
        """Whether it comes from the alert's own app, or is answered by nobody's."""
        if sent.channel is not Channel.DATA:
            return True
        return (
            self.first.channel is Channel.DATA
            and sent.id is not None
            and sent.id in (self.accepted.alert, self.first.id)
        )

    def aliases_of(self, sent: Signal) -> list[str]:
        """Under which the same was kept, the newest first."""
        return [alias for _, alias, kept in reversed(self.claims) if is_again(sent, kept)]

    def keeps_claim(self, now: int) -> bool:
        return len(self.claims) < AT_ONCE or now - self.claims[-1][0] >= EVERY_US


def is_again(sent: Signal, kept: Signal) -> bool:
    """Whether it says the same; what was raised at no time was raised when it was received."""
    raised_at = kept.received_at if sent.raised_at is None else sent.raised_at
    return (sent.phone, sent.device, raised_at) == (
        kept.phone, kept.device, kept.received_at if kept.raised_at is None else kept.raised_at
    )  # fmt: skip


KEPT = 8
"""So many alerts of a number, or of a device, are looked at."""
RAISED = st.sampled_from([None, 0.0, 1.0, 60.0])
"""Seconds before the receipt; at once by a call."""
PHONES = st.sampled_from([None, "+391", "+392"])
DEVICES = st.sampled_from([None, "d1", "d2"])
IDS = st.sampled_from([None, "i1", "i2", "i3"])


def deadline_of(sent: Signal) -> int:
    """For these tests' clocks, which are all believed."""
    return (sent.received_at if sent.raised_at is None else sent.raised_at) + 50 * SECOND


class AcceptMachine(Machine):
    """Signals by numbers, devices and ids, alerts that close, time that passes."""

    alerts: Bundle[AlertId] = Bundle("alerts")

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[AlertId, Account] = {}
        self.raised: dict[str, list[Account]] = {}
        """By number and by device, newest first."""
        self.aliases: dict[AlertId, tuple[Account, Signal]] = {}
        """With the signal that got the name."""

    @initialize()
    def begin(self) -> None:
        self.clock.forward(1)

    @rule(target=alerts, phone=PHONES, device=DEVICES, id=IDS, test=st.booleans(), raised=RAISED)
    def signalled(
        self, phone: str | None, device: str | None, id: str | None, test: bool, raised: float | None
    ) -> AlertId:
        now = self.clock()
        channel = Channel.VOICE if raised == 0 else Channel.DATA
        sent = signal(
            self.clock, phone, device=device, id=id, test=test, channel=channel, raised_s_ago=raised
        )
        keys = [key for key in (phone and f"p{phone}", device and f"d{device}") if key]
        expected = self.alert_of(sent, keys)
        accepted = accept(self.journals[0], sent, 50)
        assert accepted.created is (expected is None)
        if expected is None:
            assert (accepted.received_at, accepted.deadline_at) == (now, deadline_of(sent))
            assert accepted.alias is None
            assert id is None or (accepted.alert == id) is self.is_free(sent)
            assert accepted.alert not in self.accounts
            expected = self.accounts[accepted.alert] = Account(accepted, sent)
        assert accepted.alert == expected.accepted.alert
        spoken_for = accepted.created or expected.is_spoken_for_by(sent)
        if spoken_for:
            assert accepted == replace(expected.accepted, created=accepted.created)
            self.find_by(keys, expected)
        else:
            self.joined(sent, expected, accepted)
        version = self.journals[0].version(streams.inbox(accepted.alert))
        kept = spoken_for or id == accepted.told or (raised is not None and accepted.told in self.aliases)
        if id is not None and kept and (keys or id in (accepted.alert, accepted.told)):
            # the app, not having heard the answer, asks once more, and nothing is added
            assert accept(self.journals[0], sent, 50) == replace(accepted, created=False)
            assert self.journals[0].version(streams.inbox(accepted.alert)) == version
        return accepted.alert

    def alert_of(self, sent: Signal, keys: list[str]) -> Account | None:
        """The alert that it is brought to: by its id, by its alias, by its number or else its device."""
        named = None if sent.id is None else self.accounts.get(sent.id)
        if named is not None and named.is_named_by(sent):
            return named
        if sent.id in self.aliases and (joined := self.aliases[sent.id][0]).has_alias_of(sent):
            return joined
        for account in self.raised.get(keys[0] if keys else "", [])[:KEPT]:
            if account is not named and account.is_of(sent) and account.takes(sent.received_at, sent):
                return account
        return None

    def is_free(self, sent: Signal) -> bool:
        return sent.id not in self.accounts and sent.id not in self.aliases

    def find_by(self, keys: list[str], account: Account) -> None:
        for key in keys if account.closed_at is None else ():
            known = self.raised.setdefault(key, [])
            if account not in known[:KEPT]:
                known.insert(0, account)

    def joined(self, sent: Signal, account: Account, accepted: Accepted) -> None:
        """It has got the name that it has there, or else its own where that is free, or else a new one."""
        kept = account.aliases_of(sent)
        mine = sent.id in self.aliases and self.aliases[sent.id][0] is account
        if sent.id is not None and (mine or self.is_free(sent)):
            assert accepted.alias == sent.id
        elif sent.id is not None and sent.raised_at is not None and kept:
            assert accepted.alias == kept[0]
        else:
            assert accepted.alias not in {None, *self.aliases, *self.accounts}
        alias = accepted.told
        first = self.aliases[alias][1] if alias in self.aliases else sent
        assert (accepted.received_at, accepted.deadline_at) == (first.received_at, deadline_of(first))
        if alias not in kept and account.keeps_claim(sent.received_at):
            account.claims.append((sent.received_at, alias, sent))
            self.aliases.setdefault(alias, (account, sent))

    @rule(alert=consumes(alerts))
    def closed(self, alert: AlertId) -> None:
        account = self.accounts[alert]
        if account.closed_at is None:
            self.journals[0].append(
                Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.BRIEFED),))
            )
            account.closed_at = self.clock()

    @rule(seconds=st.sampled_from([0.5, 30.0, 119.0, 121.0, 3600.0]))
    def passes(self, seconds: float) -> None:
        self.clock.forward(seconds)

    @rule()
    def restart(self) -> None:
        self.journals[0].close()
        self.journals[0] = self.open()
        self.follower.close()
        self.follower = Follower(self.journals[0], 0)

    @rule(count=st.integers(1, 5))
    def many_without_a_number(self, count: int) -> None:
        sent = [signal(self.clock, None) for _ in range(count)]
        accepted = accept_many(self.journals[0], sent, 50)
        assert len({one.alert for one in accepted} - set(self.accounts)) == count
        for one, one_sent in zip(accepted, sent, strict=True):
            self.accounts[one.alert] = Account(one, one_sent)

    @invariant()
    def the_open_ones_are_known(self) -> None:
        alerts = LiveCases()
        rebuild(self.journals[0], alerts)
        assert set(alerts.cases) == {
            alert for alert, account in self.accounts.items() if account.closed_at is None
        }
        assert all(isinstance(one.deadline_at, int) for one in alerts.cases.values())
        assert Instant(self.clock()) == self.clock()


_settings = settings(max_examples=often(30), stateful_step_count=30, deadline=None)
_fewer = settings(max_examples=8 if WHOLE else 2, stateful_step_count=30, deadline=None)


class TestJournal(JournalMachine.TestCase):
    settings = _settings


class TestAccept(AcceptMachine.TestCase):
    settings = _settings


@pytest.mark.usefixtures("server")
class TestJournalOnPostgresql(JournalMachine.TestCase):
    settings = _fewer


@pytest.mark.usefixtures("server")
class TestAcceptOnPostgresql(AcceptMachine.TestCase):
    settings = _fewer
