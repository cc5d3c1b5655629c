"""Asks whoever is at a port for its IMEI, and nothing else: no setting is touched, no call is listed.

Sans-IO, as the driver is. `imei` is none until it is over, and empty when nobody has answered or told one.
"""

from __future__ import annotations

from gateways.gsm.at import commands as at
from gateways.gsm.at.commands import Urgency
from gateways.gsm.at.engine import Engine
from gateways.gsm.at.parse import parse_imei
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.driver.startup import command_of


class Asking:
    """One port's question. `base` is the dialect that everybody understands."""

    def __init__(self, base: CompiledDialect, now_s: float) -> None:
        self._base = base
        self._engine = Engine(base.rules)
        self._questions = ["AT+CGSN", "ATI"]
        self.imei: str | None = None
        self.answered = False
        """Whether a modem is there at all."""
        self._engine.start(now_s)
        self._work(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Bytes from the port."""
        self._engine.receive(data, now_s)
        self._work(now_s)

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        self._engine.tick(now_s)
        self._work(now_s)

    def take_output(self) -> bytes:
        """Bytes to write now."""
        return self._engine.take_output()

    def _work(self, now_s: float) -> None:
        for event in self._engine.take_events():
            match event:
                case at.InSync():
                    self.answered = True
                    self._ask(now_s)
                case at.Finished(lines=lines):
                    imei = parse_imei(lines)
                    if imei:
                        self.imei = imei
                    else:
                        self._ask(now_s)
                case at.SyncLost():
                    self.imei = self.imei or ""
                case _:
                    pass

    def _ask(self, now_s: float) -> None:
        if self.imei is not None:
            return
        if self._questions:
            question = command_of(self._base, self._questions.pop(0), Urgency.SET_UP)
            self._engine.submit(question, now_s)
        else:
            self.imei = ""
