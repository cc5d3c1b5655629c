"""A feature: what a package under `features` adds to the center, as rows. Pure.

The kernel names no feature. `center.features` lists them and has each process `install` them; whatever the
kernel makes of rows (alarms, routes, checks, actors, commands) it makes of its own and of those of
`installed()`. What needs more than `model` is named, as `module:NAME`, and imported where it is used: the
actors of a node load no web framework, and a command loads nothing but itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec
from msgspec.structs import fields, replace

from messages.base import FeatureEvent
from messages.event_kinds import know
from messages.ids import OperatorCommand, Role
from messages.proofs import ProofStep
from messages.rows import Sentence
from model.alarms.kind import AlarmKind
from model.first_run import Need
from model.settings import Settings
from model.settings.fields import Table


def nothing(settings: Settings) -> Iterable[str]:
    """No fault, whatever the settings say."""
    return ()


def no_observers(settings: Settings) -> tuple[str, ...]:
    """Return no observer outside the center, whatever the settings say."""
    return ()


def unchanged(settings: Settings) -> Settings:
    """The settings as they are."""
    return settings


def always(settings: Settings) -> bool:
    """Wanted whatever the settings say."""
    return True


class ActorRow(msgspec.Struct, frozen=True, kw_only=True):
    """An actor of which each node has one. No alert waits for it: where it cannot start, the rest goes on."""

    role: Role = Role.FEATURE
    """Without one of its own the feature's name is its key."""
    cls: str
    """Where its class is, `features.NAME.actor.CLASS`: the command line must not import it."""
    wanted: Callable[[Settings], bool] = always
    """Whether a center with these settings has it."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of `securwoman`."""

    words: str
    """By which it is called: `duty list`."""
    does: str
    """The sentence of `--help`."""
    by: str
    """The function: `features.NAME.commands:FUNCTION`."""
    audit: str
    """What it enters in the audit, as the `Action` is called; or why it shows nobody's data."""


class AtStart(msgspec.Struct, frozen=True, kw_only=True):
    """What each node does at its start, before its actors: what it has done is told."""

    by: str
    """The function of settings and journal: sentences."""
    wanted: Callable[[Settings], bool] = always
    """Whether a center with these settings has it done; its module is not imported else."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What each node looks at once a minute, by its RecordingKeeper, and raises an alarm about."""

    alarm: str
    subject: str
    look: str
    """The function of `Settings`, state directory and time: what is wrong in words, empty where nothing is,
    None where nobody is to be told."""
    over: str
    """What is said when nothing is wrong any more."""


