"""112's own systems have what 112 is told, whatever becomes of them, of us and of the alert."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from features.psap_data.cap import NAMESPACE
from features.psap_data.retrying import Received, Refused
from features.psap_data.settings import DataFormat, DataTarget
from messages import events as ev
from messages.base import Position
from messages.ids import BriefingField, OperatorCommand, OperatorId, Role
from model.areas import outline
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.listeners import Listener
from tests.scenarios.test_flow import to_attended
from tests.scenarios.world import PSAP, USER, World

MILAN = outline([((8.5, 45.0), (10.0, 45.0), (10.0, 46.0), (8.5, 46.0))])
HERE = (45.4642, 9.19)


def target(name: str = "questura", **more: object) -> DataTarget:
    to = f"https://{name}.test/"
    return DataTarget(name=name, format=DataFormat.CAP, to=to, language="it", **more)  # type: ignore[arg-type]


def sending(make_world: MakeWorld, *targets: DataTarget, **changes: object) -> World:
    """A center that sends alerts to these."""
    return make_world(changes={"psap.data": targets, **changes})


def at(world: World, lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon, at=world.clock.now_us(), accuracy_m=10.0, source="gps")


def text(parcel: object, path: str) -> str:
    found = ET.fromstring(parcel.content).findtext(path, "", {"": NAMESPACE})  # type: ignore[attr-defined]
    return found or ""


def types(listener: Listener) -> list[str]:
    return [text(one, "msgType") for one in listener.came]


def in_talk(world: World) -> None:
    """An alert whose user talks to an operator."""
    world.send(position=at(world, *HERE))
    world.until("in conversation", lambda: world.case.reached_at is not None)


def test_nothing_is_sent_before_112_is_wanted_then_at_once(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    in_talk(world)
    world.advance(5)
    assert questura.came == []
    world.order(OperatorCommand.CALL_PSAP).advance(1)
    (first,) = questura.came
    assert text(first, "msgType") == "Alert"
    assert text(first, "info/area/circle") == "45.464200,9.190000 0.010"
    (given,) = world.sheet.data.values()
    assert given.received_at is not None
    assert given.receipt == "thanks"


def test_what_changes_follows_and_a_quiet_alert_sends_nothing(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 talks", lambda: world.case.to_112.joined_at is not None)
    world.advance(20)
    before = len(questura.came)
    world.advance(30)
    assert len(questura.came) == before
    world.fact(ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife", by=OperatorId("o"))).advance(1)
    assert "a knife" in text(questura.came[-1], "info/description")
    assert types(questura)[-1] == "Update"
    assert text(questura.came[-1], "references").endswith(
        f"{world.alert}.questura.{before}," + text(questura.came[-2], "sent")
    )


def test_many_positions_are_few_messages(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).advance(20)
    before = len(questura.came)
    for n in range(60):
        world.fact(ev.PositionUpdated(position=at(world, HERE[0] + n / 10_000, HERE[1]))).advance(0.5)
    world.advance(6)
    assert 5 <= len(questura.came) - before <= 8
    assert text(questura.came[-1], "info/area/circle").startswith("45.470100,")


def test_a_slow_system_holds_up_no_other_and_no_alert(make_world: MakeWorld) -> None:
    world = sending(make_world, target("slow"), target("quick"))
    slow, quick = Listener("slow"), Listener("quick")
    slow.says = None
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 talks", lambda: world.case.to_112.joined_at is not None)
    world.fact(ev.BriefingFilled(field=BriefingField.WHAT, text="shouts", by=OperatorId("o"))).advance(61)
    assert len(slow.came) == 1
    assert world.sheet.data["slow"].received_at is None
    assert world.sheet.data["quick"].received_at is not None
    assert len(quick.came) > 1
    assert ("raised", "data.away", "slow") in world.alarms()
    slow.says = Received(receipt="at last")
    world.advance(8)
    assert world.sheet.data["slow"].received_at is not None
    assert world.alarms()[-1] == ("cleared", "data.away", "slow")


def test_what_is_refused_is_said_and_tried_again_with_the_next_change_alone(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    questura.says = Refused(status=403, reason="no agreement")
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 talks", lambda: world.case.to_112.joined_at is not None)
    world.advance(20)
    given = world.sheet.data["questura"]
    assert (given.status, given.reason, given.received_at) == (403, "no agreement", None)
    assert world.alarms() == [("raised", "data.refused", "questura")]
    before = len(questura.came)
    world.advance(65)
    assert len(questura.came) == before
    questura.says = Received(receipt="now")
    world.fact(ev.BriefingFilled(field=BriefingField.WHAT, text="shouts", by=OperatorId("o"))).advance(1)
    assert types(questura)[-1] == "Alert"  # it has none of those that it refused
    assert world.alarms()[-1] == ("cleared", "data.refused", "questura")


def test_killed_between_sending_and_the_receipt_it_sends_the_same_once_more(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    questura.says = None
    in_talk(world)
    world.fact(ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=world.operators[0]))
    world.until("it was sent", lambda: questura.came).kill(Role.DATA_SENDER)
    questura.says = Received(receipt="twice the same")
    world.until("received", lambda: world.sheet.data["questura"].had_at is not None)
    same = [one for one in questura.came if one.name == questura.came[0].name]
    assert {one.content for one in same} == {questura.came[0].content}
    assert [one.version for one in world.events(ev.DataSent)] == list(
        range(1, 1 + len(world.events(ev.DataSent)))
    )


def test_a_false_alarm_is_called_off(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).advance(1).order(OperatorCommand.WITHDRAW_PSAP).advance(1)
    assert types(questura) == ["Alert", "Cancel"]
    world.order(OperatorCommand.DECLARE_FALSE_ALARM).until("closed", lambda: world.case.closed_at is not None)
    world.advance(20)
    assert types(questura)[-1] == "Cancel"
    assert len(questura.came) <= 3


def test_an_alert_that_112_goes_on_with_is_not_called_off(make_world: MakeWorld) -> None:
    world = sending(make_world, target(), **{"alert.leave_alarm_within_s": 1})
    questura = Listener("questura")
    in_talk(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 talks", lambda: world.case.to_112.joined_at is not None)
    questura.go_away()  # with the end still to be told
    world.order(OperatorCommand.LEAVE).until("they are left", lambda: world.case.operator is None).advance(2)
    world.network.hang_up(PSAP)
    world.network.hang_up(USER)
    world.until("closed", lambda: world.case.closed_at is not None, within_s=150)
    world.kill(Role.DATA_SENDER)  # the next one finds what is still owed of a closed alert
    world.advance(5)
    questura.says = Received(receipt="end")
    world.until("the end is told", lambda: world.sheet.data["questura"].received_at is not None, within_s=70)
    assert "Cancel" not in types(questura)
    assert "ha chiuso" in text(questura.came[-1], "info/description")


def test_duress_is_sent_as_well_and_not_called_off_by_the_cancellation(make_world: MakeWorld) -> None:
    world = sending(make_world, target())
    questura = Listener("questura")
    to_attended(world, position=at(world, *HERE))
    world.fact(ev.AlertCancelled(duress=True))
    world.until("112 talks", lambda: world.case.to_112.joined_at is not None).advance(10)
    assert types(questura)[0] == "Alert"
    assert "Cancel" not in types(questura)
    assert "non telefonarle" in text(questura.came[-1], "info/instruction")


@pytest.mark.parametrize(("lat", "sent"), [(45.4642, True), (41.9, False)])
def test_an_area_has_its_own_alerts_alone(make_world: MakeWorld, lat: float, sent: bool) -> None:
    world = sending(make_world, target(area="IT-25", outline=MILAN))
    questura = Listener("questura")
    world.send(position=at(world, lat, 9.19))
    world.until("in conversation", lambda: world.case.reached_at is not None).order(OperatorCommand.CALL_PSAP)
    world.advance(2)
    assert bool(questura.came) is sent


def test_a_test_goes_where_tests_are_wanted_and_says_so(make_world: MakeWorld) -> None:
    world = sending(make_world, target("real"), target("tried", tests=True), **{"psap.test_number": PSAP})
    real, tried = Listener("real"), Listener("tried")
    world.send(position=at(world, *HERE), test=True)
    world.until("in conversation", lambda: world.case.reached_at is not None).order(OperatorCommand.CALL_PSAP)
    world.advance(2)
    assert real.came == []
    assert {text(one, "status") for one in tried.came} == {"Test"}
