"""Process that offers operators to alerts, from the reservations in the journal and the operators in the
registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.operator_pool.decider import (
    Candidate,
    Offered,
    WaitingCase,
    kept_for,
    need,
    offer,
    on_call_candidate,
    order,
    served_with,
)
from messages.envelope import Envelope
from messages.events import (
    AlertClosed,
    ListenerLeft,
    OperatorJoined,
    OperatorLeft,
    OperatorNotAnswering,
    OperatorReserved,
    ShiftChanged,
    WrapUpEnded,
)
from messages.ids import SECOND, AlertId, Instant, OperatorId, OperatorLine, Role, ShiftState
from messages.operators import OperatorVoice, OperatorVoices, RequestOperators
from model.alert.live import LiveCases
from model.rules import wrap_up
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.published import own_voices
from store import streams
from store.errors import StoreError
from store.journal.following import FollowedFolds
from store.journal.journal import Journal
from store.journal.projections import Operators, OperatorState
from store.registry.registry import Registry

LISTEN_US: Final = Instant(SECOND // 50)
"""Interval of reading the journal while an alert waits for an operator, in microseconds: a storm commits
without end.
"""
SERVES_US: Final = Instant(SECOND // 5)
"""Interval of serving all waiting alerts while nothing has changed, in microseconds."""
VOICES_FRESH_US: Final = Instant(3 * SECOND)
"""Validity of the last report on operators' own lines, in microseconds; a report arrives every second."""


