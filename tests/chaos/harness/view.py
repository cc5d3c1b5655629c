"""What can be seen of one alert from outside: its journal, the carrier's calls, what the phones hear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from messages.ids import Party
from model.alert.case import Case


@dataclass(frozen=True, kw_only=True)
class Call:
    """One entry of the carrier's `GET /calls`; times in seconds since 1970."""

    id: int
    caller: str
    to: str
    line: str | None
    state: str
    started_s: float
    ringing_s: float | None = None
    answered_s: float | None = None
    ended_s: float | None = None
    cause: int | None = None
    ended_by: str | None = None
    """The number of whoever hung up: a phone's or a line's; None where the network ended it."""

    @classmethod
    def read(cls, told: Mapping[str, object]) -> Call:
        """From the carrier's JSON."""
        names = {"id": "id", "caller": "from", "to": "to", "line": "line", "state": "state"}
        names |= {f"{name}_s": f"{name}_at_s" for name in ("started", "ringing", "answered", "ended")}
        names |= {"cause": "cause", "ended_by": "ended_by"}
        return cls(**{ours: told[theirs] for ours, theirs in names.items()})  # type: ignore[arg-type]

    @property
    def live(self) -> bool:
        """Whether it is not over."""
        return self.state != "ended"


@dataclass(frozen=True)
class People:
    """The telephones of one alert."""

    user: str
    operator: str
    psap: str

    def number(self, party: Party) -> str:
        """The party's own."""
        return {Party.USER: self.user, Party.OPERATOR: self.operator, Party.PSAP: self.psap}[party]

    @property
    def all(self) -> tuple[str, str, str]:
        """All three."""
        return self.user, self.operator, self.psap


@dataclass(kw_only=True)
class View:
    """One look; what costs something to see is seen when it is asked for, once."""

    people: People
    ordered: frozenset[str]
    """The operator's orders that were taken."""
    read_case: Callable[[], Case | None]
    read_calls: Callable[[], tuple[Call, ...]]
    read_hears: Callable[[frozenset[Party]], bool]
    _case: Case | None = field(default=None, init=False)
    _calls: tuple[Call, ...] | None = field(default=None, init=False)

    @property
    def case(self) -> Case | None:
        """The alert as the journal tells it."""
        if self._case is None:
            self._case = self.read_case()
        return self._case

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call with one of its people, oldest first."""
        if self._calls is None:
            self._calls = self.read_calls()
        return self._calls

    def calls_with(self, party: Party) -> tuple[Call, ...]:
        """Those with one party, whoever has called."""
        number = self.people.number(party)
        return tuple(call for call in self.calls if number in (call.caller, call.to))

    @property
    def joined(self) -> frozenset[Party]:
        """Who is in the conference, as the journal tells it."""
        legs = self.case.legs.values() if self.case is not None else ()
        return frozenset(leg.party for leg in legs if leg.joined and leg.answered)

    def hear_each_other(self, parties: frozenset[Party]) -> bool:
        """Whether just now each of them hears exactly the others."""
        return self.read_hears(parties)
