"""Short messages that this node has to send, from the journal, and those to abandon."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from actors.trunk_pool.texting import next_text
from messages.events import TextFailed
from messages.ids import E164, SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from messages.journal import Recorded
from model.rules.calls.withheld_numbers import why_number_unfit
from model.settings import Settings
from runtime import logs
from store.errors import StoreError
from store.journal.journal import Journal
from store.sms_outbox import Text, end_text, expiry_of, read_outbox

FAILED_FOR_US: Final = Instant(600 * SECOND)

log = logs.get("trunk_pool")


class TextQueue:
    """Queue of short messages of one TrunkPool."""

    def __init__(self, settings: Settings, journal: Journal, answering: Collection[str] = ()) -> None:
        """Start with no failed line; `answering`: numbers at which networks report the credit of a SIM."""
        self._settings = settings
        self._answering = frozenset(answering)
        self._journal = journal
        self._failed: dict[LineId, Instant] = {}

    def apply(self, recorded: Recorded) -> None:
        """Record the failure of a line."""
        if isinstance(recorded.event, TextFailed) and recorded.event.line is not None:
            self._failed[recorded.event.line] = recorded.at_us

    def failed(self, now_us: Instant) -> frozenset[LineId]:
        """Return the lines with a recent failure of a text."""
        return frozenset(line for line, at in self._failed.items() if now_us - at < FAILED_FOR_US)

    def next(self, own: Collection[E164], now_us: Instant) -> Text | None:
        """Return the next text to send, after giving up expired ones; None if no text waits. `own`: numbers
        of the center's lines.
        """
        try:
            texts = read_outbox(self._journal)
            # Includes texts of a lost node; if two nodes abandon one, the first event counts.
            for text in texts:
                if (why := expiry_of(text, now_us)) is not None:
                    self._give_up(text.id, why)
            wanted = next_text(texts, self._journal.node)
            if wanted is None or expiry_of(wanted, now_us) is not None:
                return None
            if self._is_fit(wanted, own):
                return wanted
            self._give_up(wanted.id, TextFailed(cause=TextFailure.UNFIT))
        except StoreError as error:
            log.error("the queue of text messages cannot be read", error=str(error))
        return None

    def _is_fit(self, text: Text, own: Collection[E164]) -> bool:
        """Return True if the text suits its number: only line tests go to the center's own lines, and line
        tests go nowhere else but to numbers at which networks answer.
        """
        if text.purpose is TextPurpose.PROOF:
            return text.to in own or text.to in self._answering
        return text.to not in own and why_number_unfit(text.to, self._settings) is None

    def _give_up(self, text: TextId, why: TextFailed) -> None:
        log.warning("the text message is given up", text=text, cause=str(why.cause))
        self._journal.transact(lambda tx: end_text(tx, text, why))
