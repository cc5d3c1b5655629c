"""What is left on a SIM is asked of its network by the line's own process, and never against an alert."""

from __future__ import annotations

import pytest

from messages.credit import CreditFailure, CreditOrder, LineCredit
from messages.ids import LineId, Role
from model.settings.lines import CreditSettings
from runtime.published import line_files
from simulator.modem.vices import Vices
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario
SIM2 = LineId("sim2")
CODE = CreditSettings(ussd="*123#", least=5.0)
TEXT = CreditSettings(sms_to="4155", words="CREDITO", pattern="([0-9]+,[0-9]{2}) *euro", least=5.0)
WORDS = "Gentile cliente, ha 12,30 euro."


def made(make_world: MakeWorld, question: CreditSettings | None = CODE, **vices: object) -> World:
    world = make_world(credit={} if question is None else {SIM2: question})
    world.network.carrier.modem("sim2").change_vices(Vices(**vices))  # type: ignore[arg-type]
    return world


def order(world: World, name: str = "o1") -> None:
    wanted = CreditOrder(order=name, line=SIM2, begun_at=world.clock.now_us())
    line_files.order_credit(world.env.run, wanted)


def told(world: World, name: str = "o1") -> LineCredit | None:
    found = line_files.credit_of(world.env.state, SIM2)
    return found if found is not None and found.order == name else None


def over(world: World, within_s: float = 60.0, name: str = "o1") -> LineCredit:
    world.until("it is over", lambda: bool((found := told(world, name)) and found.ended_at), within_s)
    found = told(world, name)
    assert found is not None
    assert line_files.credit_order_of(world.env.run, SIM2) is None
    return found


def asked(world: World) -> bool:
    found = told(world)
    return found is not None and found.asked_at is not None


@pytest.mark.parametrize("form", ["text", "packed", "ucs2"])
def test_a_code_is_answered_in_whichever_form(make_world: MakeWorld, form: str) -> None:
    world = made(make_world, ussd="Saldo:\n3,50 EUR al 28/11", ussd_form=form)
    order(world)
    found = over(world)
    assert (found.amount, found.low, found.failure) == (3.5, True, None)
    assert found.text == "Saldo: 3,50 EUR al 28/11"


@pytest.mark.parametrize(
    ("question", "vices", "failure"),
    [
        (None, {}, CreditFailure.NOT_SET),
        (CODE, {"ussd_form": "refused"}, CreditFailure.REFUSED),
        (CODE, {"ussd_form": "ended"}, CreditFailure.NO_ANSWER),
        (CODE, {"ussd": ""}, CreditFailure.NO_ANSWER),
        (CODE, {"ussd": "Servizio non disponibile"}, CreditFailure.NOT_UNDERSTOOD),
    ],
)
def test_what_is_not_known_says_why(
    make_world: MakeWorld, question: CreditSettings | None, vices: dict[str, object], failure: CreditFailure
) -> None:
    world = made(make_world, question, **vices)
    order(world)
    found = over(world)
    assert (found.amount, found.failure) == (None, failure)


def test_a_text_is_answered_by_a_text_which_is_no_alert_however_late(make_world: MakeWorld) -> None:
    world = made(make_world, TEXT)
    carrier = world.network.carrier
    order(world)
    world.until("it is asked", lambda: bool(carrier.messages), 20)
    assert [(one.sender, one.to[-4:], one.text) for one in carrier.messages] == [
        ("+390200000002", "4155", "CREDITO")
    ]
    carrier.send_message("4155", "+390200000002", WORDS, b"", world.clock.now_us() / 1e6)
    assert over(world).amount == 12.3
    carrier.send_message("4155", "+390200000002", "Buone feste!", b"", world.clock.now_us() / 1e6)
    world.advance(5)
    assert not [one for one in world.journal.read_all() if one.stream.startswith("inbox-")]
    assert carrier.modem("sim2").mailbox.listed() == []


def test_a_line_with_a_call_is_not_asked_and_its_turn_is_not_waited_for_for_ever(
    make_world: MakeWorld,
) -> None:
    world = make_world(credit={LineId(f"sim{n}"): CODE for n in range(1, 5)})
    world.send()
    world.until("both are called", lambda: len(world.live_calls()) == 2, 20)
    on = [call.line for call in world.live_calls()]
    line = LineId(next(one for one in on if one is not None))
    wanted = CreditOrder(order="o1", line=line, begun_at=world.clock.now_us())
    line_files.order_credit(world.env.run, wanted)
    world.advance(10)
    found = line_files.credit_of(world.env.state, line)
    assert found is not None
    assert found.asked_at is None
    world.advance(115)
    found = line_files.credit_of(world.env.state, line)
    assert found is not None
    assert (found.failure, found.asked_at) == (CreditFailure.BUSY, None)


def test_an_alert_is_called_for_while_a_code_waits_for_its_answer(make_world: MakeWorld) -> None:
    world = make_world(public=2, credit={SIM2: CODE})
    world.network.carrier.modem("sim2").change_vices(Vices(ussd=WORDS, ussd_takes_s=30.0))
    order(world)
    world.until("it is asked", lambda: asked(world), 10)
    world.send()
    world.until("both are called", lambda: len(world.live_calls()) == 2, 20)
    found = told(world)
    assert found is not None
    assert found.ended_at is None, "the line that waits for an answer has one of them"
    assert over(world).amount == 12.3


def test_killed_in_the_middle_it_is_not_asked_again(make_world: MakeWorld) -> None:
    world = made(make_world, ussd=WORDS, ussd_takes_s=5.0)
    order(world)
    world.until("it is asked", lambda: asked(world), 10)
    assert world.system.kill(Role.GSM_MODEM, "sim2")
    world.system.run()
    assert over(world).failure is CreditFailure.INTERRUPTED
    order(world, "o2")
    assert over(world, name="o2").amount == 12.3
