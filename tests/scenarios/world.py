"""A whole center in one process: all actors, the journal in a file, the carrier, a clock that is moved."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

from msgspec.structs import replace

from center import features
from center.node.composition import SUPERVISOR, plan
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.port_control import PortControl
from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Instant,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Party,
    Role,
    ShiftState,
    TrunkId,
)
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.leg import Leg
from model.orders.effects import refusal
from model.rules.signal import Signal
from model.settings import Settings
from model.settings.alerts import AlertSettings, LimitsSettings
from model.settings.lines import CreditSettings, Modem
from model.settings.psap import PsapSettings
from model.setup import Setup
from model.telling.sheet import Sheet
from runtime.actor import CenterActor
from runtime.clock import VirtualClock
from runtime.environment import Environment, Faults
from runtime.published.directory import MemoryDirectory
from runtime.system.one_process import OneProcess
from runtime.system.spec import Plan
from runtime.system.system import start
from simulator.config import ModemConfig, parse_config
from simulator.network.call import Call
from store import streams
from store.alerts.accepting import accept
from store.alerts.sheets import read_sheet
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.notify import LocalListener, LocalNotifier
from store.registry.people import Person
from store.registry.registry import Registry
from tests.scenarios.listeners import LISTENERS
from tests.scenarios.mixer import MISSING_PORTS, NO_VOICE, SILENT_PORTS, SilentMixerActor
from tests.scenarios.pipe import NETWORKS, Network
from tests.support.journals import empty_journal
from tests.support.settings import changed

features.install()

USER = E164("+393331112223")
PSAP = E164("+390200000112")
OPERATORS = tuple(E164(f"+39020000010{n}") for n in range(3))
SETUP_S = 1.0
E = TypeVar("E")

SETTINGS = Settings(
    psap=PsapSettings(number=PSAP),
    limits=LimitsSettings(idle_workers=1, live_cases=4),
    alert=AlertSettings(leave_alarm_within_s=5.0),
)
LEFT_S = SETTINGS.alert.leave_alarm_within_s + 1.0
"""After the operator has left user and 112, the end of their call is the end of a conversation."""

CARRIER = """
[simulator]
control = "127.0.0.1:0"
"""


DIALECTS = ("huawei", "simcom7600")


def carrier_toml(
    public: int,
    emergency: int,
    behaviours: dict[str, str],
    more: Mapping[str, str] = MappingProxyType({}),
    dialects: Sequence[str] = DIALECTS,
) -> str:
    """The carrier's world: lines of these dialects in turn, operators, a PSAP, and the user as wanted."""
    parts = [CARRIER]
    for n in range(public + emergency):
        trunk = "public" if n < public else "emergency"
        parts.append(
            f'[[modem]]\nname = "sim{n + 1}"\ndialect = "{dialects[n % len(dialects)]}"\ntrunk = "{trunk}"\n'
            f'number = "+3902000000{n + 1:02d}"\nsetup_time_s = {SETUP_S}\n{more.get(f"sim{n + 1}", "")}\n'
        )
    people = {str(USER): "answer", str(PSAP): "answer", **{str(one): "answer" for one in OPERATORS}}
    for number, behaviour in {**people, **behaviours}.items():
        parts.append(
            f'[[phone]]\nnumber = "{number}"\nname = "{number}"\nrings_after_s = 2.0\n'
            f'answers_after_s = 2.0\nbehaviour = "{behaviour}"\nsays = "silence"\n'
        )
    return "\n".join(parts)


