"""Modem: bytes in, bytes out, a power supply. Sans-IO; time is an argument.

Every method with `now_s` first advances the whole network to that time. Output without a host at the port is
lost, as on a USB serial port. The rules of calls are in `line` and `hold`, the meaning of commands in
`commands`.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable

from simulator.config import ModemConfig
from simulator.modem.calls.line import ModemLine
from simulator.modem.command_line import (
    LINE_LIMIT,
    SIM_NOT_INSERTED,
    AtError,
    Command,
    NoCarrier,
    UnknownCommand,
    commands_in,
)
from simulator.modem.commands import perform
from simulator.modem.dialect import Dialect, Noise
from simulator.modem.messages import Mailbox
from simulator.modem.outlet import AnswerShift, ModemOutput
from simulator.modem.settings import Memory, Parameters
from simulator.modem.sim_card import SimCard
from simulator.modem.vices import NOISE, REGISTRATIONS, Vices
from simulator.modem.voice import ModemVoice
from simulator.network.agenda import Timer
from simulator.network.call import Cause, Network, made_up_imei

NO_SIGNAL = 99
GARBLE_S = 2.0
CR, LF, BACKSPACE, CTRL_Z, ESC = 13, 10, 8, 26, 27


class Power(enum.StrEnum):
    """State of the modem's power."""

    ON = "on"
    BOOTING = "booting"
    UNPLUGGED = "unplugged"


