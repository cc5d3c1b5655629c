"""`modem probe | trace | replay | call`: tests of modems without the actors."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO

import msgspec
from cyclopts import Parameter

from application.errors import CenterError, UsageError
from application.options import DEFAULT, Common
from gateways.gsm.probing import PROBE_S

if TYPE_CHECKING:
    from application.state.state_dir import StateDir
    from center.modems.calling import TestCall
    from gateways.gsm.probing import ProbedPort
    from messages.ids import E164
    from model.settings.lines import Modem

POLL_S: Final = 0.2
"""Interval in seconds at which the trace of a running center's line is read."""


def probe(
    port: Annotated[str | None, Parameter(help="Port of the modem; default: every free port.")] = None,
    /,
    *,
    common: Common = DEFAULT,
) -> int:
    """Identify the modem at a port, or the modems at every port that is not in use."""
    from serial.tools import list_ports

    from gateways.gsm.probing import probe_port

    ports = [port] if port is not None else [found.device for found in list_ports.comports()]
    found = []
    for path in ports:
        found.append(probe_port(common.directory, path))
        if not common.json:
            _say(common, found[-1])
    if common.json:
        common.data(found)
    elif not found:
        common.print_line("this machine has no serial port")
    return 0 if any(one.answers for one in found) or port is None else 1


def _say(common: Common, found: ProbedPort) -> None:
    from center.checks.obstacles import at_port, sentence

    if not found.answers:
        common.print_line(f"{found.port}: {found.text.removeprefix(f'{found.port}: ')}")
        for obstacle in at_port(found.port, common.directory):
            common.print_line(f"  {sentence(obstacle)}")
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
    common.print_line(f"{found.port}: {', '.join(name + what for name, what in facts if what)}")
    for fault in found.to_know:
        common.print_line(f"  note: {fault}")


def trace(
    port: Annotated[str, Parameter(help="Port of the modem, or name of a line of the running center.")],
    /,
    *,
    out: Annotated[Path | None, Parameter(help="File for the trace; default: stdout.")] = None,
    seconds: Annotated[float | None, Parameter(help="Seconds until the end; default: until Ctrl-C.")] = None,
    dialect: Annotated[str, Parameter(help="AT dialect of the modem; auto identifies it.")] = "auto",
    common: Common = DEFAULT,
) -> None:
    """Write the communication between a modem and its line as an AT trace, with its numbers and texts.

    PORT may also name a line of the running center, which continues to work.
    """
    from application.auditing import note
    from application.state.journals import journal_of
    from gateways.gsm.modem_session import open_modem
    from gateways.gsm.probing import line_at
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
        with open_modem(port, dialect=dialect, trace=file) as session:
            with suppress(KeyboardInterrupt):
                session.run(within_s, lambda _: False)
            gave_up = session.unresponsive
            file.write(f"# dialect: {session.driver.dialect.key}\n")
    if gave_up:
        raise CenterError(f"{port}: the modem does not answer")


def follow(state: StateDir, line: str, out: TextIO, seconds: float) -> None:
    """Write the trace of a line in use by a running center, from its GsmModem, for `seconds` or until Ctrl-C.
    Raises CenterError if another trace of the line is being written.
    """
    file = state.run / f"{line}.trace"
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise CenterError(f"{line} is being traced already; if no other trace runs, remove {file}") from error
    try:
        _copy(file, out, time.monotonic() + seconds)
    except KeyboardInterrupt:
        pass
    finally:
        file.unlink(missing_ok=True)


def _copy(file: Path, out: TextIO, until_s: float) -> None:
    with file.open(encoding="ascii") as trace:
        while True:
            # Decided before the read, so that text written meanwhile is still copied.
            over = time.monotonic() >= until_s
            text = trace.read()
            if text:
                out.write(text)
                out.flush()
            elif over:
                return
            if not over:
                time.sleep(POLL_S)


def _remarks(port: str) -> Iterator[str]:
    """Yield the facts that a distant reader of a trace needs."""
    from application.version import version
    from gateways.gsm.port.places import mark_of, present_ports

    yield f"securwoman {version()}"
    mark = mark_of(port)
    for place in present_ports():
        if place.mark == mark:
            yield f"USB {place.usb}, interface {place.interface}, at usb:{place.position}"