class World:
    """See the module."""

    def __init__(
        self,
        state: Path,
        *,
        operators: int = 1,
        public: int = 3,
        emergency: int = 1,
        behaviours: dict[str, str] | None = None,
        settings: Settings | None = None,
        faults: Faults | None = None,
        notify: LocalNotifier | None = None,
        by_imei: Collection[str] = (),
        pins: Mapping[str, tuple[str, str]] = MappingProxyType({}),
        modems: Mapping[str, str] = MappingProxyType({}),
        boots_in_s: float = 1.0,
        dialects: Sequence[str] = DIALECTS,
        early: bool = False,
        voiceless: bool = False,
        everywhere: str = "",
        credit: Mapping[str, CreditSettings] = MappingProxyType({}),
        changes: Mapping[str, object] = MappingProxyType({}),
        begins_us: int | None = None,
    ) -> None:
        """`by_imei`: lines whose modem has to be found; `pins`: a SIM's PIN, and the file of the line's;
        `modems`: further keys of the carrier's, by modem; `begins_us`: when it is started, if `state` has a
        journal already.

        `early`: all modems say that a call is answered when the phone only rings. `voiceless`: none has a
        voice port, whatever its family. `everywhere`: keys of each `[[modem]]` of the carrier's world.
        `changes`: of the settings, by the paths of keys or tables.
        """
        self.clock = VirtualClock() if begins_us is None else VirtualClock(begins_us)
        self.expected_to_be_stuck: list[str] = []
        self.alert = AlertId("")
        """The last that was sent."""
        self._case: Case | None = None
        self._folded: tuple[AlertId, int] | None = None
        """Of which alert, and up to where."""
        self.settings = changed(settings or SETTINGS, changes)
        more = {name: f'pin = "{pin}"\n' for name, (pin, _) in pins.items()}
        more = {name: more.get(name, "") + modems.get(name, "") for name in {*more, *modems}}
        if boots_in_s != 1.0:
            more |= {f"sim{n + 1}": f"boot_time_s = {boots_in_s}" for n in range(public + emergency)}
        if early:
            dialects = ("simcom7600",)
            more |= {f"sim{n + 1}": "early_answer = true" for n in range(public + emergency)}
        if voiceless:
            everywhere += "\nvoice = false"
        more = {
            name: f"{more.get(name, '')}\n{everywhere}"
            for name in (f"sim{n + 1}" for n in range(public + emergency))
        }
        config = parse_config(
            tomllib.loads(carrier_toml(public, emergency, behaviours or {}, more, dialects))
        )
        self.network = Network(config, self.clock)
        NETWORKS.append(self.network)
        lines = tuple(
            Modem(
                name=modem.name,
                trunk=TrunkId(modem.trunk),
                emergency=modem.trunk == "emergency",
                number=E164(modem.number),
                inbound=modem.trunk == "public",
                imei=self.network.carrier.modem(modem.name).imei if modem.name in by_imei else "",
                port="" if modem.name in by_imei else modem.name,
                voice_port=_voice_port(modem, found=voiceless or modem.name in by_imei),
                dialect="early_with_voice" if early else modem.dialect,
                pin_file=pins[modem.name][1] if modem.name in pins else "",
                credit=credit.get(modem.name, CreditSettings()),
            )
            for modem in config.modems
        )
        setup = Setup(settings=changed(self.settings, {"modem": lines, "proof.at": "", **changes}))
        self.notify = notify or LocalNotifier()
        self._url = empty_journal(state / "journal.db")
        self.journal = self._open()
        self.registry = Registry(self.journal)
        giulia = Person(first_name="Giulia", last_name="Rossi", phones=(USER,), devices=("phone-1",))
        self.user = self.registry.user_by_phone(USER) or self.registry.add_user(giulia, by="test")
        self.operators = [self._operator(n) for n in range(operators)]
        self.env = Environment(
            node=NodeId("test"),
            state=state,
            clock=self.clock,
            directory=MemoryDirectory(),
            open_journal=self._open,
            settings=setup,
            plan=for_tests(plan(setup)),
            faults=faults,
        )
        system = start("in_process", self.env, SUPERVISOR)
        assert isinstance(system, OneProcess)
        self.system = system
        system.base.buried = bury
        self.network.pump()
        self.advance(3.0)

    def _open(self) -> Journal:
        return Journal.open(self._url, node=NodeId("test"), clock=self.clock.now_us, notify=self.notify)

    def _operator(self, n: int) -> OperatorId:
        operator = self.registry.add_operator(f"Operator {n}", OPERATORS[n], by="test").id
        self.shift(operator, ShiftState.READY)
        return operator

    def shift(self, operator: OperatorId, state: ShiftState) -> Self:
        """An operator says ready, or not."""
        changed = ev.ShiftChanged(operator=operator, state=state)
        self.journal.append(Append(streams.operator(operator), None, (changed,)))
        return self

    def close(self) -> None:
        """End everything."""
        self.system.stop()
        self.journal.close()
        NETWORKS.remove(self.network)
        SILENT_PORTS.clear()
        MISSING_PORTS.clear()
        NO_VOICE.clear()
        LISTENERS.clear()
        for port in list(self.network.ports.values()):
            port.close()

    # ------------------------------------------------------------ what happens

    def advance(self, seconds: float) -> Self:
        """Let time pass."""
        self.system.advance(seconds)
        return self

    def until(self, what: str, condition: object, within_s: float = 60.0) -> Self:
        """Let time pass until it is so."""
        assert callable(condition)
        for _ in range(int(within_s * 10)):
            if condition():
                return self
            self.advance(0.1)
        raise AssertionError(f"not within {within_s} s: {what}\n{self.story()}")

    def send(self, phone: E164 | None = USER, **fields: object) -> AlertId:
        """The app's packet, as the web takes it."""
        signal = Signal(channel=Channel.DATA, phone=phone, received_at=self.clock.now_us())
        accepted = accept(self.journal, replace(signal, **fields), self.settings.deadline.seconds)
        self.alert = accepted.alert
        self.system.run()
        return accepted.alert

    def order(self, command: OperatorCommand, by: OperatorId | None = None) -> Self:
        """A key on the operator's screen: refused with a reason, or journaled."""
        case = self.case
        who = by or case.operator or self.operators[0]
        reason = refusal(case, command, who, self.settings)
        assert reason is None, reason
        self.fact(ev.CommandGiven(command=command, by=who))
        return self

    def fact(self, event: ev.Event) -> Self:
        """Something from outside, for the alert's inbox."""
        self.journal.append(Append(streams.inbox(self.alert), None, (event,)))
        self.system.run()
        return self

    def note(self, *events: ev.Event) -> Self:
        """Something that the node notes of itself."""
        self.journal.append(Append(streams.node(self.env.node), None, events))
        return self

    def kill(self, role: Role) -> Self:
        """kill -9 of every actor of this role that has to do with the alert, or of all of them."""
        entries = self.env.directory.all_of(role)
        mine = [entry for entry in entries if entry.alert == self.alert] or list(entries)
        for entry in mine:
            assert self.system.kill(role, entry.key)
        self.system.run()
        return self

    def silence(self, line: LineId, on: bool = True) -> Self:
        """No sound comes from this line's modem, whatever its calls say; or it comes again."""
        port = f"{line}.voice"
        (SILENT_PORTS.add if on else SILENT_PORTS.discard)(port)
        return self

    def take_voice_port(self, line: LineId, away: bool = True) -> None:
        """This line's modem has no voice port any more, though its calls stand; or has it again."""
        port = f"{line}.voice"
        (MISSING_PORTS.add if away else MISSING_PORTS.discard)(port)

    # ------------------------------------------------------------ what is seen

    @property
    def case(self) -> Case:
        """The alert as the journal has it."""
        now = (self.alert, self.journal.last_seq())
        if self._folded != now:
            self._case, self._folded = fold(self.recorded), now
        assert self._case is not None
        return self._case

    @property
    def sheet(self) -> Sheet:
        """The alert as it is shown."""
        sheet = read_sheet(self.journal, self.alert)
        assert sheet is not None
        return sheet

    @property
    def recorded(self) -> list[Recorded]:
        """The alert's events."""
        return self.journal.read_streams(streams.inbox(self.alert), streams.case(self.alert))

    def events(self, kind: type[E]) -> list[E]:
        """The alert's events of a type."""
        return [one.event for one in self.recorded if isinstance(one.event, kind)]

    def noted(self, kind: type[E]) -> list[E]:
        """What the node has noted of this type."""
        noted = (one.event for one in self.journal.read(streams.node(self.env.node)))
        return [one for one in noted if isinstance(one, kind)]

    def alerts(self) -> list[AlertId]:
        """All alerts; the first is the world's where it has sent none."""
        raised = (
            one for one in self.journal.read_all(limit=10_000) if isinstance(one.event, ev.AlertReceived)
        )
        alerts = [AlertId(one.stream.removeprefix("inbox-")) for one in raised]
        if alerts and self.alert not in alerts:
            self.alert = alerts[0]
        return alerts

    def calls(self, to: str | None = None) -> list[Call]:
        """Every call the carrier has seen, to one number or to all."""
        return [call for call in self.network.carrier.calls if to is None or call.to == to]

    def leg(self, party: Party) -> Leg:
        """The call on which this party has answered."""
        leg = self.case.answered(party)
        assert leg is not None, self.story()
        return leg

    def live_calls(self) -> list[Call]:
        """The calls that are up or being set up."""
        return [call for call in self.calls() if call.ended_at_s is None]

    def after_s(self, kind: type[ev.Event]) -> float:
        """Seconds from the receipt to the first event of this type."""
        first = next(one for one in self.recorded if isinstance(one.event, kind))
        return (first.at_us - self.case.received_at) / SECOND

    def alarms(self) -> list[tuple[str, str, str]]:
        """What was said of alarms, in order: raised or cleared, which, and of what."""
        said = (one.event for one in self.journal.read(streams.node(self.env.node)))
        return [
            ("raised" if isinstance(one, ev.AlarmRaised) else "cleared", one.alarm, one.subject)
            for one in said
            if isinstance(one, ev.AlarmRaised | ev.AlarmCleared)
        ]

    def stuck(self) -> list[str]:
        """What the watchdog has found to make no progress, as it has said so."""
        return [one.text for one in self.noted(ev.AlarmRaised) if one.alarm == "case.stuck"]

    def story(self) -> str:
        """The alert so far, or all that there was without one, for an assertion that fails."""
        told = self.recorded if self.alert else self.journal.read_all()
        start_us = told[0].at_us if told else Instant(0)
        lines = [f"{(one.at_us - start_us) / SECOND:8.3f} {one.event}" for one in told]
        lines += [str(call) for call in self.calls()]
        return "\n".join(lines)


