"""`modem probe | trace | replay | call`: modems without the actors, to see whether they work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from center.errors import CenterError, UsageError
from center.modems.ports import card_of
from center.options import DEFAULT, Common

if TYPE_CHECKING:
    from center.modems.session import ModemSession
    from center.state.state_dir import StateDir
    from gateways.gsm.driver.events import CallId, Event

PROBE_S: Final = 15.0
HANG_UP_S: Final = 10.0


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What is at a port."""

    port: str
    answers: bool
    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    imei: str = ""
    dialect: str = ""
    sim: str = ""
    network: str = ""
    signal_dbm: int | None = None
    card: str = ""
    """The sound card of its USB device; empty where it has none."""
    text: str = ""
    """What is wrong."""
    known_as: str = ""
    """What people call modems of its dialect."""
    to_know: tuple[str, ...] = ()
    """What such hardware is known to do, of which the person on duty should know."""


def probe(port: str | None = None, /, *, common: Common = DEFAULT) -> int:
    """Ask what is at a port, or at every port that is not in use."""
    from serial.tools import list_ports

    ports = [port] if port is not None else [found.device for found in list_ports.comports()]
    found = []
    for path in ports:
        one = _with_its_kind(_in_use(common.directory, path) or _probed(path))
        found.append(msgspec.structs.replace(one, card=card_of(path) or ""))
        if not common.json:
            _say_probed(common, found[-1])
    if common.json:
        common.data(found)
    elif not found:
        common.say("this machine has no serial port")
    return 0 if any(one.answers for one in found) or port is None else 1


def _in_use(state: StateDir, path: str) -> Probed | None:
    """What the running center's line says of the modem at this port; none where no line has it."""
    from center.modems.live_trace import line_at
    from messages.ids import LineId
    from runtime.published import line_files

    line = line_at(state, path)
    report = None if line is None else line_files.read_all(state.run).get(LineId(line))
    if report is None:
        return None
    return Probed(
        port=report.port or path,
        answers=report.usable,
        imei=report.imei,
        dialect=report.dialect,
        network=report.registration,
        signal_dbm=report.signal_dbm,
        text=f"line {line} of the running center has it{f': {report.text}' if report.text else ''}",
    )


def _with_its_kind(found: Probed) -> Probed:
    """What is known of modems of its dialect, beside what it has said itself."""
    from gateways.gsm.dialects.loading import installed

    if not found.answers or found.dialect not in installed():
        return found
    kind = installed().get(found.dialect).data
    return msgspec.structs.replace(found, known_as=kind.name, to_know=kind.faults)


def _probed(path: str) -> Probed:
    from center.modems.session import opened
    from gateways.gsm.driver.events import Ready, SimState

    def decided(event: Event) -> bool:
        return isinstance(event, Ready) or (isinstance(event, SimState) and event.code != "READY")

    try:
        with opened(path) as session:
            ready = session.run(PROBE_S, decided)
            driver = session.driver
            who, network = driver.identity, driver.registration
            return Probed(
                port=path,
                answers=ready,
                **msgspec.structs.asdict(who),
                sim=driver.sim,
                network=network.name.lower() if network is not None else "",
                signal_dbm=driver.signal_dbm,
                text="" if ready else session.why_not(),
            )
    except CenterError as error:
        return Probed(port=path, answers=False, text=str(error))


def _say_probed(common: Common, found: Probed) -> None:
    from center.doctor.obstacles import at_port, sentence

    if not found.answers:
        common.say(f"{found.port}: {found.text.removeprefix(f'{found.port}: ')}")
        for obstacle in at_port(found.port, common.directory):
            common.say(f"  {sentence(obstacle)}")
        return
    who = " ".join(filter(None, (found.manufacturer, found.model, found.revision)))
    facts = (
        ("", who),
        ("IMEI ", found.imei),
        ("dialect ", f"{found.dialect} ({found.known_as})" if found.known_as else found.dialect),
        ("SIM ", found.sim),
        ("network ", found.network or "unknown"),
        ("sound card ", found.card),
        ("", "" if found.signal_dbm is None else f"{found.signal_dbm} dBm"),
        ("", found.text),
    )
    common.say(f"{found.port}: {', '.join(name + what for name, what in facts if what)}")
    for fault in found.to_know:
        common.say(f"  to know: {fault}")


