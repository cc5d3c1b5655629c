"""Short messages that the center sends, through the whole center: once, by a line that nobody needs."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import E164, SECOND, Instant, LineId, Role, TextFailure, TextId, TextPurpose
from messages.sms import SendText
from simulator.control import text_reports
from simulator.modem.vices import Vices
from simulator.network.call import Message
from store import streams
from store.sms_outbox import (
    SILENT_US,
    LoopbackText,
    read_loopback_text,
    read_outbox,
    request_loopback_text,
    request_text,
)
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.test_late_orders import say
from tests.scenarios.world import SETTINGS, USER, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

CODE = "securwoman: 481516"
LONG = "Non è sola: " + "arriviamo subito. " * 20
SLOW = Vices(message_takes_s=4.0)
SILENT = Vices(message_takes_s=12.0)
SILENT_S = SILENT_US / SECOND


def ask(
    world: World,
    words: str = CODE,
    *,
    to: E164 = USER,
    purpose: TextPurpose = TextPurpose.CODE,
    within_s: float = 600.0,
) -> TextId:
    until = Instant(world.clock.now_us() + round(within_s * SECOND))
    text = world.journal.transact(lambda tx: request_text(tx, to, words, purpose, until))
    world.system.run()
    return text


def became(world: World, text: TextId) -> list[ev.Event]:
    return [one.event for one in world.journal.read(streams.text(text))][1:]


def over(world: World, text: TextId) -> bool:
    return any(isinstance(one, ev.TextSent | ev.TextFailed) for one in became(world, text))


def messages(world: World) -> list[Message]:
    return world.network.carrier.messages


def vices(world: World, vices: Vices) -> None:
    for modem in world.network.carrier.modems.values():
        modem.change_vices(vices)


@pytest.mark.parametrize("words", [CODE, LONG])
def test_a_text_reaches_the_phone_by_the_line_that_users_call_and_its_words_are_forgotten(
    world: World, words: str
) -> None:
    text = ask(world, words)
    world.until("it is sent", lambda: over(world, text), within_s=5.0)
    assert became(world, text)[0] == ev.TextSending(line=LineId("sim1"))
    assert isinstance(became(world, text)[1], ev.TextSent)
    (shown,) = text_reports(messages(world), USER)
    assert (shown["from"], shown["text"]) == ("+390200000001", words)
    assert read_outbox(world.journal) == []
    world.advance(30)
    assert len(text_reports(messages(world), USER)) == 1


def test_a_line_whose_network_refuses_is_taken_last_for_the_next_one(world: World) -> None:
    world.network.carrier.modem("sim1").change_vices(Vices(message_error=38))
    first = ask(world)
    world.until("it is refused", lambda: over(world, first), within_s=5.0)
    assert became(world, first)[1:] == [
        ev.TextFailed(cause=TextFailure.REFUSED, line=LineId("sim1"), text="+CMS ERROR: 38")
    ]
    assert messages(world) == []
    second = ask(world)
    world.until("another line sends it", lambda: over(world, second), within_s=5.0)
    assert became(world, second)[0] != ev.TextSending(line=LineId("sim1"))
    assert isinstance(became(world, second)[1], ev.TextSent)


@pytest.mark.parametrize("role", [Role.GSM_MODEM, Role.TRUNK_POOL])
def test_killed_in_the_middle_it_is_not_sent_twice(world: World, role: Role) -> None:
    vices(world, SLOW)
    text = ask(world)
    world.until("its words have left", lambda: len(messages(world)) == 1)
    assert world.system.kill(role, "sim1" if role is Role.GSM_MODEM else "")
    world.system.run()
    world.until("it is over", lambda: over(world, text), within_s=SILENT_S + 5.0)
    last = became(world, text)[-1]
    if role is Role.GSM_MODEM:
        assert last == ev.TextFailed(cause=TextFailure.UNKNOWN, line=LineId("sim1"))
    else:
        assert isinstance(last, ev.TextSent)
    world.advance(30)
    assert len(messages(world)) == 1
    after = ask(world)
    world.until("the next one is sent", lambda: over(world, after), within_s=10.0)
    assert isinstance(became(world, after)[-1], ev.TextSent)


def test_a_modem_that_is_pulled_out_in_the_middle_leaves_it_open(world: World) -> None:
    vices(world, SLOW)
    text = ask(world)
    world.until("its words have left", lambda: len(messages(world)) == 1)
    world.network.unplug("sim1")
    world.until("it is over", lambda: over(world, text), within_s=15.0)
    assert became(world, text)[-1] == ev.TextFailed(cause=TextFailure.UNKNOWN, line=LineId("sim1"))
    world.advance(30)
    assert len(messages(world)) == 1


def test_an_alert_that_comes_while_the_only_lines_send_has_them_within_seconds(make_world: MakeWorld) -> None:
    world = make_world(public=2)
    vices(world, SILENT)
    texts = [ask(world), ask(world)]
    world.until("one of them is on its way", lambda: len(messages(world)) == 1)
    asked_us = world.clock.now_us()
    world.send()
    world.until("operator and user are joined", lambda: len(joined(world)) == 2, within_s=30.0)
    dialled = [one.at_us - asked_us for one in world.recorded if isinstance(one.event, ev.LegOriginating)]
    assert dialled[0] < 0.3 * SECOND, "on the line that does not send"
    assert 10 * SECOND < dialled[1] < 13 * SECOND, "on the other, as soon as its modem is heard again"
    assert len(messages(world)) == 1, "the second waits until the alert is over"
    vices(world, Vices(message_takes_s=0.0))
    ends(world)
    world.until("it is sent", lambda: all(over(world, text) for text in texts))
    assert {type(became(world, text)[-1]) for text in texts} == {ev.TextFailed, ev.TextSent}


def test_a_line_with_a_call_sends_nothing_and_the_last_free_one_is_left_to_alerts(
    make_world: MakeWorld,
) -> None:
    world = make_world(settings=changed(SETTINGS, {"limits.inbound_lines_kept": 0}))
    to_talking(world)
    text = ask(world, within_s=20.0)
    # As from a pool that has not heard yet of the calls; `say` lets two seconds pass.
    for leg in world.case.legs.values():
        say(world, SendText(text=text), line=leg.line)
    world.advance(15.0)
    assert became(world, text) == []
    world.advance(3.0)
    assert became(world, text) == [ev.TextFailed(cause=TextFailure.TOO_LATE)]
    assert messages(world) == []


@pytest.mark.parametrize("to", ["+39899112233", "+390200000001", "112", "aiuto"])
def test_to_a_number_that_is_never_called_nothing_is_sent(world: World, to: str) -> None:
    text = ask(world, to=E164(to))
    world.until("it is given up", lambda: over(world, text), within_s=3.0)
    assert became(world, text) == [ev.TextFailed(cause=TextFailure.UNFIT)]
    assert messages(world) == []


OF_SIM3 = E164("+390200000003")


def sent_round(world: World, *, by: str = "sim2", to: E164 = OF_SIM3, within_s: float = 60.0) -> TextId:
    until = Instant(world.clock.now_us() + round(within_s * SECOND))
    return world.journal.transact(lambda tx: request_loopback_text(tx, LineId(by), to, until))


def of_round(world: World, text: TextId) -> LoopbackText:
    found = read_loopback_text(world.journal, text)
    assert found is not None
    return found


@pytest.mark.parametrize("to", ["sim3", "sim2"])
def test_a_text_that_goes_round_arrives_at_our_own_line_and_is_no_alert(world: World, to: str) -> None:
    vices(world, Vices(message_takes_s=2.0))
    text = sent_round(world, to=E164(f"+39020000000{to[-1]}"))
    world.until("it has arrived", lambda: of_round(world, text).seconds is not None, within_s=10.0)
    world.until("it is sent", lambda: of_round(world, text).sent_at is not None, within_s=10.0)
    found = of_round(world, text)
    assert found.came_to == to
    assert found.seconds is not None
    assert found.seconds < 5.0
    assert not [one for one in world.journal.read_all() if one.stream.startswith("inbox-")]
    world.advance(2)
    assert world.network.carrier.modem(to).mailbox.listed() == [], "nothing of it stays on the SIM"


def test_while_an_alert_is_open_none_goes_round(world: World) -> None:
    world.send()
    text = sent_round(world, within_s=5.0)
    world.until("it is given up", lambda: of_round(world, text).failed is not None, within_s=10.0)
    assert of_round(world, text).sending_at is None
    assert of_round(world, text).failed is TextFailure.TOO_LATE
