"""What is told of a line, and when it has to be told again. Pure."""

from __future__ import annotations

from typing import Final

from gateways.gsm.driver.driver import Driver
from messages.base import Joins
from messages.ids import SECOND, Instant, LegId
from messages.lines import LineReport, LineState
from model.settings.lines import Modem

SOON_S: Final = 1.0
"""A SIM lists its messages within this time, or is a slow one: a dial would wait for it, and be lost."""


class LineReports:
    """Of one line; `now_us`: since when it is starting."""

    def __init__(self, spec: Modem, now_us: Instant) -> None:
        self._spec = spec
        self._state, self._since = LineState.STARTING, now_us
        self._told: LineReport | None = None
        self._filed: LineReport | None = None

    def report(
        self,
        driver: Driver,
        condition: tuple[LineState, str],
        *,
        joins: Joins,
        legs: tuple[LegId, ...] = (),
        port: str,
        now_us: Instant,
    ) -> LineReport:
        """How the line is. `condition` is its state, and what is wrong; `port` is empty while closed."""
        state, text = condition
        if state is not self._state:
            self._state, self._since = state, now_us
        registration = driver.registration
        listing_s = driver.lists_messages_since_s
        lists = listing_s is not None and now_us / SECOND - listing_s >= SOON_S
        return LineReport(
            line=self._spec.line,
            trunk=self._spec.trunk,
            emergency=self._spec.emergency,
            state=state,
            since=self._since,
            busy=state is LineState.READY and (bool(driver.calls()) or driver.sends_sms or lists),
            sends_text=state is LineState.READY and driver.sends_sms,
            inbound=self._spec.takes_calls,
            joins=joins,
            legs=legs,
            worn=driver.worn,
            signal_dbm=driver.signal_dbm,
            service=driver.voice_service,
            registration=registration.name.lower() if registration is not None else "",
            port=port,
            imei=driver.identity.imei,
            dialect=driver.dialect.key,
            text=text,
        )

    def is_to_be_filed(self, report: LineReport) -> bool:
        """Whether it is not what the line's file says already; from now on it is."""
        changed, self._filed = report != self._filed, report
        return changed

    def is_to_be_told(self, report: LineReport) -> bool:
        """Whether it was not told since `tell_again`."""
        return report != self._told

    def told(self, report: LineReport) -> None:
        """Somebody was there to hear it."""
        self._told = report

    def tell_again(self) -> None:
        """Whatever was told may have been lost, or be asked for by somebody new."""
        self._told = None
