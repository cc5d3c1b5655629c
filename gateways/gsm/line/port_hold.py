"""A line's hold on its modem's port: opened, read, written, lost and opened again; and what is done outside
the driver about a modem that does not answer: its port, its USB device, its line.

A port that can be opened is no modem yet: a terminal server takes a connection whose device is gone, says why
in plain text and closes it; a USB device is there before its firmware. Only a modem's answer ends an absence.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Stage
from gateways.gsm.errors import DialRefused, GsmError, PortLost
from gateways.gsm.line.adopting import Standing
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.port.modem_port import ModemPort
from gateways.gsm.port.usb_devices import usb_reset
from gateways.gsm.port.whereabouts import Whereabouts
from gateways.gsm.tracing.live import Tracing
from messages.ids import SECOND, Instant
from runtime.actor import CenterActor

GONE_US: Final = Instant(5 * SECOND)
"""A modem that is away for so long was unplugged, and its calls are gone with its power."""
REOPEN_US: Final = Instant(SECOND // 4)
LONGEST_PAUSE_US: Final = Instant(SECOND)
"""Between two openings. One that comes back within GONE_US is found in time to keep its calls."""
_TRIED: Final = {
    Stage.RESYNC: "it is asked again",
    Stage.REOPEN: "its port is opened anew",
    Stage.RESET: "it is told to start anew",
    Stage.USB_RESET: "its USB device is reset",
    Stage.QUARANTINE: "it is tried again now and then",
}


class PortHold:
    """Of one line's actor, whose timer `open` is to call `open`, and any other one to write again."""

    def __init__(
        self,
        actor: CenterActor,
        where: Whereabouts,
        port: ModemPort,
        driver: Driver,
        dialects: Dialects,
        standing: Standing,
        journal: LineJournal,
        tracing: Tracing,
    ) -> None:
        self._actor = actor
        self._where = where
        self._port = port
        self._driver = driver
        self._dialects = dialects
        self._standing = standing
        self._journal = journal
        self._tracing = tracing
        self._absence = Absence()
        self._reset = ""
        """What came of the last attempt to reset its USB device."""
        self.trouble = ""
        """What is wrong, for the person on duty."""

    @property
    def is_open(self) -> bool:
        """Whether the modem can be spoken to."""
        return self._port.is_open

    @property
    def path(self) -> str:
        """Where; empty while it cannot."""
        return self._port.path if self._port.is_open else ""

    def _now_s(self) -> float:
        return self._actor.now_us() / SECOND

    def open(self) -> bool:
        """Open the port, if it is not; return whether the driver has something to say there now."""
        if self._port.is_open:
            return False
        try:
            self._port.open(self._now_s())
        except GsmError as error:
            self.trouble = str(error)
            self._away()
            return False
        self._standing.voice_path = self._where.voice()
        usb, takes_commands = self._where.usb()
        self._driver.plugged_in_as(by_usb_ids(self._dialects, usb), at_command_port=takes_commands)
        self._driver.opened(self._now_s())
        return True

    def read(self) -> bool:
        """Hand the driver what the modem has said; return whether it has said anything."""
        try:
            data = self._port.read()
        except PortLost as error:
            self._lose(error)
            return False
        if data:
            self._tracing.modem(data, self._now_s())
            self._driver.receive(data, self._now_s())
        return bool(data)

    def write(self) -> None:
        """Say to the modem what the driver has to say."""
        if not self._port.is_open:
            return
        try:
            # The time is asked last, and nothing comes between that and the modem: this process may be
            # frozen at any point, and a dial whose time is over by the thaw must not be made.
            data = self._driver.take_output(self._now_s())
            if not self._port.write(data):
                self._actor.at(Instant(self._actor.now_us() + SECOND // 100), "flush")
            if data:
                self._tracing.host(data, self._now_s())
        except DialRefused as error:
            self._actor.log.error("the dial guard refused", line=self._actor.key, error=str(error))
            self._driver.write_refused(self._now_s(), str(error))
        except PortLost as error:
            self._lose(error)

    def is_another_s(self) -> None:
        """The port has another modem than the one looked for."""
        self._lose(PortLost(f"{self._port.path}: another modem"))

    def _lose(self, error: PortLost) -> None:
        self._port.close()
        self._tracing.lost(str(error), self._now_s())
        self.trouble = str(error)
        self._driver.port_lost(self._now_s())
        if self._away():
            self._actor.log.warning("the port is lost", line=self._actor.key, error=str(error))

    def look(self) -> None:
        """A modem that lists the same calls as before tells no event of it."""
        if self._driver.in_step and self._absence.ended():
            self.trouble = ""

    def give_up_calls(self) -> None:
        """Count the calls as gone once no modem has answered for too long: the parties are called again."""
        gone = self._absence.is_gone(self._actor.now_us())
        if gone and self._standing.live and not self._driver.listening:
            self._driver.calls_lost(self._now_s(), "the modem is gone")

    def climb(self, stage: Stage) -> None:
        """One more rung of the ladder for a modem that does not answer."""
        log, line = self._actor.log, self._actor.key
        log.warning("the modem does not answer", line=line, stage=stage.value)
        match stage:
            case Stage.REOPEN:
                self._port.close()
            case Stage.USB_RESET:
                self._port.close()
                self._reset = usb_reset(self._port.path)
                log.warning("USB reset", line=line, port=self._port.path, result=self._reset)
            case Stage.QUARANTINE if not self._journal.quarantined:
                why = given_up(
                    may_hold_call=bool(self._driver.protected or self._driver.calls()),
                    ever_answered=self._driver.ever_answered,
                    port=self._port.path,
                    usb_reset=self._reset,
                )
                self._journal.quarantine(why)
            case _:
                pass
        self.trouble = being_tried(stage)
        if not self._port.is_open:
            self._actor.at(Instant(self._actor.now_us() + REOPEN_US), "open")

    def stop(self) -> None:
        """Let go of the port; the calls stay up."""
        self._port.stop()
        self._tracing.close()

    def _away(self) -> bool:
        """The port cannot be had now, or is no modem's; return whether that is new."""
        now_us = self._actor.now_us()
        is_new = self._absence.noticed(now_us)
        self.give_up_calls()
        self._actor.at(Instant(now_us + self._absence.pause_us), "open")
        return is_new


class Absence:
    """Of one line's modem."""

    def __init__(self) -> None:
        self._since: Instant | None = None
        self._openings = 0

    def noticed(self, now_us: Instant) -> bool:
        """The port is lost, or an opening came to nothing; return whether an absence begins with it."""
        self._openings += 1
        if self._since is not None:
            return False
        self._since, self._openings = now_us, 0
        return True

    def ended(self) -> bool:
        """The modem has answered; return whether it was absent."""
        was_absent, self._since = self._since is not None, None
        return was_absent

    @property
    def pause_us(self) -> Instant:
        """How long to wait before the next opening: longer after each."""
        return Instant(min(REOPEN_US << min(self._openings, 8), LONGEST_PAUSE_US))

    def is_gone(self, now_us: Instant) -> bool:
        """Whether the modem's calls count as gone."""
        return self._since is not None and now_us - self._since >= GONE_US


def being_tried(stage: Stage) -> str:
    """What goes on, beginning a sentence."""
    return f"the modem does not answer: {_TRIED[stage]}"


def given_up(*, may_hold_call: bool, ever_answered: bool, port: str, usb_reset: str) -> str:
    """Why its line is taken out of service, and what can be done. `usb_reset`: what came of the last one."""
    if may_hold_call:
        return "The modem does not answer; it may hold a call, and is not reset."
    reset = f" ({usb_reset})" if usb_reset else ""
    if ever_answered:
        return f"The modem does not answer, whatever was tried{reset}: switch it off and on."
    return (
        f"Nothing at {port} answers as a modem, whatever was tried{reset}: switch it off and on, and see in "
        "`securwoman modem list` whether this is the port that takes commands."
    )
