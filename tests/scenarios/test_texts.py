"""Alerts by SMS, through the whole center: durable before the SIM forgets them, one case, the place on it."""

from __future__ import annotations

import pytest

from messages.ids import AlertId, Channel, Party, Role
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, joined
from tests.scenarios.world import SETTINGS, USER, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

LINE = "+390200000001"
AML = 'A"ML=1;lt=+45.46420;lg=9.19000;rd=50;top=20261124141935;lc=90;pm=W;mcc=222;mnc=10;ml=95'
STRANGER = "+393335550000"


def write(world: World, text: str, sender: str = USER) -> None:
    """A phone sends a short message to the center."""
    world.network.carrier.send_message(sender, LINE, text, b"", world.network.now_s)
    world.network.pump()


def on_the_sim(world: World) -> list[str]:
    return world.network.carrier.modem("sim1").mailbox.listed()


def test_a_text_in_several_parts_is_an_alert_with_its_words_and_the_user_is_called(world: World) -> None:
    text = "aiuto, mi segue qualcuno in via Torino. " * 6
    write(world, text.strip())
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.channel is Channel.SMS
    assert world.case.phone == USER
    assert world.case.user == world.user.id
    assert [(one.by, one.channel, one.text) for one in world.case.dialogue] == [
        ("", Channel.SMS, text.strip())
    ]
    assert on_the_sim(world) == []
    ends(world)
    world.advance(70)
    assert len(world.alerts()) == 1


def test_the_user_s_place_comes_by_sms_and_further_places_go_to_the_open_case(world: World) -> None:
    write(world, AML)
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    position = world.case.position
    assert position is not None
    assert (position.lat, position.lon, position.accuracy_m, position.source) == (45.4642, 9.19, 50.0, "aml")
    write(world, AML.replace("45.46420", "45.50000").replace("141935", "142035"))
    world.until("a second place", lambda: len(world.case.positions) == 2)
    assert len(world.alerts()) == 1
    assert world.sheet.signals == 2
    assert world.case.position is not None
    assert world.case.position.lat == 45.5


def test_case_01_an_sms_of_an_open_alert_is_kept_on_it(world: World) -> None:
    alert = world.send()
    write(world, "sono in cantina")
    world.until("it is kept", lambda: bool(world.case.dialogue))
    assert world.alerts() == [alert]
    world.until("the SIM forgets it", lambda: on_the_sim(world) == [])


def test_case_14_a_stranger_who_writes_is_served(make_world: MakeWorld) -> None:
    world = make_world(behaviours={STRANGER: "answer"})
    write(world, "help", STRANGER)
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.user is None
    assert world.case.answered(Party.USER) is not None


def test_while_the_intake_is_dead_the_sim_keeps_it_and_a_restart_of_the_line_makes_one_alert_of_it(
    world: World,
) -> None:
    world.alert = AlertId("none")
    write(world, "aiuto")
    assert on_the_sim(world) != []
    world.kill(Role.ALERT_INTAKE).kill(Role.GSM_MODEM)
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    world.until("the SIM forgets it", lambda: on_the_sim(world) == []).advance(70)
    assert len(world.alerts()) == 1
    assert world.sheet.signals == 1
    assert len(world.case.dialogue) == 1


def test_it_is_acknowledged_once_where_that_is_set_and_to_nobody_otherwise(make_world: MakeWorld) -> None:
    words = "La richiamiamo subito. Tenga il telefono acceso."
    world = make_world(settings=changed(SETTINGS, {"sms.acknowledge": words}))
    write(world, "aiuto")
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    write(world, "presto")
    world.until("both are kept", lambda: len(world.case.dialogue) == 2).advance(10)
    sent = [(one.to, one.text) for one in world.network.carrier.messages if one.sender == LINE]
    assert sent == [(USER, words)]