class OperatorPoolActor(CenterActor):
    """OperatorPool: offers operators and reserves none; the append of the alert reserves."""

    role: ClassVar[Role] = Role.OPERATOR_POOL

    def started(self) -> None:
        """Read shifts and reservations, and follow them from then on."""
        self._settings = self.env.settings_as(Setup).settings
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._registry = Registry(self._journal)
        self._operators, self._live = Operators(), LiveCases()
        self._follower = self.close_at_end(FollowedFolds(self._journal, self._operators, self._live))
        self._people = self._registry.operators()
        self._waiting: dict[AlertId, tuple[WaitingCase, ActorAddress]] = {}
        self._offered: dict[OperatorId, Offered] = {}
        self._silent: set[OperatorId] = set()
        self._free_since: dict[OperatorId, Instant] = {}
        self._looked_us = Instant(0)
        self._no_journal = Outage(self.log, "the journal cannot be read")
        self._no_registry = Outage(self.log, "the registry cannot be read")
        self._served_us = Instant(0)
        self._voices: dict[OperatorId, OperatorLine] = {}
        """Operators available on an own line at this node, with its mode."""
        self._voices_us = Instant(0)

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Answer a request at once, and again when an operator becomes free."""
        body = envelope.body
        match body:
            case RequestOperators(alert=alert):
                self._waiting[alert] = (WaitingCase(request=body, asked_at=self.now_us()), sender)
                changed = self._follow()
                self._serve(only=alert, everybody=changed)
            case OperatorVoices(voices=voices):
                self._heard_of_voices(voices)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Follow the journal, so that little is left to read at the next request."""
        try:
            self._people = self._registry.operators()
        except StoreError as error:
            self._no_registry.failed(error)
        else:
            self._no_registry.works()
        self._changed()

    def _heard_of_voices(self, voices: tuple[OperatorVoice, ...]) -> None:
        self._voices_us = self.now_us()
        up = {one.operator: one.mode for one in voices if one.to_be_had}
        if up != self._voices:
            self._voices = up
            if self._waiting:
                self._follow()
                self._serve()

    def _modes(self, now_us: Instant) -> dict[OperatorId, OperatorLine]:
        """Return the mode of each operator with an own line that is up, at any node; all others are called by
        phone.
        """
        here = self._voices if now_us - self._voices_us <= VOICES_FRESH_US else {}
        return {**own_voices.available_operators(self.env.peers.places), **here}

    def _listen(self, wanted: bool) -> None:
        """Watch every commit while an alert waits for an operator, and only then.

        Watching takes processor time from the actors that the commit is for.
        """
        if wanted:
            self.watch(self._follower.fileno(), self._woken)
        else:
            self.unwatch(self._follower.fileno())

    def timer(self, timer: object, now_us: Instant) -> None:
        """Serve waiting alerts after a commit."""
        self._changed()

    def _woken(self) -> None:
        self.run_no_sooner(Instant(self._looked_us + LISTEN_US), self._follower.fileno(), self._changed)

    def _changed(self) -> None:
        if self._follow():
            self._serve()
        else:
            self._listen(bool(self._waiting))

    def _follow(self) -> bool:
        """Follow the journal; return True if the state of an operator has changed."""
        self._looked_us = self.now_us()
        try:
            new = self._follower.catch_up()
        except StoreError as error:
            self._no_journal.failed(error)
            return False
        self._no_journal.works()
        for recorded in new:
            match recorded.event:
                case OperatorNotAnswering(operator=operator):
                    self._silent.add(operator)
                case (
                    OperatorJoined(operator=operator)
                    | ShiftChanged(operator=operator)
                    | WrapUpEnded(operator=operator)
                ):
                    self._silent.discard(operator)
                case _:
                    pass
        now_us = self.now_us()
        for name, state in self._operators.operators.items():
            if state.reserved_by is not None:
                self._free_since.pop(name, None)
            else:
                self._free_since.setdefault(name, now_us)
        return any(isinstance(recorded.event, _OPERATORS) for recorded in new)

    def _serve(self, only: AlertId | None = None, *, everybody: bool = True) -> None:
        """Answer waiting requests, the most urgent first; the request of `only` is answered in any case.

        Without `everybody` nothing has changed: only requests with priority over `only` are served, unless
        all were last served a while ago. Otherwise, in a flood, each request would cost one run over all
        alerts.
        """
        now_us = self.now_us()
        everybody = everybody or only is None or now_us >= self._served_us + SERVES_US
        try:
            candidates = list(self._candidates())
        except StoreError as error:
            self._no_journal.failed(error)
            return
        still = order((one for one, _ in self._waiting.values()), now_us, self._settings)
        self._waiting = {one.request.alert: self._waiting[one.request.alert] for one in still}
        if everybody:
            self._served_us = now_us
        elif only is not None:
            still = served_with(only, still)
        for waiting in still:
            request = waiting.request
            _, sender = self._waiting[request.alert]
            answer = offer(request, candidates, self._offered, now_us, self._live.cases)
            if answer.offers or request.alert == only:
                self.answer(sender, answer, request.alert)
            for operator in kept_for(request, answer):
                self._offered[operator] = Offered(alert=request.alert, at=now_us, need=need(request))
            if answer.offers:
                del self._waiting[request.alert]
        self._listen(bool(self._waiting))

    def _candidates(self) -> Iterator[Candidate]:
        now_us = self.now_us()
        modes = self._modes(now_us)
        for person in self._people:
            state = self._state(person.id)
            yield Candidate(
                operator=person.id,
                version=state.version,
                shift=state.state,
                reserved_by=state.reserved_by,
                not_answering=person.id in self._silent,
                wraps_up=wrap_up.is_in_wrap_up(state.left_at, self._settings, now_us),
                free_since=self._free_since.get(person.id, Instant(0)),
                number=person.phone,
                mode=modes.get(person.id, OperatorLine.ON_DEMAND),
                language=person.language,
                name=person.name,
                on_call=person.on_call and state.state is ShiftState.OFF,
            )
        for number in self._settings.operator.on_call:
            one = on_call_candidate(number, 0, None)
            state = self._state(one.operator)
            yield on_call_candidate(number, state.version, state.reserved_by)

    def _state(self, operator: OperatorId) -> OperatorState:
        known = self._operators.operators.get(operator)
        if known is not None:
            return known
        return OperatorState(operator=operator, version=self._journal.version(streams.operator(operator)))


_OPERATORS: Final = (
    OperatorReserved,
    OperatorJoined,
    OperatorLeft,
    OperatorNotAnswering,
    ListenerLeft,
    ShiftChanged,
    WrapUpEnded,
    AlertClosed,
)
"""Events after which the available operators may differ."""
