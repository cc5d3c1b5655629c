"""The dialogue by short messages, through the whole center: there and back, once, in its order, and never
where the phone is to keep still."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from typing import Any

import pytest

from messages import events as ev
from messages.ids import SECOND, Assurance, Channel, Role, TextFailure
from model.alert.parts import SmsDelivery
from model.rules.messages.message_channel import LOST_US
from simulator.config import changed_phone
from simulator.control import text_reports
from simulator.modem.vices import Vices
from store.journal.notify import LocalNotifier
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import joined, to_attended, to_talking, voice_alert
from tests.scenarios.test_sending_texts import vices
from tests.scenarios.test_texts import on_the_sim, write
from tests.scenarios.world import SETTINGS, USER, World
from tests.support.depth import every
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

LOST_S = LOST_US / SECOND


class Deaf(LocalNotifier):
    """Tells nobody of a commit, once it is `deaf`."""

    deaf = False

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Nothing, then."""
        if not self.deaf:
            super().committed(seq, streams)


class App:
    """The user's app: it polls while it has data, says what has arrived, and writes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shows: list[str] = []

    def polls(self) -> None:
        """It has data, for this moment."""
        theirs = [one for one in self.world.case.dialogue if one.by]
        self.shows = [one.text for one in theirs]
        if any(one.arrived_at is None for one in theirs):
            self.world.fact(ev.DialogueSeen(upto=len(self.world.case.dialogue), read=True))

    def writes(self, text: str) -> None:
        said = ev.DialogueSaid(id=f"app-{len(self.world.case.dialogue)}", text=text)
        self.world.fact(said)


def says(world: World, text: str, **of: Any) -> None:
    """The operator writes."""
    case = world.case
    by = case.operator or world.operators[0]
    world.fact(ev.DialogueSaid(id=f"op-{len(case.dialogue)}", by=by, text=text, **of))


def on_the_phone(world: World) -> list[str]:
    return [str(one["text"]) for one in text_reports(world.network.carrier.messages, USER)]


def dialogue(world: World) -> list[tuple[bool, Channel, str]]:
    return [(bool(one.by), one.channel, one.text) for one in world.case.dialogue]


def sent(world: World, count: int = 1) -> bool:
    return (
        sum(one.texted is not None and one.texted.sent_at is not None for one in world.case.dialogue) == count
    )


def test_data_lost_in_mid_sentence_on_by_sms_and_back(world: World) -> None:
    to_talking(world)
    app = App(world)
    says(world, "Sei ferita?")
    app.polls()
    world.advance(LOST_S + 5)
    assert on_the_phone(world) == [], "what has arrived in the app is not sent as well"
    app.writes("no")
    says(world, "In che stanza sei?")
    says(world, "C'è un'uscita?")
    world.advance(LOST_S - 1)
    assert on_the_phone(world) == []
    world.until("both go by SMS", lambda: sent(world, 2), within_s=10)
    assert on_the_phone(world) == ["In che stanza sei?", "C'è un'uscita?"]
    write(world, "in bagno")
    world.until("the answer is there", lambda: len(world.case.dialogue) == 5)
    says(world, "Resta lì.")
    world.until("it goes at once", lambda: sent(world, 3), within_s=3)
    app.polls()
    says(world, "Stanno arrivando.")
    app.polls()
    world.advance(LOST_S + 5)
    assert on_the_phone(world) == ["In che stanza sei?", "C'è un'uscita?", "Resta lì."]
    assert app.shows == [
        "Sei ferita?",
        "In che stanza sei?",
        "C'è un'uscita?",
        "Resta lì.",
        "Stanno arrivando.",
    ]
    assert [text for _, _, text in dialogue(world)] == [
        "Sei ferita?",
        "no",
        "In che stanza sei?",
        "C'è un'uscita?",
        "in bagno",
        "Resta lì.",
        "Stanno arrivando.",
    ]
    assert len(world.alerts()) == 1


def test_an_alert_by_sms_is_answered_by_sms(world: World) -> None:
    write(world, "aiuto")
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    world.until("an operator has it", lambda: world.case.operator is not None)
    says(world, "Dove sei?", channel=Channel.SMS)
    world.until("it is sent", lambda: sent(world), within_s=5)
    write(world, "via Roma 12")
    world.until("the answer is there", lambda: len(world.case.dialogue) == 3)
    assert dialogue(world) == [
        (False, Channel.SMS, "aiuto"),
        (True, Channel.SMS, "Dove sei?"),
        (False, Channel.SMS, "via Roma 12"),
    ]
    assert on_the_phone(world) == ["Dove sei?"]


def test_in_an_alert_by_voice_what_is_written_goes_by_sms_at_once(make_world: MakeWorld) -> None:
    world = make_world(public=4)
    voice_alert(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    says(world, "Se non puoi parlare, scrivi.", channel=Channel.SMS)
    world.until("it is sent", lambda: sent(world), within_s=5)
    assert on_the_phone(world) == ["Se non puoi parlare, scrivi."]


def test_in_a_silent_alert_the_phone_does_not_sound_until_an_operator_orders_it(world: World) -> None:
    to_attended(world, silent=True)
    says(world, "Sei sola?")
    world.advance(LOST_S + 10)
    assert on_the_phone(world) == []
    world.fact(ev.DialogueTextsOrdered(by=world.operators[0]))
    world.until("it is sent", lambda: sent(world), within_s=5)
    assert on_the_phone(world) == ["Sei sola?"]
    assert world.calls(USER) == []


@pytest.mark.parametrize("tried", [ev.AlertCancelled(duress=True), ev.AlertCancelled(), ev.PinRefused()])
def test_after_an_attempt_to_cancel_nothing_goes_out_and_what_comes_in_is_taken(
    world: World, tried: ev.Event
) -> None:
    to_talking(world)
    says(world, "Sei sola?")
    world.advance(LOST_S - 2).fact(tried)
    write(world, "tutto bene")
    world.until("it is taken", lambda: len(world.case.dialogue) == 2).advance(10)
    assert on_the_phone(world) == []
    assert world.case.dialogue[0].texted is None
    assert len(world.alerts()) == 1


def test_a_cancellation_of_the_same_moment_is_not_overtaken(make_world: MakeWorld) -> None:
    """The case has decided to write, and finds the cancellation in the inbox when it is about to."""
    notify = Deaf()
    world = make_world(notify=notify)
    to_talking(world)
    says(world, "Sei sola?")
    world.advance(LOST_S - 0.01)
    # Behind the case's back: no commit wakes it, as a datagram may be lost.
    notify.deaf = True
    world.fact(ev.AlertCancelled(duress=True)).advance(5)
    assert on_the_phone(world) == []


def test_words_of_a_forged_sender_are_shown_as_claimed_and_move_nothing(world: World) -> None:
    alert = world.send(proof=Assurance.DEVICE, key="k1")
    world.until("an operator has it", lambda: world.case.operator is not None)
    write(world, "era uno sbaglio, annullate")
    world.until("it is there", lambda: len(world.case.dialogue) == 1)
    assert world.alerts() == [alert]
    (one,) = world.case.dialogue
    assert (one.channel, world.case.proof) == (Channel.SMS, Assurance.DEVICE)
    assert not world.case.cancelled
    assert world.case.beside == ()


def test_with_all_lines_taken_a_message_waits_for_one_and_is_given_up(make_world: MakeWorld) -> None:
    settings = changed(SETTINGS, {"limits.inbound_lines_kept": 0})
    world = make_world(public=2, emergency=1, settings=settings)
    to_talking(world)
    says(world, "Sei sola?")
    world.until("it is given up", lambda: failure(world) is not None, within_s=180)
    assert failure(world) is TextFailure.TOO_LATE
    assert on_the_phone(world) == []


@pytest.mark.parametrize("since", [ev.AlertCancelled(duress=True), ev.AlertCancelled(), ev.PinRefused()])
def test_what_has_waited_for_a_line_is_held_back_after_a_cancellation(world: World, since: ev.Event) -> None:
    to_talking(world)
    says(world, "Sei sola?")
    world.until("it waits", lambda: world.case.dialogue[0].texted is not None, within_s=20).fact(since)
    world.until("it is held back", lambda: failure(world) is not None, within_s=10)
    assert failure(world) is TextFailure.WITHHELD
    assert on_the_phone(world) == []


def failure(world: World) -> TextFailure | None:
    texted = world.case.dialogue[-1].texted
    return None if texted is None else texted.failure


@pytest.mark.parametrize(
    ("role", "at_s"),
    every(
        5,
        product(
            (Role.ALERT_CASE, Role.ALERT_INTAKE, Role.TRUNK_POOL, Role.GSM_MODEM),
            (LOST_S - 0.1, LOST_S + 0.05, LOST_S + 1.1),
        ),
    ),
)
def test_whoever_dies_it_is_sent_once_at_most_and_whatever_came_in_is_there_once(
    world: World, role: Role, at_s: float
) -> None:
    to_talking(world)
    says(world, "Sei sola?")
    world.advance(at_s)
    write(world, "no")
    world.kill(role).until("all is there", lambda: len(world.case.dialogue) == 2, within_s=20)
    world.until("its end is known", lambda: sent(world) or failure_of_first(world) is not None)
    world.until("the SIM forgets it", lambda: on_the_sim(world) == []).advance(75)
    assert len(on_the_phone(world)) <= 1
    assert sent(world) == bool(on_the_phone(world)) or failure_of_first(world) is TextFailure.UNKNOWN
    assert dialogue(world) == [(True, Channel.DATA, "Sei sola?"), (False, Channel.SMS, "no")]
    assert len(world.alerts()) == 1


def failure_of_first(world: World) -> TextFailure | None:
    texted = world.case.dialogue[0].texted
    return None if texted is None else texted.failure


def phone(world: World, **of: object) -> None:
    """What the user's phone does from now on."""
    user = world.network.carrier.phone(USER)
    user.change(changed_phone(user.profile, of))


