"""SIMs at the simulated carrier: PINs, cards, emergency numbers, short messages."""

from __future__ import annotations

from gateways.gsm.driver.events import CallAnswered, EmergencyNumbers, SmsReceived
from tests.gateways.gsm.bench import DIALECTS, Bench, FakeModem
from tests.gateways.gsm.carrier.site import ALL, LINE, USER, Site
from tests.support.each import each


@each("dialect", ALL)
def test_a_sim_with_a_pin_is_opened(dialect: str) -> None:
    site = Site(dialect, pin="1234")
    site.run(5.0)
    assert site.driver.sim == "READY"
    assert site.driver.ready
    site.answered_call()
    assert site.of(CallAnswered)


@each("dialect", ALL)
def test_which_card_it_is_is_known_ahead_of_its_pin_and_again_after_another_was_put_in(dialect: str) -> None:
    site = Site.set_up(dialect, gives_pin=False, pin="1234", card="8939010000123456789")
    assert (site.driver.sim, site.driver.card) == ("SIM PIN", "8939010000123456789")
    site.modem.card = "8939010000123456790"
    site.run(DIALECTS.get(dialect).data.poll.idle_s + 1.0)
    assert (site.driver.sim, site.driver.card) == ("SIM PIN", "8939010000123456790")


def test_a_modem_that_tells_no_card_leaves_it_open() -> None:
    bench = Bench(modem=FakeModem(answers={DIALECTS.base().data.card: "+CME ERROR: 11"}))
    assert bench.driver.ready
    assert bench.driver.card == ""


def test_the_sims_emergency_numbers_are_learnt() -> None:
    site = Site.set_up("3gpp", sim_emergency_numbers=["112", "118", "1522"])
    assert [event.numbers for event in site.of(EmergencyNumbers)] == [("112", "118", "1522")]


@each("dialect", ALL)
def test_a_short_message_comes_whole(dialect: str) -> None:
    site = Site.set_up(dialect)
    text = "aiuto! " * 40
    site.carrier.phone_sms(USER, LINE, text, site.now_s)
    site.run(5.0)
    assert [(event.number, event.text) for event in site.of(SmsReceived)] == [(USER, text)]