class Feature(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a package adds."""

    name: str
    """The package's name, and what the settings' `features_off` calls it. Permanent."""
    does: Sentence
    """What a center has by it."""
    actors: tuple[ActorRow, ...] = ()
    alarms: tuple[AlarmKind, ...] = ()
    at_start: tuple[AtStart, ...] = ()
    beside_web: tuple[str, ...] = ()
    """Asynchronous context managers, made of `Web`: entered once it begins, and left when it ends."""
    checks: tuple[str, ...] = ()
    """Tuples of rows of checks (`model.checks.Check`), for whoever asks for them."""
    own_checks: tuple[str, ...] = ()
    """The same, of what only the feature itself asks for: no one else loads them but the list of all."""
    commands: tuple[Command, ...] = ()
    command_groups: dict[str, str] = {}
    """By the first word of commands: the sentence of `--help`."""
    events: tuple[type[FeatureEvent], ...] = ()
    """Read from the journal also where the feature is left out."""
    metrics: tuple[str, ...] = ()
    """Classes of `prometheus_client` collectors, made with the journal, the state directory and the
    clock of the web."""
    needs: dict[Need, str] = {}
    """What the first run measures by it: functions of `StateDir`, `Settings` and `Journal`. Without it a
    person says.
    """
    proofs: dict[ProofStep, str] = {}
    """What the nightly proof tries by it: a function of `StateDir`. Without it the step is left out."""
    orders: frozenset[OperatorCommand] = frozenset()
    """What an operator cannot order without it; the orders' rows are the kernel's."""
    outside: Callable[[Settings], tuple[str, ...]] = no_observers
    """Who outside misses the center once it can serve no alert, and tells people: their names."""
    pages: Path | None = None
    """The folder of what the console has of it: `feature.js`, the scripts that this imports, and `words`.
    It is served below `/console/features/NAME`."""
    rehearsed: tuple[str, ...] = ()
    """Functions that load what a web would else load at its first request."""
    settings: tuple[type[FeatureTable | FeatureRow], ...] = ()
    """Keys that the file may have also where the feature is left out."""
    faults: Callable[[Settings], Iterable[str]] = nothing
    """What those keys mean together: every fault, as `path: what is wrong`."""
    loaded: str = ""
    """What those keys become once the file is read: a function of `Settings`, the file's folder and a list to
    which it adds faults. Every `FilePath` is whole already."""
    simulated: Callable[[Settings], Settings] = unchanged
    """What those keys say in a run with the simulated carrier."""
    routes: tuple[str, ...] = ()
    """Modules that declare routes (`gateways.http.routing.route`)."""
    told: dict[str, str] = {}
    """What each console is told of the center (fields of `CenterView`): functions of `Web`."""
    watched: tuple[Watched, ...] = ()


class FeatureTable(Table, frozen=True, kw_only=True):
    """A feature's table of the settings' file; every key of it has a default."""

    table: ClassVar[str]
    """Its name in the file. Permanent."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what these settings say in it."""
        return getattr(settings, cls.table, None) or cls()

    def put(self, settings: Settings) -> Settings:
        """Return the settings with this in its place; as they are where they have no tables of features."""
        return replace(settings, **{self.table: self}) if hasattr(settings, self.table) else settings


class FeatureRow(Table, frozen=True, kw_only=True):
    """A row of a feature's list of tables (`[[table]]`); its first key names it."""

    table: ClassVar[str]
    """The list's name in the file; `psap.data` is a list in the kernel's table `psap`. Permanent."""

    @classmethod
    def of(cls, settings: Settings) -> tuple[Self, ...]:
        """Return the rows that these settings have."""
        outer, _, name = cls.table.rpartition(".")
        return getattr(getattr(settings, outer) if outer else settings, name, ())

    @classmethod
    def put(cls, settings: Settings, rows: tuple[Self, ...]) -> Settings:
        """Return the settings with these rows; as they are where they have no tables of features."""
        outer, _, name = cls.table.rpartition(".")
        within: Table = getattr(settings, outer) if outer else settings
        if not hasattr(within, name):
            return settings
        return replace(settings, **({outer: replace(within, **{name: rows})} if outer else {name: rows}))


_known: tuple[Feature, ...] = ()
_installed: tuple[Feature, ...] = ()
_left_out: frozenset[OperatorCommand] = frozenset()
_settings: type[Settings] = Settings


def install(features: Iterable[Feature], off: Iterable[str] = ()) -> None:
    """Make the features known to this process, which has those that are not named in `off`."""
    global _known, _installed, _left_out, _settings
    _known = tuple(features)
    _installed = tuple(one for one in _known if one.name not in set(off))
    _left_out = frozenset(order for one in _known if one not in _installed for order in one.orders)
    _settings = _with([table for feature in _known for table in feature.settings])
    know(kind for feature in _known for kind in feature.events)


def _with(tables: Iterable[type[FeatureTable | FeatureRow]]) -> type[Settings]:
    added: dict[str, list[tuple[str, Any, Any]]] = {}
    for one in tables:
        outer, _, name = one.table.rpartition(".")
        field = (name, tuple[one, ...], ()) if issubclass(one, FeatureRow) else (name, one, one())  # type: ignore[valid-type]
        added.setdefault(outer, []).append(field)
    own = added.pop("", [])
    kernel = {one.name: one.type for one in fields(Settings)}
    for outer, more in added.items():
        table = _extended(kernel[outer], more)
        own.append((outer, table, table()))
    whole: type[Settings] = _extended(Settings, own)
    return whole


def _extended(table: type[Table], more: list[tuple[str, Any, Any]]) -> Any:
    said = {"__doc__": table.__doc__}
    return msgspec.defstruct(table.__name__, more, bases=(table,), namespace=said, frozen=True, kw_only=True)


def settings_type() -> type[Settings]:
    """Return the whole of the settings, with the tables of all features that are known."""
    return _settings


def orders_left_out() -> frozenset[OperatorCommand]:
    """Return the orders of the features that this process has not."""
    return _left_out


def known() -> tuple[Feature, ...]:
    """Return all features, those that are left out among them."""
    return _known


def installed() -> tuple[Feature, ...]:
    """Return the features that this process has."""
    return _installed


def named(where: str) -> Any:
    """What `module:NAME` names, and a module where there is no NAME. Imports the module."""
    module, _, name = where.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found
