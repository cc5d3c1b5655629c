"""Short messages in the simulated network: what becomes of them by the phone's habits, and is reported."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.config import PhoneConfig
from simulator.network.agenda import Schedule
from simulator.network.call import Message
from simulator.network.carrier import AGAIN_S, INCOMPATIBLE, RECEIVED, REPORT_S, TRYING, deliver
from simulator.network.phone import Phone
from tests.support.each import each

ANNA = "+393330000001"


class Posted:
    def __init__(self, **habits: object) -> None:
        self.agenda = Schedule(0.0)
        profile = replace(PhoneConfig(number=ANNA), **habits)
        self.phone = Phone(profile, None, 0.0)  # type: ignore[arg-type]
        self.message = Message("+390200000001", ANNA, "ciao", b"", 0.0, False)
        self.reports: list[tuple[int, float]] = []
        deliver(self.agenda, self.message, self.phone, lambda *told: self.reports.append(told), 0.0)


def test_a_phone_has_it_after_its_time_and_that_is_reported() -> None:
    posted = Posted(texts_after_s=4.0)
    posted.agenda.run_until(3.9)
    assert (posted.message.delivered, posted.reports) == (False, [])
    posted.agenda.run_until(10.0)
    assert (posted.message.delivered, posted.reports) == (True, [(RECEIVED, 4.0 + REPORT_S)])


@each(
    ("texts", "delivered", "statuses"),
    [
        ("taken", True, [RECEIVED]),
        ("unreported", True, []),
        ("refused", False, [INCOMPATIBLE]),
        ("unreachable", False, [TRYING]),
    ],
)
def test_each_habit_has_its_end(texts: str, delivered: bool, statuses: list[int]) -> None:
    posted = Posted(texts=texts)
    posted.agenda.run_until(60.0)
    assert posted.message.delivered is delivered
    assert [status for status, _ in posted.reports] == statuses


def test_a_phone_that_comes_back_gets_it() -> None:
    posted = Posted(texts="unreachable")
    posted.agenda.run_until(12.0)
    posted.phone.change(replace(posted.phone.profile, texts="taken"))
    posted.agenda.run_until(12.0 + AGAIN_S + REPORT_S)
    assert posted.message.delivered
    assert [status for status, _ in posted.reports] == [TRYING, RECEIVED]
