"""The short messages that a line receives: read, told until they are kept, deleted from the SIM.

Nothing that anybody can write ends the line's process, nor is it lost. A text that cannot be read is read
once more, then taken aside: told as it came, with its sender where that can be read.
"""

from __future__ import annotations

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import SmsFailed, SmsReceived
from gateways.gsm.errors import where_raised
from gateways.gsm.line.credit import LineCreditAsking
from gateways.gsm.line.failed_reads import FailedReads
from gateways.gsm.sms.texts import Texts, key_of, key_of_unread, unread
from messages.ids import SECOND, Instant, LineId
from messages.sms import SmsArrived
from runtime.logs import Logger


class IncomingTexts:
    """Of one line."""

    def __init__(
        self, line: LineId, driver: Driver, credit: LineCreditAsking, failed: FailedReads, log: Logger
    ) -> None:
        self._line = line
        self._driver = driver
        self._credit = credit
        self._failed = failed
        self._log = log
        self._texts = Texts(line)
        self.unread_last: bool | None = None
        """Whether the one that came last could not be read; none before the first."""

    @property
    def waiting(self) -> list[SmsArrived]:
        """Those that have to be told (again), oldest first."""
        return self._texts.waiting

    def hear(self, event: SmsReceived, now_us: Instant) -> None:
        """One has come, or was read again."""
        key = key_of(event)
        if self._failed.is_given_up(key):
            self._take_aside(unread(event, ""), now_us)
            return
        error = self._failed.read(key, lambda: self._read(event, now_us), now_us)
        if error is None:
            self.unread_last = False
            return
        self._log.error("a short message cannot be read", line=self._line, error=where_raised(error))
        if self._failed.is_given_up(key) or not event.stored:
            self._take_aside(unread(event, where_raised(error)), now_us)
        else:
            self._driver.read_sms(event.stored, now_us / SECOND)

    def hear_failed(self, event: SmsFailed, now_us: Instant) -> None:
        """One has come that cannot be read."""
        key = key_of_unread(event)
        if not event.from_somebody:
            # Nobody can be helped by it, and it would fill the SIM until nothing can come in.
            self._driver.delete_sms(event.stored, now_us / SECOND)
        elif self._failed.is_given_up(key) or self._failed.failed(key, now_us) or not event.stored:
            self._take_aside(event, now_us)
        else:
            self._log.warning("a short message cannot be read", line=self._line, error=event.text)
            self._driver.read_sms(event.stored, now_us / SECOND)

    def kept(self, key: str, now_us: Instant) -> None:
        """It is kept elsewhere."""
        self._driver.delete_sms(self._texts.kept(key), now_us / SECOND)

    def _read(self, event: SmsReceived, now_us: Instant) -> None:
        stored = event.stored if self._credit.is_answer(event, now_us) else self._texts.hear(event, now_us)
        self._driver.delete_sms(stored, now_us / SECOND)

    def _take_aside(self, event: SmsFailed, now_us: Instant) -> None:
        if not event.from_somebody:
            self._driver.delete_sms(event.stored, now_us / SECOND)
            return
        self.unread_last = True
        self._log.error("a short message is taken aside", line=self._line, error=event.text)
        self._driver.delete_sms(self._texts.hear_unread(event), now_us / SECOND)