def trace(
    port: str,
    /,
    *,
    out: Annotated[Path | None, Parameter(help="File to write; else stdout.")] = None,
    seconds: Annotated[float | None, Parameter(help="Stop after so long; else with Ctrl-C.")] = None,
    dialect: Annotated[str, Parameter(help="Name of a dialect.")] = "auto",
    common: Common = DEFAULT,
) -> None:
    """Write down what passes between a modem and its line, as an AT trace: numbers and texts are in it.

    PORT may also name a line of the running center, which goes on working meanwhile.
    """
    from center.auditing import note
    from center.modems.live_trace import follow, line_at
    from center.modems.session import opened
    from center.state.journals import journal_of
    from store.audit.entry import EVERYBODY, Action

    line = line_at(common.directory, port)
    within_s = seconds if seconds is not None else float("inf")
    gave_up = False
    with out.open("w") if out is not None else nullcontext(sys.stdout) as file:
        file.writelines(f"# {remark}\n" for remark in _remarks(port))
        if line is not None:
            with journal_of(common.directory) as journal:
                note(journal, common.directory, Action.EXPORT, (EVERYBODY,), f"trace of line {line}")
            follow(common.directory, line, file, within_s)
            return
        with opened(port, dialect=dialect, trace=file) as session:
            with suppress(KeyboardInterrupt):
                session.run(within_s, lambda _: False)
            gave_up = session.unresponsive
            file.write(f"# dialect: {session.driver.dialect.key}\n")
    if gave_up:
        raise CenterError(f"{port}: the modem does not answer")


def _remarks(port: str) -> Iterator[str]:
    """What somebody far away has to know of a trace."""
    from center.version import version
    from gateways.gsm.port.places import mark_of, places

    yield f"securwoman {version()}"
    mark = mark_of(port)
    for place in places():
        if place.mark == mark:
            yield f"USB {place.usb}, interface {place.interface}, at usb:{place.position}"


def replay(file: Path, /, *, common: Common = DEFAULT) -> None:
    """Read an AT trace and tell the calls in it; with --json an object a line."""
    from center.people import region_of
    from gateways.gsm.dialects.loading import Dialects
    from gateways.gsm.errors import GsmError
    from gateways.gsm.tracing.replay import replay as replayed
    from gateways.gsm.tracing.trace import read_trace

    try:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        events = replayed(read_trace(text), Dialects.load(), region=region_of(common.directory))
    except OSError as error:
        raise CenterError(f"{file}: {error.strerror}") from error
    except GsmError as error:
        raise CenterError(f"{file}: {error}") from error
    for event in events:
        if common.json:
            common.data(event)
            continue
        fields = msgspec.structs.asdict(event)
        said = [
            f"{name} {value}"
            for name, value in fields.items()
            if name not in ("t", "event") and value is not None
        ]
        common.say(f"{event.t:10.3f}  {event.event:16} {', '.join(said)}")


def call(
    port: str,
    number: str,
    /,
    *,
    seconds: Annotated[float, Parameter(help="Hang up after so long.")] = 30.0,
    dialect: Annotated[str, Parameter(help="Name of a dialect.")] = "auto",
    trace: Annotated[
        Path | None, Parameter(help="Write down what goes over the port, as an AT trace.")
    ] = None,
    common: Common = DEFAULT,
) -> int:
    """Call a number through one modem; never an emergency number. Exit 0 when it was answered."""
    from center.modems.live_trace import line_at
    from center.modems.session import opened
    from center.people import region_of
    from gateways.gsm.driver.events import CallAnswered, CallEvent, CallReleased, Ready, Ref
    from store.errors import NumberRefused
    from store.registry import numbers

    region = region_of(common.directory)
    if (line := line_at(common.directory, port)) is not None:
        raise CenterError(f"line {line} of the running center has {port}: stop the center, or try another")
    try:
        to = numbers.of_a_person(number, region)
    except NumberRefused as error:
        raise UsageError(str(error)) from error
    started_s = time.monotonic()
    answered = False

    def told(event: Event) -> bool:
        nonlocal answered
        if not isinstance(event, CallEvent):
            return False
        answered |= isinstance(event, CallAnswered)
        name = f"call.{type(event).__name__.removeprefix('Call').lower()}"
        row = {"t": round(time.monotonic() - started_s, 3), "event": name, "number": event.number}
        if isinstance(event, CallReleased):
            row["cause"] = event.cause
        if common.json:
            common.data(row)
        else:
            common.say(" ".join(str(value) for value in row.values()))
        return isinstance(event, CallReleased)

    with (
        trace.open("w") if trace is not None else nullcontext() as file,
        opened(port, dialect=dialect, region=region, trace=file) as session,
    ):
        if file is not None:
            file.writelines(f"# {remark}\n" for remark in _remarks(port))
        if not session.run(PROBE_S, lambda event: isinstance(event, Ready)):
            raise CenterError(f"{port}: {session.why_not()}")
        placed = session.driver.dial(Ref("command line"), to, time.monotonic())
        try:
            if not session.run(seconds, told):
                _hang_up(session, placed, told)
        except KeyboardInterrupt:
            _hang_up(session, placed, told)
    return 0 if answered else 1


def _hang_up(session: ModemSession, placed: CallId, told: Callable[[Event], bool]) -> None:
    session.driver.hang_up(placed, time.monotonic())
    if not session.run(HANG_UP_S, told):
        raise CenterError("the modem does not say that the call has ended")