class Modem:
    """Modem with one SIM."""

    def __init__(self, config: ModemConfig, dialect: Dialect, network: Network, index: int) -> None:
        self.config = config
        self.dialect = dialect
        self.card = config.card or f"8939990{index + 1:012d}"
        """Number of the SIM card."""
        self.imei = config.imei or made_up_imei(index)
        self.imsi = f"22201{index + 1:010d}"
        self.power = Power.ON
        self.opened = False
        """True if a host has the AT port open."""
        self.muted = False
        self.radio = True
        """True if the radio is on (`+CFUN`)."""
        self.reboots = False
        """True if the running command requests a restart after its result."""
        self.parameters = Parameters(dialect.parameters, self._fields)
        self.memory = Memory(dialect.memory, config.memory)
        self.sim = SimCard(config.pin, config.puk, config.pin_tries)
        self.line = ModemLine(
            config, dialect, network, self._send_unsolicited, self.parameters.first, self._reboot
        )
        self.voice = ModemVoice(self.line, dialect)
        self.mailbox = Mailbox(config.number, network, self.parameters, self._send_unsolicited)
        self._network = network
        self._output = ModemOutput(config.name, lambda: self.line.vices)
        self._shift = AnswerShift()
        self._typed = bytearray()
        self._held_back = bytearray()
        self._later: list[str] | None = None
        self._slow_line: bytes | None = None
        """Command line that is being worked on; None if none."""
        self._boot: Timer | None = None
        self._mute_end: Timer | None = None
        self._lines_run = 0
        self._noise_timer: Timer | None = None
        self._power_up()
        self.change_vices(Vices())
        for noise in dialect.noise:
            network.agenda.at(network.agenda.now_s + noise.every_s, functools.partial(self._noise, noise, 0))

    # --------------------------------------------------------------------------------------- the port

    def feed(self, data: bytes, now_s: float) -> None:
        """Process bytes from the host; the results are available in `take_output` at once."""
        self._network.advance(now_s)
        self.opened = True
        for byte in data:
            if self.power is Power.ON and not self.muted:
                self._process_byte(byte, self._network.agenda.now_s)

    def take_output(self) -> bytes:
        """Return the output since the last call."""
        return self._output.take()

    def take_other_port_output(self) -> bytes:
        """Return the output at another port since the last call."""
        return self._output.take_other_port()

    @property
    def has_output(self) -> bool:
        """True if output waits to be taken."""
        return bool(self._output)

    def port_opened(self, now_s: float) -> None:
        """Record that a host has opened the AT port; from now on output reaches it."""
        self._network.advance(now_s)
        self.opened = True

    def port_closed(self, hupcl: bool, now_s: float) -> None:
        """Record that the last host has closed the AT port.

        If HUPCL is set, DTR falls; a modem without `AT&D0` since its power-on requires DTR: in either case
        its calls are dropped.
        """
        self._network.advance(now_s)
        self.opened = False
        self._output.take()
        self._shift.end()
        if hupcl or self.parameters.first("&D") != 0:
            self.line.drop(self.line.legs, Cause.NORMAL_CLEARING, self._network.agenda.now_s)

    def voice_read(self, n_bytes: int, now_s: float) -> bytes:
        """Return the next `n_bytes` of voice for the host, s16le at `voice.rate_hz`; empty while no voice
        flows.
        """
        self._network.advance(now_s)
        return self.voice.read(n_bytes, now_s)

    def voice_write(self, pcm: bytes, now_s: float) -> None:
        """Take voice from the host, s16le at `voice.rate_hz`; lost while no voice flows."""
        self._network.advance(now_s)
        self.voice.write(pcm, now_s)

    # ---------------------------------------------------------------------------------- power and faults

    def unplug(self, now_s: float) -> None:
        """Unplug the modem: its calls are lost, and it is unreachable."""
        self._network.advance(now_s)
        self._power_down(Power.UNPLUGGED, self._network.agenda.now_s)
        self.opened = False

    def plug(self, now_s: float) -> None:
        """Plug the modem in (unplugging it first if needed); it starts with factory settings."""
        self.unplug(now_s)
        self._power_up()

    def mute(self, now_s: float, for_s: float | None = None) -> None:
        """Stop all input and output at the AT port; calls and voice continue. Until `unmute` or `plug`, or
        for a time.
        """
        self._network.advance(now_s)
        self.unmute()
        self.muted = True
        if for_s is not None:
            self._mute_end = self._network.agenda.at(
                self._network.agenda.now_s + for_s, lambda _: self.unmute()
            )

    def unmute(self) -> None:
        """Resume input and output; earlier output is lost."""
        self.muted = False
        if self._mute_end is not None:
            self._mute_end.cancel()
        self._mute_end = None

    def garble(self, now_s: float, for_s: float = GARBLE_S) -> None:
        """Simulate a bad cable: garbage at once, and corrupted output for a while."""
        self._network.advance(now_s)
        self._emit(self._output.garbage.burst())
        self._output.garbage.until_s = self._network.agenda.now_s + for_s

    def change_vices(self, vices: Vices) -> None:
        """Set these vices and keep the others."""
        self.line.change_vices(vices)
        if vices.shifted_answers is not None:
            (self._shift.begin if vices.shifted_answers else self._shift.end)()
        if vices.radio_off is not None:
            self.radio = not vices.radio_off
        if any(vice is not None for vice in (vices.registration, vices.radio_off, vices.no_ims)):
            self.update_registration(self._network.agenda.now_s)
        if self._noise_timer is not None:
            self._noise_timer.cancel()
        if self.line.vices.noise_every_s:
            self._make_noise(self._network.agenda.now_s)

    def reboot(self, now_s: float) -> None:
        """Restart the modem at any point of its work."""
        self._network.advance(now_s)
        self._reboot(self._network.agenda.now_s)

    def take_message(self, pdus: list[tuple[str, int]]) -> bool:
        """Take an incoming short message; return False if it cannot be taken now."""
        if self.line.vices.loses_messages:
            return False
        return self.line.reachable and self.mailbox.receive(pdus, self.opened)

    def send_later(self, lines: list[str], after_s: float) -> None:
        """Send unsolicited lines later, if the modem is on then."""

        def send(_: float) -> None:
            if self.power is Power.ON:
                self._send_unsolicited(lines)

        self._network.agenda.at(self._network.agenda.now_s + after_s, send)

    @property
    def registration(self) -> int:
        """<stat> of +CEREG, and of +CREG in most places."""
        if self.power is not Power.ON or not self.radio or not (self.config.sim and self.sim.usable):
            return REGISTRATIONS["none"]
        return REGISTRATIONS[self.line.vices.registration or "home"]

    @property
    def circuit_registration(self) -> int:
        """<stat> of +CREG, where calls and data have separate registrations."""
        return REGISTRATIONS["none"] if self.line.vices.no_ims else self.registration

    @property
    def ims(self) -> bool:
        """True if registered in the IMS."""
        return self._is_registered and not self.line.vices.no_ims and self.memory.value('+QCFG="ims"') != "0"

    def switch_radio(self, now_s: float, *, on: bool) -> None:
        """Handle +CFUN: without radio its calls are lost, and it is unreachable."""
        if on is not self.radio:
            self.radio = on
            self.update_registration(now_s)

    def update_registration(self, now_s: float) -> None:
        """Apply a change of the SIM or the network: announce it, and drop the calls if there is no
        service.
        """
        stats = {"+CREG": self.circuit_registration, "+CGREG": self.registration, "+CEREG": self.registration}
        self._send_unsolicited(
            [f"{name}: {stat}" for name, stat in stats.items() if self.parameters.first(name)]
        )
        if self._is_registered:
            self.line.reachable = True
        else:
            self.line.on_network_lost(now_s)

    @property
    def _is_registered(self) -> bool:
        return self.registration in (REGISTRATIONS["home"], REGISTRATIONS["roaming"])

    def _power_down(self, power: Power, now_s: float) -> None:
        self.power = power
        self.line.reachable = False
        self.line.drop_all_silently(now_s)
        if self._boot is not None:
            self._boot.cancel()
        self._typed.clear()
        self._held_back.clear()
        self._slow_line = None
        self.mailbox.prompted = False

    def _power_up(self) -> None:
        self.power = Power.ON
        self._lines_run = 0
        self._codes_moved_here = False
        self.parameters.reset()
        self.memory.power_on(self.line.vices.forgets or ())
        self.voice.power_on()
        self.radio = not self.line.vices.radio_off
        self.sim.power_on(self.config.pin)
        self.line.reachable = self._is_registered
        self._shift.end()
        if self.line.vices.shifted_answers:
            self._shift.begin()
        self.unmute()

    def _reboot(self, now_s: float) -> None:
        if self.power is not Power.ON:
            return
        self._power_down(Power.BOOTING, now_s)
        self._boot = self._network.agenda.at(now_s + self.config.boot_time_s, self._on_booted)

    def _on_booted(self, now_s: float) -> None:
        self._power_up()
        self._send_unsolicited(list(self.dialect.boot))

    # ------------------------------------------------------------------------------------ the AT side

    def _process_byte(self, byte: int, now_s: float) -> None:
        if self._slow_line is not None:
            self._hold_back(byte)
            return
        if self.line.pending is not None:
            self._process_byte_while_dialling(byte, now_s)
            return
        if self.mailbox.prompted:
            self._process_message_byte(byte, now_s)
            return
        if (self.parameters.first("E") or self.line.vices.echo) and byte != LF:
            self._emit(bytes([byte]))
        if byte == CR:
            line = bytes(self._typed)
            self._typed.clear()
            self._run_or_delay(line, now_s)
        elif byte == BACKSPACE:
            del self._typed[-1:]
        elif byte != LF and len(self._typed) <= LINE_LIMIT:
            self._typed.append(byte)

    def _process_byte_while_dialling(self, byte: int, now_s: float) -> None:
        """Handle a byte during a dial; the byte that aborts a dial is not the first of a command (V.250
        5.6.1).
        """
        if not self.line.vices.bytes_abort_dial:
            self._hold_back(byte)
        elif byte != LF:
            self.line.abort_dial(now_s)

    def _hold_back(self, byte: int) -> None:
        self._held_back.append(byte)
        del self._held_back[LINE_LIMIT:]

    def _process_message_byte(self, byte: int, now_s: float) -> None:
        """Handle a byte after the prompt of +CMGS: part of the PDU, until Ctrl-Z sends it or ESC cancels
        it.
        """
        if byte not in (CTRL_Z, ESC):
            self._typed.append(byte)
            del self._typed[LINE_LIMIT:]
            return
        pdu = bytes(self._typed).decode("latin-1").strip()
        self._typed.clear()
        self.mailbox.prompted = False
        if byte == ESC:
            self._send_unsolicited(["OK"])
            return
        answer = self.mailbox.send(pdu, self.line.vices.message_error, now_s)
        delay_s = self.line.vices.message_takes_s if answer[-1] == "OK" else None
        self._run_after(delay_s or 0.0, pdu.encode(), now_s, lambda _: self._send_unsolicited(answer))

    def _run_or_delay(self, line: bytes, now_s: float) -> None:
        """Run the line, at once or after the time that it needs."""
        self._run_after(self._delay_s(line), line, now_s, lambda at_s: self._run(line, at_s))

    def _run_after(self, needs_s: float, line: bytes, now_s: float, done: Callable[[float], None]) -> None:
        if not needs_s:
            done(now_s)
            return
        self._slow_line = line

        def do(at_s: float) -> None:
            if self._slow_line is line:
                self._slow_line = None
                done(at_s)
                self._process_held_back(at_s)

        self._network.agenda.at(now_s + needs_s, do)

    def _delay_s(self, line: bytes) -> float:
        slow_s = self.line.vices.slow_s
        try:
            commands = commands_in(line) if slow_s else None
        except ValueError:
            return 0.0
        return max((slow_s.get(one.name, 0.0) for one in commands or ()), default=0.0) if slow_s else 0.0

    def _run(self, line: bytes, now_s: float) -> None:
        """Run one command line: its answers, one final result, and its effects announced before or after
        that.
        """
        try:
            commands = commands_in(line if len(line) <= LINE_LIMIT else b"AT+")
        except ValueError:
            self._send_unsolicited(["ERROR"])
            return
        if commands is None:
            return
        self._lines_run += 1
        if self.line.vices.silent_after and self._lines_run > self.line.vices.silent_after:
            self.mute(now_s)
            return
        self._later = []
        answers: list[str] = []
        final: str | None = "OK"
        announced_first = False
        try:
            for command in commands:
                announced_first = announced_first or command.name in self.dialect.announce_before_ok
                answer = perform(self, command, now_s)
                if answer is None:
                    final = None
                    break
                answers += answer
                if f"{command.name}={command.argument}" == self.dialect.codes_here:
                    self._codes_moved_here = True
        except AtError as error:
            final = self._error_result(error)
        except UnknownCommand:
            final = self.dialect.unknown_command
        except NoCarrier:
            final = "NO CARRIER"
        if final == "OK" and answers[-1:] and answers[-1] in self.dialect.without_ok:
            final = None
        caused, self._later = self._later, None
        answers, result = self._shift.delay((answers, [] if final is None else [final]))
        if answers:
            self._emit(("\r\n" + "\r\n".join(answers) + "\r\n").encode())
        self._send_unsolicited(caused + result if announced_first else result + caused)
        if self.mailbox.prompted:
            self._emit(b"\r\n> ")
        if self.reboots:
            self.reboots = False
            self._reboot(now_s)

    def _error_result(self, error: AtError) -> str:
        if self.line.vices.worded_errors:
            return f"ERROR: {error.error.text}"
        verbosity = self.parameters.first("+CMEE")
        if verbosity == 0:
            return "ERROR"
        return f"+CME ERROR: {error.error.code if verbosity == 1 else error.error.text}"

    def _fields(self) -> dict[str, object]:
        return {
            "model": self.config.model or self.dialect.model,
            "imei": self.imei,
            "imsi": self.imsi,
            "card": self.card,
            "number": self.config.number,
            "csq": self.config.csq if self.line.vices.registration != "searching" else NO_SIGNAL,
            "registered": self.registration,
            "circuit": self.circuit_registration,
            "ims": int(self.ims),
        }

    def remembered(self, command: Command) -> list[str] | None:
        """Return the answer from the modem's memory; None if the command concerns no setting in it."""
        return self.memory.execute(command, self._fields())

    def answer_lines(self, command_text: str) -> list[str] | None:
        """Return the dialect's fixed answer to the command; None if there is none. Raises AtError if the
        command needs a SIM and none is inserted.
        """
        lines = self.dialect.answers.get(command_text)
        if lines is not None and not self.config.sim and any("{card}" in line for line in lines):
            raise AtError(SIM_NOT_INSERTED)
        return None if lines is None else [line.format_map(self._fields()) for line in lines]

    # ------------------------------------------------------------------------------------------ output

    def _send_unsolicited(self, lines: list[str]) -> None:
        """Send unsolicited lines; during a command the lines wait for a place before or after its result."""
        if self._later is not None:
            self._later += lines
            return
        enabled = [line for line in lines if not self._is_disabled(line)]
        codes_here = not self.line.vices.codes_elsewhere or self._codes_moved_here
        for frame in self._output.framed(enabled, codes_here=codes_here):
            self._emit(frame)
        if self._held_back and self.line.pending is None:
            self._network.agenda.at(self._network.agenda.now_s, self._process_held_back)

    def _is_disabled(self, line: str) -> bool:
        """Return True if the host has disabled such lines (`AT^CURC=0` disables all of Huawei's own)."""
        return any(
            line.startswith(beginning) and not self.parameters.first(parameter)
            for beginning, parameter in self.dialect.only_with.items()
        )

    def _process_held_back(self, now_s: float) -> None:
        """Process the input that was held back during a dial or a slow command."""
        held_back = bytes(self._held_back)
        self._held_back.clear()
        self.feed(held_back, now_s)

    def _emit(self, data: bytes) -> None:
        if self.power is Power.ON and self.opened and not self.muted:
            self._output.put(data, self._network.agenda.now_s)

    def _noise(self, noise: Noise, index: int, now_s: float) -> None:
        self._send_unsolicited([noise.lines[index % len(noise.lines)]])
        self._network.agenda.at(now_s + noise.every_s, functools.partial(self._noise, noise, index + 1))

    def _make_noise(self, now_s: float) -> None:
        every_s = self.line.vices.noise_every_s or 1.0
        self._send_unsolicited([NOISE[int(now_s / every_s) % len(NOISE)]])
        self._noise_timer = self._network.agenda.at(now_s + every_s, self._make_noise)
