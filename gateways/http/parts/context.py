"""Context shared by the routes: made once for a process, and passed to each route's function."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from application.settings.own_file import SettingsFile
from application.state.state_dir import StateDir
from gateways.console.following import JournalFollower
from gateways.console.people import OperatorsView, People
from gateways.console.sessions import Cookies
from gateways.console.tally import Tally
from gateways.console.views.infrastructure import ModemView
from gateways.http.metrics import Metrics
from gateways.http.parts.auditing import RequestAudit
from gateways.http.parts.journal_writer import JournalWriter
from gateways.http.parts.registry import RegistryQueries
from gateways.http.security.auth import Auth
from gateways.http.security.challenges import Challenges
from gateways.http.security.pin_guard import TypedPins
from gateways.http.security.proxies import Proxies
from gateways.http.security.senders import Senders
from gateways.http.security.throttle import Throttle
from gateways.http.settings import WebSettings
from gateways.http.wire.answers import AnyConnection
from gateways.nodes import Nodes
from messages.ids import E164, LineId
from messages.lines import LineLevels, LineReport
from messages.rows import Sentence
from model.checks import Finding
from runtime.clock import Clock
from runtime.published.directory import Directory
from runtime.published.file import CachedForASecond
from store.journal.journal import Journal
from store.registry.registry import Registry

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Web:
    """Parts of the web process."""

    settings: WebSettings
    clock: Clock
    journal: Journal
    writing: JournalWriter
    audit: RequestAudit
    following: JournalFollower
    auth: Auth
    senders: Senders
    cookies: Cookies
    nodes: Nodes
    people: People
    queries: RegistryQueries
    challenges: Challenges
    proxies: Proxies
    throttle: Throttle
    typed: TypedPins = field(default_factory=TypedPins)
    metrics: Metrics
    directory: Directory
    lines: CachedForASecond[dict[LineId, LineReport]]
    levels: CachedForASecond[dict[LineId, LineLevels]]
    modems: Callable[[], list[ModemView]]
    """Function that returns this node's modems without a configured line; set by the composition root."""
    check_lines: Callable[[], list[tuple[Finding, Sentence]]]
    """Function that returns the findings on the node's lines and modems, worst first, each with a remedy. The
    composition root sets the function, because the web knows no modem."""
    stopping: asyncio.Event
    """Set when the process is about to end: waiting requests must be answered at once."""
    made: dict[Any, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Objects that routes keep between requests; see `once`."""
    making: RLock = field(init=False, repr=False, compare=False, default_factory=RLock)

    @cached_property
    def registry(self) -> Registry:
        """Registry, for any thread. Calls wait for the database."""
        return Registry(self.journal, region=self.settings.center.region)

    @cached_property
    def state(self) -> StateDir:
        """State directory of the node."""
        return StateDir(Path(self.settings.state))

    @cached_property
    def settings_file(self) -> SettingsFile:
        """Settings file of the node."""
        return SettingsFile(self.state)

    @cached_property
    def tally(self) -> Tally:
        """Statistics of closed alerts."""
        return Tally(self.journal, self.clock)

    def calls_from(self) -> tuple[E164, ...]:
        """Return the numbers from which users may be called, of all nodes' lines: sorted, each once."""
        lines = (*self.settings.center.lines, *self.nodes.lines_elsewhere())
        return tuple(sorted({line.number for line in lines if line.number and not line.emergency}))

    def room(self) -> OperatorsView:
        """Return the operators and their shifts as of now."""
        return OperatorsView(self.people.operators(), self.following.read_model.shifts, self.clock.now_us())

    def client_address(self, connection: AnyConnection) -> str:
        """Return the client's address for which a request counts; empty if unknown."""
        return self.proxies.client_address(connection.scope)


def once(make: Callable[[Web], T]) -> Callable[[Web], T]:
    """Wrap `make`: for each web the first call makes the object, and every later call returns it."""

    @wraps(make)
    def found(web: Web) -> T:
        if make not in web.made:
            with web.making:
                if make not in web.made:
                    web.made[make] = make(web)
        made: T = web.made[make]
        return made

    return found