def replay(
    file: Annotated[Path, Parameter(help="AT trace, as modem trace writes it.")],
    /,
    *,
    common: Common = DEFAULT,
) -> None:
    """Read an AT trace and print the calls in it; with --json an object a line."""
    from application.people import region_of
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
        common.print_line(f"{event.t:10.3f}  {event.event:16} {', '.join(said)}")


def call(
    port: Annotated[str, Parameter(help="Port of the modem.")],
    number: Annotated[str, Parameter(help="Number to call; emergency numbers are refused.")],
    /,
    *,
    voice: Annotated[bool, Parameter(negative="", help="Test the audio in both directions.")] = False,
    twice: Annotated[
        bool, Parameter(negative="", help="With --voice: repeat the test in a second call.")
    ] = False,
    seconds: Annotated[
        float, Parameter(help="Seconds until the call is hung up; with --voice, counted from the answer.")
    ] = 30.0,
    voice_port: Annotated[str, Parameter(help="Audio port; default: found by the rules of a line.")] = "",
    dialect: Annotated[str, Parameter(help="AT dialect of the modem; auto identifies it.")] = "auto",
    trace: Annotated[
        Path | None,
        Parameter(
            name=("--trace", "--out"),
            help="Write an AT trace of the port and the findings of --voice to this file.",
        ),
    ] = None,
    common: Common = DEFAULT,
) -> int:
    """Call a number through one modem; never an emergency number. Exit with 0 if it was answered.

    With --voice, speech is sent and received as by the center, and the measurements are printed. The exit is
    0 if the line's voice works.
    """
    from application.people import region_of
    from center.modems.calling import TestCall, TimedEvent
    from gateways.gsm.driver.events import Ready
    from gateways.gsm.modem_session import line_of, open_modem
    from gateways.gsm.probing import line_at
    from store.errors import NumberRefused
    from store.registry import numbers

    region = region_of(common.directory)
    if (line := line_at(common.directory, port)) is not None:
        raise CenterError(
            f"line {line} of the running center has {port} open: stop the center, or name another port"
        )
    try:
        to = numbers.of_a_person(number, region)
    except NumberRefused as error:
        raise UsageError(str(error)) from error
    spec = line_of(common.directory, port)
    if voice_port:
        spec = msgspec.structs.replace(spec, voice_port=voice_port)

    def tell(told: TimedEvent) -> None:
        row = {name: value for name, value in msgspec.structs.asdict(told).items() if value is not None}
        if common.json:
            common.data(row)
        else:
            common.print_line(" ".join(str(value) for value in row.values()))

    with (
        trace.open("w") if trace is not None else nullcontext() as file,
        open_modem(port, dialect=dialect, region=region, trace=file, voice_port=spec.voice_port) as session,
    ):
        if file is not None:
            file.writelines(f"# {remark}\n" for remark in _remarks(port))
        if not session.run(PROBE_S, lambda event: isinstance(event, Ready)):
            raise CenterError(f"{port}: {session.failure_text()}")
        calling = TestCall(session, tell)
        if not voice:
            return 0 if calling.call(to, seconds) else 1
        return 0 if _voice_works(common, calling, to, spec, seconds, 2 if twice else 1, file) else 1


def _voice_works(
    common: Common,
    calling: TestCall,
    to: E164,
    line: Modem,
    seconds: float,
    calls: int,
    file: TextIO | None,
) -> bool:
    """Make `calls` calls through the same open port and report each; return True if all have proved the
    line's voice.
    """
    from center.modems.voice_trial import VoiceTrial, lines_of, test_speech
    from gateways.gsm.modem_session import NO_LINE, voice_of
    from messages.lines import LineLevels
    from runtime.clock import SystemClock
    from runtime.published import line_files

    voice = voice_of(common.directory, line)
    trial = VoiceTrial(voice, test_speech())
    report, works = None, True
    try:
        for place in range(calls):
            if place:
                calling.pause()
            report = calling.call_with_voice(to, seconds, trial, report)
            works = works and report.proved
            if common.json:
                common.data({"event": "voice", **msgspec.to_builtins(report)})
            for text in lines_of(report):
                if file is not None:
                    file.write(f"# {text}\n")
                if not common.json:
                    common.print_line(text)
            if line.line != NO_LINE and report.into.ms:
                now_us = SystemClock.anchored().now_us()
                levels = LineLevels(
                    line=line.line, at=now_us, into=report.into, out=report.out, gains=voice.gains
                )
                line_files.write_levels(common.directory.path, levels)
    finally:
        trial.stop()
    return works
