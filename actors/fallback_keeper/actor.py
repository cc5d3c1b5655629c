"""Process that syncs the fallback journal, and the only writer of the journal while the fallback is in use.

No alert waits for this process. If the disk hangs, only this process hangs, and is restarted like any other.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from actors.fallback_keeper.decider import Keeping, Step, must_log_failure, next_steps
from messages.ids import SECOND, Instant, Role
from runtime.actor import CenterActor
from store.errors import JournalError
from store.fallback.keeper import Keeper
from store.journal.notify import SocketNotifier


class FallbackKeeperActor(CenterActor):
    """FallbackKeeper: runs the next steps once a second."""

    role: ClassVar[Role] = Role.FALLBACK_KEEPER

    def started(self) -> None:
        """Run a first step at once: the predecessor may have been killed in the middle of a step."""
        self._keeping = Keeping()
        self._keeper: Keeper | None = None
        if not self.env.journal_url:
            return
        try:
            self._keeper = Keeper(
                self.env.journal_url,
                self.env.run,
                self.env.state / "keys",
                node=self.env.node,
                clock=self.env.clock.now_us,
                notify=SocketNotifier(self.env.run / "notify"),
            )
        except OSError as error:
            self.log.error("the fallback journal cannot be opened", error=str(error))
        self.tick(self.now_us())

    def tick(self, now_us: Instant) -> None:
        """Run the steps that are due, every second."""
        if self._keeper is None:
            return
        self._keeping, steps = next_steps(self._keeping, in_use=self._keeper.in_use, now_us=now_us)
        for step in steps:
            try:
                self._do(self._keeper, step)
            except JournalError as error:
                self._keeping, say = must_log_failure(self._keeping, now_us)
                if say:
                    self.log.error("the journal's disk fails", step=step.value, error=str(error))
                self._keeping = replace(
                    self._keeping,
                    raised=self._keeping.raised and step is not Step.RAISE,
                    cleared=self._keeping.cleared and step is not Step.CLEAR,
                )
                return

    def _do(self, keeper: Keeper, step: Step) -> None:
        match step:
            case Step.REPLICATE | Step.REFILL:
                keeper.replicate(anew=step is Step.REFILL)
            case Step.RAISE:
                keeper.raise_alarm()
            case Step.CLEAR:
                keeper.clear_alarm()
            case Step.GO_BACK:
                done = keeper.go_back()
                text = f"{done.events} events were written late, after {done.after_us / SECOND:.1f} s."
                self.log.warning(
                    "the journal is durable again", events=done.events, renumbered=done.renumbered
                )
                keeper.clear_alarm(text)
                self._keeping = replace(self._keeping, cleared=True)
