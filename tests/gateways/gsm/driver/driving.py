"""What the tests of the driver share: a leg, the modem's list of calls, a bench with a call."""

from __future__ import annotations

from gateways.gsm.driver.events import CallAnswered, CallId
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.ids import LineId
from tests.gateways.gsm.bench import USER, Bench, FakeModem

OTHER = "+393409998887"
PDU = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
"""`How are you?`, a well-known example."""


def row(stat: int, *, index: int = 1, direction: int = 0, number: str = USER, mpty: int = 0) -> str:
    return f'{index},{direction},{stat},0,{mpty},"{number}",145'


def up(dialect: str = "3gpp", **more: str) -> tuple[Bench, CallId]:
    bench = Bench(dialect, modem=FakeModem(**more))  # type: ignore[arg-type]
    call = bench.dial()
    bench.lists([row(0)], 1.0)
    assert bench.of(CallAnswered)
    return bench, call


def legs_of(bench: Bench) -> LegsOnLine:
    return LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
