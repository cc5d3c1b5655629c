"""What networks report of messages to users: brought to the alert once, in whichever order it comes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.events import DialogueCarried, DialogueSaid, DialogueTexted, TextReported, TextSent
from messages.ids import E164, SECOND, Carried, Channel, Instant, LineId, OperatorId, TextPurpose
from model.alert.evolve import fold
from model.alert.parts import SmsDelivery
from model.rules.messages.message_channel import delivery_state, is_final
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.sms_outbox import REPORTED_US, assign_to_line, end_text, record_delivery_report, request_text
from tests.store.places import Clock, journal_in, on_both
from tests.support.journals import empty_journal
from tests.support.there import there

USER = E164("+393331112223")
OTHER = E164("+393409998887")
SIM1: Final = LineId("sim1")


def fresh(folders: pytest.TempPathFactory) -> Path:
    path = folders.mktemp("journal") / "journal.db"
    empty_journal(path)
    return path


class Written:
    """An alert whose operator has written a message of so many parts, which the network has taken."""

    def __init__(
        self, journal: Journal, clock: Clock, parts: int = 1, first: int = 7, phone: E164 = USER
    ) -> None:
        self.journal = journal
        self.phone = phone
        signal = Signal(channel=Channel.DATA, phone=phone, received_at=clock())
        self.alert = accept(journal, signal, 50).alert
        said = DialogueSaid(id="o1", by=OperatorId("marta"), text="Where?")
        journal.append(Append(streams.inbox(self.alert), None, (said,)))
        journal.append(Append(streams.case(self.alert), None, (DialogueTexted(number=1),)))
        until = Instant(clock() + 60 * SECOND)
        self.text = journal.transact(
            lambda tx: request_text(
                tx, phone, "Where?", TextPurpose.DIALOGUE, until, alert=self.alert, message=1
            )
        )
        self.references = tuple((first + n) % 256 for n in range(parts))
        self.take()

    def take(self) -> None:
        self.journal.transact(lambda tx: assign_to_line(tx, self.text, SIM1))
        sent = TextSent(line=SIM1, references=self.references, awaits=True)
        self.journal.transact(lambda tx: end_text(tx, self.text, sent))

    def reports(self, part: int, status: int, *, recipient: str = "", line: LineId = SIM1) -> None:
        to = recipient or self.phone
        self.journal.transact(lambda tx: record_delivery_report(tx, line, self.references[part], to, status))

    @property
    def became(self) -> list[Carried]:
        inbox = self.journal.read(streams.inbox(self.alert))
        return [one.event.became for one in inbox if isinstance(one.event, DialogueCarried)]

    @property
    def shown(self) -> SmsDelivery:
        recorded = self.journal.read_streams(streams.inbox(self.alert), streams.case(self.alert))
        case = there(fold(sorted(recorded, key=lambda one: one.seq)))
        return there(case.dialogue[0].texted)


@on_both
def test_what_the_network_takes_and_delivers_is_told_in_the_alert(journal: Journal, clock: Clock) -> None:
    written = Written(journal, clock)
    assert (written.shown.sent_at, written.shown.awaits, written.shown.delivered_at) == (clock(), True, None)
    clock.forward(3)
    written.reports(0, 0x00)
    assert written.became == [Carried.SENT, Carried.DELIVERED]
    assert written.shown.delivered_at == clock()


@pytest.mark.parametrize(
    ("statuses", "became"),
    [
        ((0x20, 0x22, 0x00), [Carried.WAITS, Carried.DELIVERED]),
        *(((status,), [Carried.UNDELIVERED]) for status in (0x41, 0x46, 0x63, 0x80, 0xFF)),
        *(((status,), []) for status in (0x01, 0x02, 0x10)),  # nobody can confirm it
    ],
)
def test_each_status_is_told_by_its_meaning(
    journal: Journal, clock: Clock, statuses: tuple[int, ...], became: list[Carried]
) -> None:
    written = Written(journal, clock)
    for status in statuses:
        written.reports(0, status)
    assert written.became == [Carried.SENT, *became]
    failed_at = clock() if Carried.UNDELIVERED in became else None
    assert (written.shown.failed_at, written.shown.failure) == (failed_at, None)


def test_what_is_about_nothing_of_ours_changes_nothing(journal: Journal, clock: Clock) -> None:
    written = Written(journal, clock)
    before = journal.last_seq()
    written.reports(0, 0x00, recipient=OTHER)
    written.reports(0, 0x00, line=LineId("sim2"))
    journal.transact(lambda tx: record_delivery_report(tx, SIM1, 200, USER, 0x00))
    clock.forward(REPORTED_US / SECOND + 1)
    written.reports(0, 0x00)
    assert journal.last_seq() == before
    assert written.became == [Carried.SENT]


def test_a_recipient_without_its_country_is_the_same(journal: Journal, clock: Clock) -> None:
    written = Written(journal, clock)
    written.reports(0, 0x00, recipient="3331112223")
    assert written.became == [Carried.SENT, Carried.DELIVERED]


def test_a_number_that_comes_round_again_is_the_newer_message_s(journal: Journal, clock: Clock) -> None:
    first, second = Written(journal, clock), Written(journal, clock, phone=OTHER)
    assert first.references == second.references
    second.reports(0, 0x00)
    stories = [
        [one.event for one in journal.read(streams.text(text)) if isinstance(one.event, TextReported)]
        for text in (first.text, second.text)
    ]
    assert stories == [[], [TextReported(part=0, status=0x00)]]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0x00, 0x01, 0x22, 0x41])), max_size=10),
    st.integers(0, 255),
)
def test_whatever_is_reported_in_whichever_order_the_alert_says_what_is_known_once(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int]], first: int
) -> None:
    clock = Clock()
    with closing(journal_in(fresh(tmp_path_factory))) as journal:
        written = Written(journal, clock, parts=3, first=first)
        for part, status in told:
            written.reports(part, status)
        ends: dict[int, int] = {}
        for part, status in told:
            if not is_final(ends.get(part, 0x20)):
                ends[part] = status
        means = {part: delivery_state(status) for part, status in ends.items()}
        if Carried.UNDELIVERED in means.values():
            assert written.became[-1] is Carried.UNDELIVERED
        elif Carried.WAITS in means.values():
            assert written.became[-1] is Carried.WAITS
        assert (written.became[-1] is Carried.DELIVERED) == (list(means.values()) == [Carried.DELIVERED] * 3)
        for end in (Carried.DELIVERED, Carried.UNDELIVERED):
            assert written.became.count(end) <= 1
