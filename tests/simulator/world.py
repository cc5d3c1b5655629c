"""A small simulated world under a virtual clock, and a host that talks to one of its modems."""

from __future__ import annotations

import re
from collections.abc import Callable

from simulator.config import Config, parse_config
from simulator.modem.modem import Modem
from simulator.network.call import Call
from simulator.network.carrier import Carrier
from tests.support.each import each

USER, OPERATOR, PSAP, BUSY, SILENT, REJECTING, VOICEMAIL, AWAY = (
    "+393331112223", "+390200000100", "+390200000112", "+393330000001", "+393330000002",
    "+393330000003", "+393330000004", "+393330000005",
)  # fmt: skip
ONE, TWO = "+390200000001", "+390200000002"
DIALECTS = (
    *("3gpp", "huawei", "simcom7600", "quectel_ec2x", "sim800", "tdscdma", "balong"),
    *("ericsson", "ublox", "cinterion", "telit", "zte", "wavecom"),
)
LATE = ("cinterion", "telit", "wavecom")
"""Those whose dial, as they leave the factory, has its OK later, and is ended by any byte until then."""
AT_ONCE = tuple(name for name in DIALECTS if name not in LATE)
EARLY = "simcom_a76xx"
"""Says that a call is answered when it rings."""
NOISE = (
    *(
        "^RSSI", "^BOOT", "+CGEV", '+QIND: "csq"', '+QIND: "act"', "*PSUTTZ", "DST:", "^HCSQ",
        "+ZUSIMR", "+ZDONR",
    ),
    *("*EMWI", "*ETZV", "+CIEV", "^SBC", "#QSS", "#NITZ"),
)  # fmt: skip
CLCC = re.compile(r'\+CLCC: (\d),(\d),(\d),0,(\d),"([^"]*)",(\d+)')


def config(
    dialect: str, *, modem: dict[str, object] | None = None, phones: tuple[object, ...] = ()
) -> Config:
    """Two modems of a dialect and the usual phones, quick ones."""

    def phone(number: str, behaviour: str = "answer", says: str = "") -> dict[str, object]:
        return {
            "number": number,
            "behaviour": behaviour,
            "says": says,
            "rings_after_s": 1.0,
            "answers_after_s": 2.0,
        }

    return parse_config(
        {
            "simulator": {"no_answer_after_s": 20.0},
            "modem": [
                {"name": "one", "dialect": dialect, "number": ONE, **(modem or {})},
                {"name": "two", "dialect": dialect, "number": TWO, "trunk": "emergency"},
            ],
            "phone": [
                phone(USER, says="tone:440"),
                phone(OPERATOR, says="tone:620"),
                phone(PSAP, says="tone:880"),
                phone(BUSY, "busy"),
                phone(SILENT, "no_answer"),
                phone(REJECTING, "reject"),
                phone(VOICEMAIL, "voicemail"),
                phone(AWAY, "unreachable"),
                *phones,
            ],
        }
    )


class World:
    """A carrier with its clock; `one` is the first modem's host, with echo off and the port open."""

    def __init__(
        self, dialect: str, *, modem: dict[str, object] | None = None, phones: tuple[object, ...] = ()
    ) -> None:
        self.now_s = 1000.0
        self.carrier = Carrier(config(dialect, modem=modem, phones=phones), self.now_s)
        self.one = Host(self, self.carrier.modems["one"])
        self.two = Host(self, self.carrier.modems["two"])

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while (due_s := self.carrier.next_deadline()) is not None and due_s <= until_s:
            self.now_s = max(self.now_s, due_s)
            self.carrier.advance(self.now_s)
        self.now_s = until_s
        self.carrier.advance(self.now_s)

    @property
    def call(self) -> Call:
        return self.carrier.calls[-1]


class Host:
    """What a program at a modem's AT port does and sees."""

    def __init__(self, world: World, modem: Modem) -> None:
        self.world = world
        self.modem = modem
        modem.port_opened(world.now_s)
        self.ask("ATE0")

    def write(self, text: str) -> None:
        self.modem.feed(text.encode(), self.world.now_s)

    def ask(self, command: str) -> list[str]:
        """Send a command; the lines that come at once."""
        self.write(command + "\r")
        return self.lines()

    def lines(self) -> list[str]:
        """Everything said since the last time, line by line, periodic noise left out."""
        text = self.modem.take_output().decode()
        lines = [line for line in re.split(r"[\r\n]+", text) if line]
        return [line for line in lines if not line.startswith(NOISE)]

    def run(self, seconds: float) -> list[str]:
        self.world.run(seconds)
        return self.lines()

    def clcc(self) -> list[tuple[int, int, int, int, str]]:
        """The rows of +CLCC: id, direction, stat, multiparty, number without its `+`."""
        rows = [CLCC.match(line) for line in self.ask("AT+CLCC")]
        return [
            (int(row[1]), int(row[2]), int(row[3]), int(row[4]), row[5].lstrip("+"))
            for row in rows
            if row is not None
        ]

    def stats(self) -> list[int]:
        return [row[2] for row in self.clcc()]

    def call(self, number: str) -> None:
        self.ask(f"ATD{number};")
        self.run(4.5)
        assert self.world.call.answered_at_s is not None


def each_world(test: Callable[..., None]) -> Callable[..., None]:
    @each("dialect", DIALECTS)
    def in_all(dialect: str) -> None:
        test(world=World(dialect))

    return in_all
