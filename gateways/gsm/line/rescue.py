"""What is done outside the driver about a modem that does not answer: its port, its USB device, its line."""

from __future__ import annotations

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Stage
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.silence import being_tried, given_up
from gateways.gsm.port.modem_port import ModemPort
from gateways.gsm.port.usb_reset import usb_reset
from messages.ids import LineId
from runtime.logs import Logger


class Rescue:
    """Of one line."""

    def __init__(
        self, line: LineId, driver: Driver, port: ModemPort, journal: LineJournal, log: Logger
    ) -> None:
        self._line = line
        self._driver = driver
        self._port = port
        self._journal = journal
        self._log = log
        self._reset = ""
        """What came of the last attempt to reset its USB device."""

    def climb(self, stage: Stage) -> str:
        """One more rung of the ladder; what is to be said of it.

        A port that is closed afterwards is to be opened again soon.
        """
        self._log.warning("the modem does not answer", line=self._line, stage=stage.value)
        match stage:
            case Stage.REOPEN:
                self._port.close()
            case Stage.USB_RESET:
                self._port.close()
                self._reset = usb_reset(self._port.path)
                self._log.warning("USB reset", line=self._line, port=self._port.path, result=self._reset)
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
        return being_tried(stage)
