"""What anybody can write ends no line and no intake: it is tried twice, taken aside, and is an alert."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import actors.alert_intake.actor as intake
import gateways.gsm.sms.pending_messages as texts
from messages import events as ev
from messages.ids import Channel, Role
from messages.sms import SmsArrived
from model.rules.signal import Signal
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import joined
from tests.scenarios.test_modems import alarms
from tests.scenarios.test_texts import STRANGER, on_the_sim, write
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario

FROM_USER = "00040C919333131122320008"
"""Up to its time stamp, which is missing with all the rest."""
FROM_A_BANK = "0004" + "0ED0" + "C2B0BB2C2FBB01" + "0000"
UNREAD = ("raised", "line.text_unreadable", "sim1")


def store(world: World, pdu: str) -> None:
    """The first line's SIM has a message, as its network has given it."""
    assert world.network.carrier.modem("sim1").mailbox.receive([(pdu, len(pdu) // 2 - 1)], True)
    world.network.pump()


def unread(world: World) -> list[ev.TextUnreadable]:
    found = (one.event for one in world.journal.read_all())
    return [one for one in found if isinstance(one, ev.TextUnreadable)]


def incarnation(world: World, role: Role, key: str = "") -> int:
    entry = world.env.directory.find(role, key)
    assert entry is not None
    return entry.incarnation


@pytest.mark.parametrize(
    ("pdu", "phone"),
    [(FROM_USER, USER), ("00" + "ZZ" * 20, None), ("0004FF91" + "33" * 20, None)],
    ids=["cut short behind its sender", "no digits", "nothing of it"],
)
def test_a_text_that_cannot_be_read_is_an_alert_of_its_sender_and_kept_as_it_came(
    world: World, pdu: str, phone: str | None
) -> None:
    store(world, pdu)
    world.until("there is an alert", lambda: len(world.alerts()) == 1, within_s=5)
    (world.alert,) = world.alerts()
    assert (world.case.channel, world.case.phone) == (Channel.SMS, phone)
    assert world.sheet.unread_texts == 1
    (kept,) = unread(world)
    assert (kept.raw, kept.line) == (pdu, "sim1")
    world.until("the SIM is free of it", lambda: on_the_sim(world) == [], within_s=5)
    world.until("it is told", lambda: UNREAD in alarms(world), within_s=5)
    assert world.network.written["sim1"].count(b"AT+CMGR=") == 2, "it was tried again"
    if phone is not None:
        world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    write(world, "a text that can be read", STRANGER)
    world.until("the alarm is over", lambda: ("cleared", *UNREAD[1:]) in alarms(world)).advance(70)
    assert len(unread(world)) == 1
    assert incarnation(world, Role.GSM_MODEM, "sim1") == 1


@pytest.mark.parametrize("pdu", [FROM_A_BANK, "0001000C91933313112232000004C8329BFD"])
def test_what_no_person_in_need_has_sent_is_none_though_it_cannot_be_read(world: World, pdu: str) -> None:
    store(world, pdu)
    world.until("the SIM is free of it", lambda: on_the_sim(world) == [], within_s=5).advance(5)
    assert world.alerts() == []


def failing(real: Callable[..., object], words: str) -> Callable[..., object]:
    """The reader, but for what has these words."""

    def read(said: object, *rest: object) -> object:
        if words in str(said):
            raise OverflowError("cannot convert float infinity to integer")
        return real(said, *rest)

    return read


def test_a_text_whose_reader_raises_is_the_same_and_the_line_serves_on(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "read_aml", failing(texts.read_aml, "poison"))
    world = make_world()
    write(world, "poison " * 60)
    world.until("there is an alert", lambda: len(world.alerts()) == 1, within_s=5)
    (world.alert,) = world.alerts()
    assert world.case.phone == USER
    assert "poison poison" in unread(world)[0].raw
    world.until("the SIM is free of it", lambda: on_the_sim(world) == [], within_s=5)
    write(world, "help", STRANGER)
    world.until("the next one is served", lambda: len(world.alerts()) == 2, within_s=5)
    assert incarnation(world, Role.GSM_MODEM, "sim1") == 1


def test_a_text_that_the_intake_cannot_take_in_is_the_same_and_the_intake_serves_on(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(sms: SmsArrived, *rest: object) -> Signal | None:
        if sms.text == "poison":
            raise OverflowError("int too large")
        return real(sms, *rest)  # type: ignore[arg-type]

    real = intake.signal_of
    monkeypatch.setattr(intake, "signal_of", read)
    world = make_world()
    write(world, "poison")
    write(world, "help", STRANGER)
    world.until("both are alerts", lambda: len(world.alerts()) == 2, within_s=5)
    assert {one.raw.partition("\0")[0] for one in unread(world)} == {"poison"}
    world.until("the SIM is free of it", lambda: on_the_sim(world) == [], within_s=5)
    assert incarnation(world, Role.ALERT_INTAKE) == 1


def test_a_call_that_the_intake_cannot_take_in_is_an_alert_and_is_answered(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "is_hushed", failing(lambda case: False, ""))
    world = make_world()
    # The rule is asked of open alerts of the number alone.
    world.send()
    world.network.call_in(USER)
    world.until("it is answered", lambda: world.events(ev.UserReached), within_s=10)
    assert incarnation(world, Role.ALERT_INTAKE) == 1


def test_an_alert_of_an_unread_text_outlives_the_death_of_its_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.system.kill(Role.ALERT_INTAKE, "")
    store(world, FROM_USER)
    world.advance(0.3)
    assert world.system.kill(Role.GSM_MODEM, "sim1")
    world.until("there is an alert", lambda: len(world.alerts()) == 1, within_s=30)
    world.until("the SIM is free of it", lambda: on_the_sim(world) == [], within_s=5).advance(60)
    assert len(world.alerts()) == len(unread(world)) == 1
