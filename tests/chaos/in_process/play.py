"""Plays a script through a whole center, and gives back what is left of it.

The people do what the script says, an operator presses what a person would press, and the node's part, to
start a Supervisor that has died, is played here too. When the trouble is over everything is plugged in and
left alone, and all has to come right within `RIGHT_WITHIN_S`.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec.structs import replace

from center.node.composition import SUPERVISOR
from gateways.http.routes.staff.commands import order
from gateways.http.wire.bodies import CommandBody
from messages import events as ev
from messages import supervision
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Instant,
    LineId,
    OperatorCommand,
    OperatorLine,
    Party,
    Role,
    ShiftState,
    TextId,
    TextPurpose,
)
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.live import LiveCases
from model.orders.effects import refusal
from model.rules.signal import Signal
from model.settings import Settings
from model.settings.alerts import AlertSettings, LimitsSettings, OperatorSettings
from model.settings.psap import PsapSettings
from simulator.errors import NoSuchParty, NotNow
from simulator.modem.modem import Power
from simulator.network.call import Call
from store import streams
from store.alerts.accepting import accept
from store.alerts.sheets import read_sheet
from store.journal.journal import Append
from store.journal.notify import LocalNotifier
from store.journal.rebuild import apply_reopened
from store.sms_outbox import read_outbox, request_text
from tests.chaos.in_process.evidence import CallSeen, Evidence
from tests.chaos.in_process.faults import Blows, Messages
from tests.chaos.in_process.script import (
    ALTERNATE,
    DIALECTS,
    OPERATORS,
    PSAP,
    PSAPS,
    TEST_PSAP,
    USERS,
    Alert,
    Intent,
    LineTrouble,
    Person,
    Script,
    Wanted,
)
from tests.chaos.in_process.staff import presses, speaks, told_often
from tests.scenarios.headsets import Headsets
from tests.scenarios.mixer import SilentMixerActor
from tests.scenarios.world import World

RIGHT_WITHIN_S: Final = 300.0
STEP_S: Final = 0.5
SETTLE_S: Final = 10.0
"""From the end of the last alert until everybody is seen to rest: a message may come 4 s late, and a leg that
hears nothing more asks after 3 s."""
INBOUND: Final = "+390200000001"
SUPERVISOR_SILENT_US: Final = 3 * SECOND
CONVERSATION_US: Final = 15 * SECOND
"""So long 112 talks after the operator has left, or was lost, if nobody hangs up before."""
BREAKS_WITHIN_S: Final = 10.0
"""Whoever hangs up sooner after the operator has left is called again; a conversation takes longer."""
UNSURE_S: Final = 20.0
"""After a line's trouble its modem is being found again."""
SLACK_US: Final = 12 * SECOND
PINS_S: Final = 10.0
"""When somebody begins to type PINs, after the alert."""
VITAL: Final = frozenset({Role.SUPERVISOR, Role.DEADLINE_WATCHDOG})


def _dialects(script: Script) -> tuple[str, ...]:
    """Of each line: as the script has it, and with a voice where they are reserved for 112."""
    public = (script.dialects[n % len(script.dialects)] for n in range(script.public))
    return (*public, *(DIALECTS[n % len(DIALECTS)] for n in range(script.emergency)))


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """One run, over."""

    evidence: Evidence
    met: Counter[str]
    """What happened how often, so that one sees that the run was not empty."""
    seconds: float
    """Of the virtual clock."""
    story: str


class _Notifier(LocalNotifier):
    """Loses what the script says, and tells also who may die of having written."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: Callable[[], bool] = lambda: False
        self.then: Callable[[], None] | None = None

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        if not self.lost():
            super().committed(seq, streams)
        if self.then is not None:
            self.then()


def play(script: Script) -> Played:
    """The whole of it, in a directory of its own that is gone afterwards."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None, prefix="in-process-") as folder:
        for name in ("run", "logs"):
            (Path(folder) / name).mkdir()
        run = _Run(script, Path(folder))
        try:
            return run.play()
        finally:
            run.close()
            with suppress(OSError):
                shutil.rmtree(Path(folder) / "run")