def _voice_port(modem: ModemConfig, *, found: bool) -> str:
    """As the settings name it; empty where it is found, or is not there."""
    if modem.sound_card:
        return "alsa"
    return "" if found else f"{modem.name}.voice"


def for_tests(made: Plan) -> Plan:
    """The same plan with ports in memory and a mixer that needs no time."""
    in_place = {
        Role.GSM_MODEM: "tests.scenarios.pipe.MemoryModemActor",
        Role.LINE_TEST: "tests.features.selftest.testers.SilentTesterActor",
        Role.SELF_TEST: "tests.features.selftest.self_tests.SelfTestWithoutChildrenActor",
        Role.DUTY_CALLER: "tests.features.duty.world.SilentDutyCallerActor",
        Role.DATA_SENDER: "tests.scenarios.listeners.SenderToListenersActor",
    }
    actors = tuple(
        replace(spec, cls=in_place.get(spec.role, spec.cls))
        for spec in made.actors
        if spec.role is not Role.VOICE_GATE
    )
    assert made.workers is not None
    return Plan(actors=actors, workers=replace(made.workers, mixer="tests.scenarios.mixer.SilentMixerActor"))


def bury(actor: CenterActor) -> None:
    """Closes what the kernel closes when a process is killed, in its way: nothing is said to anybody."""
    for value in vars(actor).values():
        if isinstance(value, FollowedFolds | Journal | LocalListener | LineJournal):
            value.close()
        elif isinstance(value, PortControl):
            value.stop()
    if isinstance(actor, SilentMixerActor):
        actor.let_go()


@contextmanager
def world(state: Path, **options: object) -> Iterator[World]:
    """A world, and its end."""
    made = World(state, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
