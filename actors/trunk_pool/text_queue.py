"""The short messages that this node has to send, from the journal; and which of them are given up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from actors.trunk_pool.texting import next_text
from messages.events import TextFailed
from messages.ids import E164, SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from messages.journal import Recorded
from model.rules.calls.withheld_numbers import unfit
from model.settings import Settings
from runtime import logs
from store.errors import StoreError
from store.journal.journal import Journal
from store.texts import Text, end, failure, outbox_of

FAILED_FOR_US: Final = Instant(600 * SECOND)

log = logs.get("trunk_pool")


class TextQueue:
    """See the module. One for each pool."""

    def __init__(self, settings: Settings, journal: Journal, answering: Collection[str] = ()) -> None:
        """`answering`: the numbers at which networks tell what is left on a SIM."""
        self._settings = settings
        self._answering = frozenset(answering)
        self._journal = journal
        self._failed: dict[LineId, Instant] = {}

    def hear(self, recorded: Recorded) -> None:
        """Something was written: a line may have failed."""
        if isinstance(recorded.event, TextFailed) and recorded.event.line is not None:
            self._failed[recorded.event.line] = recorded.at_us

    def failed(self, now_us: Instant) -> frozenset[LineId]:
        """The lines on which a text has failed lately."""
        return frozenset(line for line, at in self._failed.items() if now_us - at < FAILED_FOR_US)

    def next(self, own: Collection[E164], now_us: Instant) -> Text | None:
        """What is to be sent now, once what is over is given up. `own`: the numbers of the center's lines."""
        try:
            texts = outbox_of(self._journal)
            # Also those of a node that is gone; of two that give one up, the first counts.
            for text in texts:
                if (why := failure(text, now_us)) is not None:
                    self._give_up(text.id, why)
            wanted = next_text(texts, self._journal.node)
            if wanted is None or failure(wanted, now_us) is not None:
                return None
            if self._is_fit(wanted, own):
                return wanted
            self._give_up(wanted.id, TextFailed(cause=TextFailure.UNFIT))
        except StoreError as error:
            log.error("no short message can be sent", error=str(error))
        return None

    def _is_fit(self, text: Text, own: Collection[E164]) -> bool:
        """To the center's own lines goes what tries them, and nothing else; and what tries them goes nowhere
        else, but to where its network answers.
        """
        if text.purpose is TextPurpose.PROOF:
            return text.to in own or text.to in self._answering
        return text.to not in own and unfit(text.to, self._settings) is None

    def _give_up(self, text: TextId, why: TextFailed) -> None:
        log.warning("a short message is given up", text=text, cause=str(why.cause))
        self._journal.transact(lambda tx: end(tx, text, why))
