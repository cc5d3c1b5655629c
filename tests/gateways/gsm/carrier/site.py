"""A driver at a modem of the simulated carrier's, in memory: two pieces of code that share nothing."""

from __future__ import annotations

from typing import Any, TypeVar

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallEvent, CallId, Event, Ref, SimState
from gateways.gsm.errors import DialRefused
from gateways.gsm.port.dial_guard import DialGuard
from simulator.config import parse_config
from simulator.network.carrier import Carrier
from tests.gateways.gsm.bench import DIALECTS

USER, BUSY, SILENT, REJECTING, AWAY, SECOND, WITHHELD = (
    "+393331112223", "+393330000001", "+393330000002", "+393330000003", "+393330000005",
    "+393409998887", "+393330000009",
)  # fmt: skip

LINE = "+390200000001"

FAMILIES = (
    *("3gpp", "huawei", "simcom7600", "quectel_ec2x", "sim800", "tdscdma", "balong"),
    *("ericsson", "ublox", "cinterion", "telit", "zte", "wavecom"),
)

EARLY = "simcom_a76xx"

ALL = (*FAMILIES, EARLY)

E = TypeVar("E", bound=Event)


class Site:
    """One line: a driver and the modem it speaks to, on the carrier's clock."""

    def __init__(
        self,
        dialect: str,
        *,
        spoken: str | None = None,
        listen_first: bool = False,
        at_command_port: bool = False,
        gives_pin: bool = True,
        **modem: object,
    ) -> None:
        def phone(number: str, behaviour: str = "answer", **more: object) -> dict[str, object]:
            times = {"rings_after_s": 1.0, "answers_after_s": 2.0}
            return {"number": number, "behaviour": behaviour, **times, **more}

        self.now_s = 1000.0
        self.carrier = Carrier(
            parse_config(
                {
                    "simulator": {"no_answer_after_s": 20.0},
                    "modem": [{"name": "one", "dialect": dialect, "number": LINE, **modem}],
                    "phone": [
                        phone(USER),
                        phone(BUSY, "busy"),
                        phone(SILENT, "no_answer"),
                        phone(REJECTING, "reject"),
                        phone(AWAY, "unreachable"),
                        phone(SECOND),
                        phone(WITHHELD, withheld=True),
                        phone("112"),
                    ],
                }
            ),
            self.now_s,
        )
        self.modem = self.carrier.modem("one")
        self.guard = DialGuard(psap_live=False, trunk_emergency=False)
        self.pin = str(modem.get("pin", "")) if gives_pin else ""
        self.events: list[Event] = []
        self.heard = b""
        self.at_command_port = at_command_port
        self.open(spoken or dialect)

    @classmethod
    def set_up(cls, dialect: str, **more: Any) -> Site:
        """One whose modem has answered all that it was asked."""
        site = cls(dialect, **more)
        site.run(2.0)
        return site

    def open(self, spoken: str) -> None:
        """A new process takes the port."""
        self.driver = Driver(DIALECTS, spoken)
        self.driver.set_usb_dialect(None, at_command_port=self.at_command_port)
        self.modem.port_opened(self.now_s)
        self.driver.on_port_opened(self.now_s)
        self.pump()

    def taken_over(self, then_s: float, **more: bool) -> None:
        """A new process finds the port open, and the leg's call in the journal."""
        self.events.clear()
        self.driver = Driver(DIALECTS, self.driver.dialect.key, **more)
        self.driver.adopt(Ref("leg"), USER, self.now_s)
        self.driver.on_port_opened(self.now_s)
        self.run(then_s)

    def replugged(self, then_s: float) -> None:
        self.modem.unplug(self.now_s)
        self.driver.on_port_lost(self.now_s)
        self.run(2.0)
        self.modem.plug(self.now_s)
        self.modem.port_opened(self.now_s)
        self.driver.on_port_opened(self.now_s)
        self.run(then_s)

    def pump(self) -> None:
        for _ in range(1000):
            output = self.driver.take_output()
            if output:
                try:
                    self.modem.feed(self.guard.pass_through(output), self.now_s)
                except DialRefused as error:
                    self.driver.write_refused(self.now_s, str(error))
            answer = self.modem.take_output()
            if answer:
                self.heard += answer
                self.driver.receive(answer, self.now_s)
            news = self.driver.take_events()
            self.events += news
            if self.pin and any(isinstance(event, SimState) and event.code == "SIM PIN" for event in news):
                self.driver.enter_pin(self.pin, self.now_s)
            if not output and not answer:
                return
        raise AssertionError("driver and modem talk without end")

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        self.pump()
        for _ in range(20_000):
            dues = (self.driver.next_deadline(), self.carrier.next_deadline())
            due_s = min((due for due in dues if due is not None), default=until_s)
            self.now_s = min(until_s, max(self.now_s, due_s))
            self.carrier.advance(self.now_s)
            self.driver.tick(self.now_s)
            self.pump()
            if due_s >= until_s:
                return
        raise AssertionError("the deadlines do not move")

    def answered_call(self, ref: str = "leg", number: str = USER) -> CallId:
        """A call that we dial, once it is up."""
        call = self.driver.dial(Ref(ref), number, self.now_s)
        self.run(8.0)
        return call

    def rings(self, caller: str, then_s: float) -> None:
        self.carrier.phone_call(caller, LINE, self.now_s)
        self.run(then_s)

    def far_end_hangs_up(self, number: str, then_s: float) -> None:
        self.carrier.phone_hang_up(number, self.now_s)
        self.run(then_s)

    def answer(self, call: CallId) -> None:
        self.driver.answer(call, self.now_s)
        self.run(3.0)

    def hang_up(self, call: CallId, then_s: float) -> None:
        self.driver.hang_up(call, self.now_s)
        self.run(then_s)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def story(self) -> list[str]:
        return [type(event).__name__ for event in self.events if isinstance(event, CallEvent)]
