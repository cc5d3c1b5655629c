"""Each end of an alert is posted once, whatever becomes of the address and of us."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import msgspec
import pytest

from application.checks import CheckContext
from application.settings.file import parse
from application.state.state_dir import StateDir
from features.webhooks import decider
from features.webhooks.actor import Message, WebhooksActor
from features.webhooks.checks import webhooks
from features.webhooks.decider import PAUSES_S
from features.webhooks.events import EndNotTold, EndTold
from features.webhooks.settings import WebhookSettings
from gateways.outside import Delivered, Later, Refused, Sent
from messages.ids import SECOND, OperatorCommand, Role
from model.checks import Severity
from model.feature import settings_type
from model.settings import Settings
from store import streams
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, to_talking
from tests.scenarios.world import SETTINGS, World

KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class Address:
    """Who is posted to: takes all, or what it was told to say, one after another."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.says: deque[Sent] = deque()
        self.silent = False
        self._back: deque[Sent] = deque()

    def deliver(self, message: Message, /) -> None:
        self.came.append(message)
        if not self.silent:
            self._back.append(self.says.popleft() if self.says else Delivered())

    def take_result(self) -> Sent | None:
        return self._back.popleft() if self._back else None


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Address:
    made = Address()
    monkeypatch.setattr(WebhooksActor, "courier", lambda actor: made)
    return made


def with_webhooks(**own: Any) -> Settings:
    """The scenarios' settings, and a table of webhooks."""
    said = {name: getattr(SETTINGS, name) for name in Settings.__struct_fields__}
    whole: Any = settings_type()
    made: Settings = whole(**said, webhooks=WebhookSettings(url="https://siem.test/", key_file="key", **own))
    return made


def told(world: World) -> list[object]:
    return [one.event for one in world.journal.read(streams.feature("webhooks", world.env.node))]


def alert_ends(world: World, **fields: object) -> None:
    to_talking(world, **fields)
    ends(world)
    world.advance(2)


@pytest.mark.scenario
def test_an_end_is_posted_once_and_says_nothing_of_the_person(
    make_world: MakeWorld, address: Address
) -> None:
    world = make_world(settings=with_webhooks())
    alert_ends(world)
    (message,) = address.came
    said = msgspec.json.decode(message.content)
    assert said["type"] == "alert.closed"
    assert said["data"]["alert"] == world.alert
    assert set(said["data"]) == {"alert", "test", "raised_at", "closed_at", "outcome"}
    world.kill(Role.FEATURE).advance(5)
    assert len(address.came) == 1
    assert [type(one) for one in told(world)] == [EndTold]


@pytest.mark.scenario
def test_who_dies_before_the_answer_posts_the_same_again(make_world: MakeWorld, address: Address) -> None:
    world = make_world(settings=with_webhooks())
    address.silent = True
    alert_ends(world)
    address.silent = False
    world.kill(Role.FEATURE).advance(5)
    first, second = address.came
    assert first == second
    assert [type(one) for one in told(world)] == [EndTold]


@pytest.mark.scenario
def test_an_address_that_is_away_is_tried_again_and_told_of_and_takes_all_at_once(
    make_world: MakeWorld, address: Address
) -> None:
    world = make_world(settings=with_webhooks())
    address.says.extend([Later(why="ConnectError")] * 3)
    alert_ends(world)
    world.advance(PAUSES_S[0] + 2)
    assert len(address.came) == 2
    alert_ends(world)
    assert len(address.came) == 3
    world.advance(PAUSES_S[0] + 2)
    assert len({one.name for one in address.came}) == 2
    assert [type(one) for one in told(world)] == [EndTold] * 2


@pytest.mark.scenario
def test_nobody_there_for_a_while_is_an_alarm_that_goes_by_itself(
    make_world: MakeWorld, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decider, "AWAY_US", 3 * SECOND)
    world = make_world(settings=with_webhooks())
    address.says.append(Later(why="ConnectError"))
    alert_ends(world)
    world.advance(2)
    assert [(what, alarm) for what, alarm, _ in world.alarms()] == [("raised", "webhook.away")]
    world.advance(PAUSES_S[0])
    assert [(what, alarm) for what, alarm, _ in world.alarms()][1:] == [("cleared", "webhook.away")]


@pytest.mark.scenario
def test_what_is_refused_is_not_posted_again(make_world: MakeWorld, address: Address) -> None:
    world = make_world(settings=with_webhooks())
    address.says.append(Refused(why="the webhook answers 410"))
    alert_ends(world)
    world.advance(PAUSES_S[0] + PAUSES_S[1])
    assert len(address.came) == 1
    (event,) = told(world)
    assert isinstance(event, EndNotTold)
    assert event.reason == "the webhook answers 410"


@pytest.mark.scenario
@pytest.mark.parametrize(("tests", "posted"), [(False, 0), (True, 1)])
def test_tests_are_posted_where_they_are_wanted(
    make_world: MakeWorld, address: Address, tests: bool, posted: int
) -> None:
    world = make_world(settings=with_webhooks(tests=tests))
    world.send(test=True)
    world.until("an operator has it", lambda: world.case.operator is not None)
    world.until("operator and user talk", lambda: world.case.reached_at is not None)
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("the alert is closed", lambda: world.case.closed_at is not None)
    world.advance(2)
    assert len(address.came) == posted


@pytest.mark.parametrize(
    ("url", "key", "found"),
    [
        ("", KEY, []),
        ("http://127.0.0.1:9/x", KEY, [Severity.OK]),
        ("http://elsewhere.test/", KEY, [Severity.FAIL]),
        ("https://127.0.0.1/", "whsec_", [Severity.FAIL]),
        ("https://127.0.0.1/", None, [Severity.FAIL]),
    ],
)
def test_the_doctor_says_whether_it_could_be_posted(
    tmp_path: Path, url: str, key: str | None, found: list[Severity]
) -> None:
    file = tmp_path / "key"
    if key is not None:
        file.write_text(key)
    settings = parse(f'[webhooks]\nurl = "{url}"\nkey_file = "{file}"\n')
    around = CheckContext(state=StateDir(tmp_path), node=None, known=settings, simulated=False)
    assert [one.verdict for one in webhooks(around)] == found
