"""The sender by itself, for as long as nobody else has to live through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from features.psap_data.cap import NAMESPACE
from features.psap_data.outlets import Parcel
from features.psap_data.retrying import AWAY, Received
from messages import events as ev
from messages.base import Position
from messages.ids import E164, NodeId, Outcome, Role, WorkerId
from model.settings import Settings
from model.setup import Setup
from model.telling.sheet import Sheet
from runtime.environment import Environment
from runtime.system import system
from runtime.system.one_process import OneProcess
from store import streams
from store.alerts.sheets import read_sheet
from store.journal.journal import Journal
from tests.features.psap_data.examples import target
from tests.gateways.story import Story
from tests.scenarios.listeners import LISTENERS, Listener, SenderToListenersActor
from tests.support.actors import environment
from tests.support.settings import changed


class Alone:
    """The sender, and an alert of which 112 is called; its case is at node `of`."""

    def __init__(self, state: Path, of: str) -> None:
        self.env: Environment = environment(state, virtual=True)
        self.env.settings = Setup(settings=changed(Settings(), {"psap.data": (target(),)}))
        started = system.start("in_process", self.env)
        assert isinstance(started, OneProcess)
        self.system = started
        self.journal: Journal = self.env.open_journal_as(Journal)
        self.listener = Listener("questura")
        self.story = Story(self.journal, self.env.clock.now_us())
        self.story.say(ev.CaseOpened(node=NodeId(of), worker=WorkerId("c00"), incarnation=1))
        self.story.say(ev.PsapRequested(by=None, number=E164("112")))
        self.begin()

    def begin(self) -> None:
        """The sender starts."""
        self.system.create(SenderToListenersActor)

    def kill(self) -> None:
        """It dies."""
        assert self.system.kill(Role.DATA_SENDER)
        self.system.run()

    def move(self, n: int) -> None:
        """The user is elsewhere."""
        here = Position(lat=45 + n / 1000, lon=9.0, at=self.env.clock.now_us(), accuracy_m=10.0)
        self.story.hear(ev.PositionUpdated(position=here))

    @property
    def sheet(self) -> Sheet:
        sheet = read_sheet(self.journal, self.story.alert)
        assert sheet is not None
        return sheet

    def alarms(self) -> list[type[ev.Event]]:
        said = (one.event for one in self.journal.read(streams.node(self.env.node)))
        return [
            type(one)
            for one in said
            if isinstance(one, ev.AlarmRaised | ev.AlarmCleared) and one.alarm == AWAY
        ]


@pytest.fixture
def of() -> str:
    return "test"


@pytest.fixture
def alone(tmp_path: Path, of: str) -> Iterator[Alone]:
    made = Alone(tmp_path, of)
    yield made
    made.system.stop()
    made.journal.close()
    LISTENERS.clear()


def said(parcel: Parcel, path: str) -> str:
    return ET.fromstring(parcel.content).findtext(path, "", {"": NAMESPACE})


def test_who_was_away_for_an_hour_is_sent_one_message_the_newest(alone: Alone) -> None:
    alone.listener.go_away()
    for n in range(60):
        alone.move(n)
        alone.system.advance(60)
    assert alone.alarms() == [ev.AlarmRaised]
    tried = len(alone.listener.came)
    assert tried < 80  # once a minute, in the end
    assert alone.sheet.data["questura"].had_at is None
    alone.listener.says = Received(receipt="back")
    alone.system.advance(62)
    last = alone.listener.came[tried:]
    assert [said(one, "info/area/circle").split()[0] for one in last] == ["45.059000,9.000000"]
    # Of those before it may have had one, the answer to which was lost.
    assert said(last[0], "msgType") == "Update"
    assert said(last[0], "references").count(" ") == tried - 1 - sum(
        one.name == alone.listener.came[n - 1].name for n, one in enumerate(alone.listener.came) if n
    )
    alone.system.advance(300)
    assert len(alone.listener.came) == tried + 1
    assert alone.alarms() == [ev.AlarmRaised, ev.AlarmCleared]


def test_of_a_closed_alert_nothing_is_tried_after_an_hour(alone: Alone) -> None:
    alone.listener.go_away()
    alone.system.advance(30)
    alone.story.say(ev.AlertClosed(outcome=Outcome.HANDED_OVER))
    alone.system.advance(3500)
    before = len(alone.listener.came)
    assert said(alone.listener.came[-1], "info/urgency") == "Past"
    alone.system.advance(200)
    after = len(alone.listener.came)
    assert before < after <= before + 3
    alone.listener.says = Received(receipt="late")
    alone.system.advance(3600)
    assert len(alone.listener.came) == after


def test_killed_after_the_end_it_is_owed_still(alone: Alone) -> None:
    alone.listener.go_away()
    alone.system.advance(3)
    alone.story.say(ev.AlertClosed(outcome=Outcome.HANDED_OVER))
    alone.kill()
    alone.listener.says = Received(receipt="there")
    alone.begin()
    alone.system.advance(2)
    given = alone.sheet.data["questura"]
    assert given.received_at is not None
    assert said(alone.listener.came[-1], "info/urgency") == "Past"


@pytest.mark.parametrize("of", ["other"])
def test_an_alert_of_another_node_is_that_ones_to_send(alone: Alone) -> None:
    alone.system.advance(30)
    assert alone.listener.came == []
    # The other node is lost, and this one has the alert now.
    alone.story.say(ev.CaseOpened(node=NodeId("test"), worker=WorkerId("c01"), incarnation=2))
    alone.system.advance(2)
    assert len(alone.listener.came) == 1


def test_what_the_node_before_has_begun_goes_on_by_the_same_name(alone: Alone) -> None:
    alone.listener.says = None
    alone.system.advance(2)
    (first,) = alone.listener.came
    alone.kill()
    alone.env.node = NodeId("second")
    alone.story.say(ev.CaseOpened(node=NodeId("second"), worker=WorkerId("c00"), incarnation=2))
    alone.listener.says = Received(receipt="yes")
    alone.begin()
    alone.system.advance(2)
    assert alone.listener.came == [first, first]
    assert alone.sheet.data["questura"].received_at is not None