class _Run:
    def __init__(self, script: Script, state: Path) -> None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        self._script = script
        people = {
            **dict(zip(USERS, script.users, strict=False)),
            **dict(zip(OPERATORS, script.operators, strict=False)),
            PSAP: script.psap,
            ALTERNATE: Person(),
            TEST_PSAP: Person(),
        }
        self._people: dict[E164, Person] = people
        settings = Settings(
            psap=PsapSettings(number=PSAP, alternate=ALTERNATE, test_number=TEST_PSAP),
            limits=LimitsSettings(idle_workers=1, live_cases=4),
            operator=OperatorSettings(line=script.line),
            alert=AlertSettings(leave_alarm_within_s=BREAKS_WITHIN_S),
        )
        notify = _Notifier()
        self.world = World(
            state,
            operators=len(script.operators),
            public=script.public,
            emergency=script.emergency,
            dialects=_dialects(script),
            behaviours={str(number): person.first for number, person in people.items()},
            settings=settings,
            notify=notify,
        )
        self._carrier = self.world.network.carrier
        self._clock = self.world.clock
        self._messages = Messages(script, self._clock)
        self.world.env.faults = self._messages
        self._blows = Blows(script, self.world.system)
        notify.lost, notify.then = self._messages.loses_notification, self._blows.committed
        self._start_us = self._clock.now_us()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._alerts: dict[AlertId, Alert] = {}
        self._live = LiveCases()
        self._newest: dict[E164, AlertId] = {}
        """The last alert of each number, be it closed or not."""
        self._seq = 0
        self._met: Counter[str] = Counter()
        self._failed: dict[LineId, list[tuple[Instant, Instant]]] = {}
        self._supervisor_at_s: float | None = None
        self._escalations = 0
        self._pressed: dict[AlertId, Instant] = {}
        self._unattended: dict[AlertId, Instant] = {}
        """Since when 112 talks without an operator of ours."""
        self._headsets = Headsets(state / "run")
        self._texts: dict[TextId, str] = {}
        self._shifts_over = False
        if script.line is OperatorLine.HEADSET:
            for operator in self.world.operators:
                self._headsets.connect(operator)
        for number, person in people.items():
            phone = self._carrier.phone(number)
            phone.change(replace(phone.profile, hangs_up_after_s=person.hangs_up_s))

    def close(self) -> None:
        self.world.env.faults = None
        self.world.system.base.after_send = None
        self.world.close()
        self._headsets.close()

    # ------------------------------------------------------------ time

    @property
    def _now_s(self) -> float:
        return (self._clock.now_us() - self._start_us) / SECOND

    def _at(self, at_s: float, what: Callable[[], None]) -> None:
        heappush(self._agenda, (at_s, next(self._order), what))

    def play(self) -> Played:
        self._plan()
        self._messages.begin()
        quiet_since_s: float | None = None
        while self._now_s < self._script.over_s + RIGHT_WITHIN_S:
            due_s = self._agenda[0][0] if self._agenda else self._now_s + STEP_S
            self._advance(min(max(due_s - self._now_s, 0.0), STEP_S))
            while self._agenda and self._agenda[0][0] <= self._now_s + 1e-6:
                heappop(self._agenda)[2]()
            self._blows.look(self._now_s + 1e-6)
            self._node()
            self._follow()
            self._people_act()
            if (
                self._now_s < self._script.over_s
                or self._live.cases
                or self._carrier_is_busy()
                or self._sends()
            ):
                quiet_since_s = None
            elif quiet_since_s is None:
                quiet_since_s = self._now_s
            elif self._now_s - quiet_since_s >= SETTLE_S:
                if self._shifts_over or self._script.line is not OperatorLine.NAILED_UP:
                    break
                if not self._agenda:
                    self._end_shifts()
                    quiet_since_s = None
        return self._result()

    def _advance(self, seconds: float) -> None:
        if seconds > 0:
            self.world.advance(seconds)
        else:
            self.world.system.run()

    # ------------------------------------------------------------ what the script says

    def _plan(self) -> None:
        for n, alert in enumerate(self._script.alerts):
            raised = partial(self._raise, alert, f"alert-{n}")
            deeds: list[tuple[float | None, Callable[[], None]]] = [
                *((after_s, raised) for after_s in (0.0, *alert.again_s)),
                (alert.called_s, partial(self._call, alert)),
                (alert.cancelled_s, partial(self._cancel, alert)),
                (alert.silent_s, partial(raised, turns_silent=True)),
                (alert.ringing_s, partial(self._hear, alert, ev.RingingSeen())),
                *((PINS_S + n, partial(self._hear, alert, ev.PinRefused())) for n in range(alert.wrong_pins)),
                (alert.taken_s, partial(self._give, alert, OperatorCommand.TAKE)),
                (alert.reopened_s, partial(self._reopen, alert)),
                (alert.listened_s, partial(self._give, alert, OperatorCommand.LISTEN)),
                (alert.handed_s, partial(self._give, alert, OperatorCommand.HAND_OVER)),
            ]
            for after_s, deed in deeds:
                if after_s is not None:
                    self._at(alert.at_s + after_s, deed)
        for blow in self._script.blows:
            self._at(blow.at_s, lambda: None)
        for fault in self._script.lines:
            self._at(fault.at_s, partial(self._spoil, fault.line, fault.does))
            self._at(min(fault.at_s + fault.for_s, self._script.over_s), partial(self._mend, fault.line))
            line = self._line(fault.line)
            begin = Instant(self._start_us + int(fault.at_s * SECOND))
            end = Instant(self._start_us + int((fault.at_s + fault.for_s + UNSURE_S) * SECOND))
            self._failed.setdefault(line, []).append((begin, end))
        for hang_up in self._script.hang_ups:
            self._at(hang_up.at_s, partial(self._hang_up, hang_up.who))
        if self._script.line is OperatorLine.HEADSET:
            for away in self._script.away:
                self._at(away.at_s, partial(self._disconnect, away.who))
                self._at(away.at_s + away.for_s, partial(self._connect, away.who))
        for n, text in enumerate(self._script.texts):
            self._at(text.at_s, partial(self._ask, text, f"text-{n}"))
        self._at(self._script.over_s, self._trouble_is_over)

    def _ask(self, text: Wanted, words: str) -> None:
        for name in self._carrier.modems:
            self.world.network.vices(name, message_takes_s=text.answered_s)
        until = Instant(self._clock.now_us() + round(text.within_s * SECOND))
        asked = self.world.journal.transact(
            lambda tx: request_text(tx, USERS[0], words, TextPurpose.CODE, until)
        )
        self._texts[asked] = words
        self._met["texts asked for"] += 1

    def _disconnect(self, who: int) -> None:
        operator = self.world.operators[who % len(self.world.operators)]
        if self._headsets.is_connected(operator):
            self._met["headset away"] += 1
            self._headsets.disconnect(operator)

    def _connect(self, who: int) -> None:
        operator = self.world.operators[who % len(self.world.operators)]
        if not self._headsets.is_connected(operator):
            self._headsets.connect(operator)

    def _end_shifts(self) -> None:
        """Calls that stand all through a shift end with it."""
        self._shifts_over = True
        for operator in self.world.operators:
            self.world.shift(operator, ShiftState.OFF)

    def _trouble_is_over(self) -> None:
        self._blows.end()
        for name in self._carrier.modems:
            self._mend_modem(name)
        for number, person in self._people.items():
            phone = self._carrier.phone(number)
            phone.change(replace(phone.profile, behaviour=person.then))

    def _line(self, n: int) -> LineId:
        names = list(self._carrier.modems)
        return LineId(names[n % len(names)])

    def _spoil(self, line: int, does: LineTrouble) -> None:
        name, now_s = self._line(line), self.world.network.now_s
        self._met[f"line {does}"] += 1
        match does:
            case LineTrouble.UNPLUG:
                self.world.network.unplug(name)
            case LineTrouble.MUTE:
                self._carrier.modem(name).mute(now_s)
            case LineTrouble.GARBLE:
                self._carrier.modem(name).garble(now_s)
            case LineTrouble.REFUSE:
                self.world.network.vices(name, refuses=["D"])
            case LineTrouble.HOLD:
                self.world.network.vices(name, ignores=["+CHUP", "H", "+CHLD"])
        self.world.network.pump()

    def _mend(self, line: int) -> None:
        self._mend_modem(self._line(line))

    def _mend_modem(self, name: str) -> None:
        modem = self._carrier.modem(name)
        modem.unmute()
        self.world.network.vices(name, refuses=[], ignores=[])
        if modem.power is Power.UNPLUGGED:
            self.world.network.plug(name)

    # ------------------------------------------------------------ the users and their apps

    def _user(self, alert: Alert) -> E164:
        return USERS[alert.user % len(self._script.users)]

    def _raise(self, alert: Alert, name: str, *, turns_silent: bool = False) -> None:
        if alert.voice and not turns_silent:
            self._call(alert)
            return
        phone = self._user(alert)
        signal = Signal(
            channel=Channel.DATA,
            id=AlertId(name),
            phone=phone,
            received_at=self._clock.now_us(),
            test=alert.test,
            silent=alert.silent or turns_silent,
        )
        accepted = accept(self.world.journal, signal, self.world.settings.deadline.seconds)
        if not accepted.created:
            self._met["signals of a known alert"] += 1

    def _call(self, alert: Alert) -> None:
        with suppress(NotNow):
            self._carrier.phone_call(self._user(alert), INBOUND, self.world.network.now_s)
            self._met["calls of a user"] += 1
        self.world.network.pump()

    def _case(self, alert: Alert) -> Case | None:
        self._follow()
        phone = self._user(alert)
        return next((case for case in self._live.cases.values() if case.phone == phone), None)

    def _cancel(self, alert: Alert) -> None:
        case = self._case(alert)
        if case is not None:
            self._met["cancelled"] += 1
            self._fact(case.alert, ev.AlertCancelled(duress=alert.duress))

    def _hear(self, alert: Alert, event: ev.Event) -> None:
        """The app says something of its alert."""
        case = self._case(alert)
        if case is not None:
            self._met[type(event).__name__] += 1
            self._fact(case.alert, event)

    def _give(self, alert: Alert, command: OperatorCommand) -> None:
        """Somebody who may gives this order; who listens is the last who would take."""
        case, operators = self._case(alert), list(self.world.operators)
        if case is None:
            return
        if command is OperatorCommand.HAND_OVER:
            operators = [who for who in operators if who == case.operator]
        elif command is OperatorCommand.LISTEN:
            operators.reverse()
        for who in operators:
            if refusal(case, command, who, self.world.settings) is None:
                self._met[str(command)] += 1
                self._fact(case.alert, ev.CommandGiven(command=command, by=who))
                return

    def _reopen(self, alert: Alert) -> None:
        self._follow()
        known, psap = self._newest.get(self._user(alert)), alert.intent is Intent.PSAP
        body = CommandBody(command=OperatorCommand.REOPEN, party=Party.PSAP if psap else None)
        by, settings, journal = self.world.operators[0], self.world.settings, self.world.journal
        if known is None:
            return
        sheet = read_sheet(journal, known)
        if sheet is None or journal.transact(lambda on: order(on, sheet, body, by, settings)) is not None:
            return
        self._met["reopen"] += 1

    def _fact(self, alert: AlertId, event: ev.Event) -> None:
        self.world.journal.append(Append(streams.inbox(alert), None, (event,)))

    def _hang_up(self, who: E164) -> None:
        with suppress(NotNow, NoSuchParty):
            self._carrier.phone_hang_up(who, self.world.network.now_s)
            self._met["hung up"] += 1
        self.world.network.pump()

    # ------------------------------------------------------------ operators, and how conversations end

    def _follow(self) -> None:
        for recorded in self.world.journal.read_all(self._seq, 10_000):
            self._seq = recorded.seq
            self._live.apply(recorded)
            if isinstance(recorded.event, ev.AlertReceived) and recorded.event.phone is not None:
                self._newest[recorded.event.phone] = AlertId(recorded.stream.partition("-")[2])
        apply_reopened(self.world.journal, self._live)

    def _people_act(self) -> None:
        now_us = self._clock.now_us()
        for case in list(self._live.cases.values()):
            if (who := speaks(case, self.world.settings, now_us)) is not None:
                self._met["speaks"] += 1
                self._fact(case.alert, ev.CommandGiven(command=OperatorCommand.TAKE, by=who))
                continue
            if now_us - self._pressed.get(case.alert, 0) >= SECOND:
                pressed = presses(
                    case, self._alert(case), self._is_machine(case), self.world.settings, now_us
                )
                if pressed is not None:
                    command, by = pressed
                    self._pressed[case.alert] = now_us
                    self._met[str(command)] += 1
                    self._fact(case.alert, ev.CommandGiven(command=command, by=by))
            if told_often(case) and case.phone is not None and case.answered(Party.PSAP) is None:
                # Help is there, and who was on the line with the operator hangs up.
                self._hang_up(case.phone)
            if case.answered(Party.PSAP) is None or case.answered(Party.OPERATOR) is not None:
                self._unattended.pop(case.alert, None)
            elif now_us - self._unattended.setdefault(case.alert, now_us) > CONVERSATION_US:
                self._end_conversation(case)

    def _alert(self, case: Case) -> Alert:
        """What the script says of it."""
        return next((alert for alert in self._script.alerts if self._user(alert) == case.phone), Alert())

    def _is_machine(self, case: Case) -> bool:
        if case.phone is None:
            return False
        user = case.answered(Party.USER)
        own = user is not None and user.call is not None
        return not own and self._carrier.phone(case.phone).profile.behaviour == "voicemail"

    def _end_conversation(self, case: Case) -> None:
        for leg in case.legs.values():
            if leg.answered and leg.party is Party.PSAP and leg.number is not None:
                with suppress(NotNow):
                    self._carrier.phone_hang_up(leg.number, self.world.network.now_s)
                self.world.network.pump()

    # ------------------------------------------------------------ the node

    def _node(self) -> None:
        """Starts a Supervisor again that has died or is silent, and the whole group where it asks for it."""
        env, system = self.world.env, self.world.system
        processes = self.world.system.base.processes
        if processes.escalations > self._escalations:
            self._escalations = processes.escalations
            self._met["started as a whole"] += 1
            for each in env.directory.read():
                processes.kill(each.pid, each.born)
        entry = env.directory.find(Role.SUPERVISOR)
        alive = entry is not None and processes.alive(entry.pid, entry.born)
        silent = self._clock.now_us() - env.directory.beaten_us() > SUPERVISOR_SILENT_US
        if alive and silent and entry is not None:
            processes.kill(entry.pid, entry.born)
            alive = False
        if alive:
            self._supervisor_at_s = None
        elif self._supervisor_at_s is None:
            self._supervisor_at_s = self._now_s + 0.2
        elif self._now_s >= self._supervisor_at_s:
            self._supervisor_at_s = None
            env.directory.beat(self._clock.now_us())
            system.create(SUPERVISOR, role=Role.SUPERVISOR)

    # ------------------------------------------------------------ what is left

    def _carrier_is_busy(self) -> bool:
        stands = () if self._shifts_over or self._script.line is not OperatorLine.NAILED_UP else OPERATORS
        return any(not call.ended for call in self._carrier.calls if call.to not in stands)

    def _sends(self) -> bool:
        return bool(self._texts) and bool(read_outbox(self.world.journal))

    def _result(self) -> Played:
        world = self.world
        self._follow()
        journal = tuple(world.journal.read_all(0, 100_000))
        sent = Counter(one.text for one in self._carrier.messages)
        evidence = Evidence(
            journal=journal,
            calls=tuple(self._seen(call) for call in self._carrier.calls),
            failed={line: tuple(times) for line, times in self._failed.items()},
            ended=tuple(world.system.base.processes.ended),
            until=self._clock.now_us(),
            psaps=PSAPS,
            slack=self._slack(journal),
            offhook=tuple(self._offhook()),
            texts={text: sent[words] for text, words in self._texts.items()},
            busy=tuple(self._busy()),
        )
        self._count(evidence)
        return Played(evidence=evidence, met=self._met, seconds=self._now_s, story=self._story(evidence))

    def _seen(self, call: Call) -> CallSeen:
        def at(seconds: float | None) -> Instant | None:
            return None if seconds is None else Instant(self.world.network.start_us + round(seconds * SECOND))

        started = at(call.started_at_s)
        assert started is not None
        return CallSeen(
            number=int(call.id),
            ours=call.caller.line_name is not None,
            line=None if call.line is None else LineId(call.line),
            to=E164(call.to),
            caller=E164(call.caller.number),
            started=started,
            answered=at(call.answered_at_s),
            ended=at(call.ended_at_s),
            ended_by_us=call.ended_by is not None and call.ended_by.line_name is not None,
            cause=None if call.cause is None else int(call.cause),
        )

    def _slack(self, journal: tuple[Recorded, ...]) -> dict[AlertId, int]:
        found: dict[AlertId, int] = {}
        for one in journal:
            if isinstance(one.event, ev.AlertReceived):
                due_s = (one.event.deadline_at - self._start_us) / SECOND
                struck = any(
                    blow.role in VITAL and due_s - 20 <= blow.at_s <= due_s + 5 for blow in self._script.blows
                )
                unheard = any(
                    _concerns_supervision(fault.kinds) and due_s - 20 - fault.for_s <= fault.from_s <= due_s
                    for fault in self._script.faults
                )
                if struck or unheard:
                    found[AlertId(one.stream.partition("-")[2])] = SLACK_US
        return found

    def _offhook(self) -> list[str]:
        found = [f"phone {phone.number}" for phone in self._carrier.phones.values() if phone.call is not None]
        found += [f"modem {name}" for name, modem in self._carrier.modems.items() if modem.line.legs]
        return found

    def _busy(self) -> list[str]:
        found = []
        for entry in self.world.env.directory.read():
            if entry.alert is not None:
                found.append(f"{entry.role}/{entry.key} with {entry.alert}")
            mixer = self.world.system.actor(entry.role, entry.key, SilentMixerActor)
            for bridge, voice in ({} if mixer is None else mixer.voices()).items():
                found.append(f"{entry.role}/{entry.key} holds {sorted(voice.members)} of {bridge}")
        return found

    def _count(self, evidence: Evidence) -> None:
        self._met.update({f"message {does}": n for does, n in self._messages.met.items()})
        self._met.update(self._blows.met)
        self._met["calls"] += len(evidence.calls)
        for one in evidence.journal:
            match one.event:
                case ev.AlertReceived():
                    self._met["alerts"] += 1
                case ev.AlertClosed(outcome=outcome):
                    self._met[f"outcome {outcome}"] += 1
                case ev.UserRang() | ev.UserReached():
                    self._met["reached"] += 1
                case ev.DeadlineMissed():
                    self._met["deadline missed"] += 1
                case ev.ConferenceBroken(party=party):
                    self._met[f"conference broken by {party}"] += 1
                case ev.ConferenceSettled():
                    self._met["conference settled"] += 1
                case ev.LegAdopted():
                    self._met["calls taken over"] += 1
                case ev.ActorStarted():
                    self._met["actors started again"] += 1
                case ev.TextSent():
                    self._met["texts sent"] += 1
                case ev.TextFailed(cause=cause):
                    self._met[f"texts failed {cause}"] += 1
                case ev.CaseOpened():
                    self._met["cases opened"] += 1
                case _:
                    pass

    def _story(self, evidence: Evidence) -> str:
        def when(us: int | None) -> str:
            return "-" if us is None else f"{(us - self._start_us) / SECOND:.3f}"

        lines = [f"{when(one.at_us):>8} {one.stream} {one.event}" for one in evidence.journal]
        lines += [
            f"call {c.number} {c.caller} to {c.to} on {c.line}: {when(c.started)} {when(c.answered)}"
            f" {when(c.ended)} cause {c.cause}{' by us' if c.ended_by_us else ''}"
            for c in evidence.calls
        ]
        return "\n".join(lines)


def _concerns_supervision(kinds: tuple[str, ...]) -> bool:
    vital = (supervision.StartActor, supervision.Heartbeat, supervision.ActorReady, supervision.AdoptActor)
    return not kinds or any(one.__struct_config__.tag in kinds for one in vital)