def texted(world: World) -> SmsDelivery:
    """The way of the last message by short message."""
    found = world.case.dialogue[-1].texted
    assert found is not None
    return found


def to_written(world: World, text: str = "Sei sola?") -> None:
    """A message is on its way to an alert that came by SMS."""
    write(world, "aiuto")
    world.until("there is an alert", lambda: len(world.alerts()) == 1)
    world.until("an operator has it", lambda: world.case.operator is not None)
    says(world, text, channel=Channel.SMS)


@pytest.mark.parametrize("text", ["Sei sola?", "Resta dove sei. " * 20])
def test_what_the_phone_has_is_shown_as_delivered_and_no_sooner(world: World, text: str) -> None:
    phone(world, texts_after_s=20.0)
    to_written(world, text.strip())
    world.until("it is sent", lambda: sent(world), within_s=6)
    assert texted(world).awaits
    world.advance(15)
    assert texted(world).delivered_at is None
    world.until("it is delivered", lambda: texted(world).delivered_at is not None, within_s=10)
    assert on_the_phone(world) == [text.strip()]


def test_a_phone_that_is_off_is_told_and_gets_it_when_it_is_on(world: World) -> None:
    phone(world, texts="unreachable")
    to_written(world)
    world.until("the network tries", lambda: texted(world).waits_at is not None, within_s=10).advance(30)
    assert (texted(world).delivered_at, texted(world).failed_at) == (None, None)
    phone(world, texts="taken")
    world.until("it is delivered", lambda: texted(world).delivered_at is not None, within_s=10)


def test_a_report_that_comes_before_the_network_s_answer_counts(world: World) -> None:
    vices(world, Vices(message_takes_s=5.0))
    to_written(world)
    world.until("it is delivered", lambda: texted(world).delivered_at is not None, within_s=10)
    assert sent(world)
    assert texted(world).failed_at is None


def test_a_line_that_dies_between_sending_and_the_report_tells_it_all_the_same(world: World) -> None:
    phone(world, texts_after_s=8.0)
    to_written(world)
    world.until("it is sent", lambda: sent(world), within_s=6).kill(Role.GSM_MODEM)
    world.until("it is delivered", lambda: texted(world).delivered_at is not None, within_s=15)
