"""Control of a modem's port by its line: opened, read, written, lost and reopened; and the steps outside the
driver for a modem that does not answer: its port, its USB device, its line.

An open port is no proof of a modem: a terminal server accepts a connection to an absent device, sends
the reason as plain text and closes the connection; a USB device appears before its firmware. Only a modem's
answer ends an absence.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Stage
from gateways.gsm.errors import DialRefused, GsmError, PortLost
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.leg_register import LegRegister
from gateways.gsm.port.modem_location import ModemLocation
from gateways.gsm.port.modem_port import ModemPort
from gateways.gsm.port.usb_devices import usb_reset
from gateways.gsm.tracing.live import LineTrace
from messages.ids import SECOND, Instant
from runtime.actor import CenterActor

ABSENCE_LIMIT_US: Final = Instant(5 * SECOND)
"""A modem that is absent for so long was unplugged, and its calls have ended with its power."""
REOPEN_US: Final = Instant(SECOND // 4)
LONGEST_PAUSE_US: Final = Instant(SECOND)
"""Longest pause between two openings. A modem back within ABSENCE_LIMIT_US is found in time to keep
its calls."""
_STEP_TEXT: Final = {
    Stage.RESYNC: "its state is requested again",
    Stage.REOPEN: "its port is reopened",
    Stage.RESET: "the modem is restarted by command",
    Stage.USB_RESET: "its USB device is reset",
    Stage.QUARANTINE: "the modem is tried again periodically",
}


class PortControl:
    """The port of one line's actor: the actor's timer `open` must call `open`, any other timer must write."""

    def __init__(
        self,
        actor: CenterActor,
        location: ModemLocation,
        port: ModemPort,
        driver: Driver,
        dialects: Dialects,
        register: LegRegister,
        journal: LineJournal,
        tracing: LineTrace,
    ) -> None:
        self._actor = actor
        self._location = location
        self._port = port
        self._driver = driver
        self._dialects = dialects
        self._register = register
        self._journal = journal
        self._tracing = tracing
        self._absence = Absence()
        self._usb_reset_result = ""
        """Result of the last attempt to reset the USB device."""
        self.fault = ""
        """The fault, for the operator."""

    @property
    def is_open(self) -> bool:
        """True if the modem's port is open."""
        return self._port.is_open

    @property
    def path(self) -> str:
        """Path of the open port; empty while closed."""
        return self._port.path if self._port.is_open else ""

    def _now_s(self) -> float:
        return self._actor.now_us() / SECOND

    def open(self) -> bool:
        """Open the port if closed; return True if the driver now has output for the port."""
        if self._port.is_open:
            return False
        try:
            self._port.open(self._now_s())
        except GsmError as error:
            self.fault = str(error)
            self._on_absent()
            return False
        self._register.voice_path = self._location.voice()
        usb, takes_commands = self._location.usb()
        self._driver.set_usb_dialect(by_usb_ids(self._dialects, usb), at_command_port=takes_commands)
        self._driver.on_port_opened(self._now_s())
        return True

    def read(self) -> bool:
        """Pass the modem's bytes to the driver; return True if there were any."""
        try:
            data = self._port.read()
        except PortLost as error:
            self._on_port_lost(error)
            return False
        if data:
            self._tracing.record_modem(data, self._now_s())
            self._driver.receive(data, self._now_s())
        return bool(data)

    def write(self) -> None:
        """Write the driver's output to the modem."""
        if not self._port.is_open:
            return
        try:
            # The clock is read last, directly before the write: this process may be frozen at any point, and
            # a dial whose time is over after the thaw must not be written.
            data = self._driver.take_output(self._now_s())
            if not self._port.write(data):
                self._actor.at(Instant(self._actor.now_us() + SECOND // 100), "flush")
            if data:
                self._tracing.record_host(data, self._now_s())
        except DialRefused as error:
            self._actor.log.error("the dial guard refuses a number", line=self._actor.key, error=str(error))
            self._driver.write_refused(self._now_s(), str(error))
        except PortLost as error:
            self._on_port_lost(error)

    def close_wrong_modem(self) -> None:
        """Close the port: it has another modem than the wanted modem."""
        self._on_port_lost(PortLost(f"{self._port.path}: another modem"))

    def _on_port_lost(self, error: PortLost) -> None:
        self._port.close()
        self._tracing.record_loss(str(error), self._now_s())
        self.fault = str(error)
        self._driver.on_port_lost(self._now_s())
        if self._on_absent():
            self._actor.log.warning("the port of the modem is lost", line=self._actor.key, error=str(error))

    def end_absence(self) -> None:
        """End the absence once the modem answers: a modem with the same calls as before causes no event."""
        if self._driver.calls_synchronised and self._absence.on_modem_answering():
            self.fault = ""

    def give_up_calls(self) -> None:
        """End the calls once no modem has answered for too long: the parties are called again."""
        is_gone = self._absence.is_gone(self._actor.now_us())
        if is_gone and self._register.live and not self._driver.listening:
            self._driver.end_all_calls(self._now_s(), "the modem is gone")

    def take_recovery_step(self, stage: Stage) -> None:
        """Take the next step of the ladder for a modem that does not answer."""
        log, line = self._actor.log, self._actor.key
        log.warning("the modem does not answer", line=line, stage=stage.value)
        match stage:
            case Stage.REOPEN:
                self._port.close()
            case Stage.USB_RESET:
                self._port.close()
                self._usb_reset_result = usb_reset(self._port.path)
                log.warning(
                    "the modem's USB port is reset",
                    line=line,
                    port=self._port.path,
                    result=self._usb_reset_result,
                )
            case Stage.QUARANTINE if not self._journal.quarantined:
                why = quarantine_reason(
                    may_hold_call=bool(self._driver.protected or self._driver.calls()),
                    ever_answered=self._driver.ever_answered,
                    port=self._port.path,
                    usb_reset=self._usb_reset_result,
                )
                self._journal.quarantine(why)
            case _:
                pass
        self.fault = recovery_step_text(stage)
        if not self._port.is_open:
            self._actor.at(Instant(self._actor.now_us() + REOPEN_US), "open")

    def stop(self) -> None:
        """Release the port; the calls stay up."""
        self._port.stop()
        self._tracing.close()

    def _on_absent(self) -> bool:
        """Note that the port cannot be opened now, or has no modem; return True if an absence begins."""
        now_us = self._actor.now_us()
        is_new = self._absence.on_absent(now_us)
        self.give_up_calls()
        self._actor.at(Instant(now_us + self._absence.pause_us), "open")
        return is_new


class Absence:
    """The absence of one line's modem."""

    def __init__(self) -> None:
        self._since: Instant | None = None
        self._openings = 0

    def on_absent(self, now_us: Instant) -> bool:
        """Note a lost port or a failed opening; return True if an absence begins."""
        self._openings += 1
        if self._since is not None:
            return False
        self._since, self._openings = now_us, 0
        return True

    def on_modem_answering(self) -> bool:
        """Note that the modem has answered; return True if it was absent."""
        was_absent, self._since = self._since is not None, None
        return was_absent

    @property
    def pause_us(self) -> Instant:
        """Pause before the next opening: longer after each opening."""
        return Instant(min(REOPEN_US << min(self._openings, 8), LONGEST_PAUSE_US))

    def is_gone(self, now_us: Instant) -> bool:
        """Return True if the modem's calls count as gone."""
        return self._since is not None and now_us - self._since >= ABSENCE_LIMIT_US


def recovery_step_text(stage: Stage) -> str:
    """Return the present step as a sentence without a full stop."""
    return f"the modem does not answer: {_STEP_TEXT[stage]}"


def quarantine_reason(*, may_hold_call: bool, ever_answered: bool, port: str, usb_reset: str) -> str:
    """Return why the line is taken out of service, and the remedy. `usb_reset`: result of the last reset."""
    if may_hold_call:
        return "The modem does not answer, and is not reset, because it may hold a call."
    reset = f" ({usb_reset})" if usb_reset else ""
    if ever_answered:
        return f"The modem does not answer after every kind of reset{reset}: switch the modem off and on."
    return (
        f"No modem answers at {port} after every kind of reset{reset}: switch the modem off and on, and "
        "check with `securwoman modem list` that this port accepts AT commands."
    )
