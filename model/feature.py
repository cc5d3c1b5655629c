"""Declaration of a feature: rows that a package under `features` adds to the center. Pure.

The kernel names no feature. `center.features` lists the features and has each process `install` them. The
kernel treats its own rows (alarms, routes, checks, actors, commands) and the rows of `installed()` alike.
Code that needs more than `model` is named as `module:NAME` and imported on use: the actors of a node load no
web framework, and a command loads only its own module.
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


def no_faults(settings: Settings) -> Iterable[str]:
    """Return no fault, for any settings."""
    return ()


def no_observers(settings: Settings) -> tuple[str, ...]:
    """Return no observer outside the center, for any settings."""
    return ()


def unchanged(settings: Settings) -> Settings:
    """Return the settings unchanged."""
    return settings


def always(settings: Settings) -> bool:
    """Return True for any settings."""
    return True


class ActorRow(msgspec.Struct, frozen=True, kw_only=True):
    """An actor that each node runs once. No alert depends on it: if its start fails, other actors run."""

    role: Role = Role.FEATURE
    """Role of the actor; for the shared role FEATURE, the feature's name is the actor's key."""
    cls: str
    """Path of the class, `features.NAME.actor.CLASS`: the command line must not import the class."""
    wanted: Callable[[Settings], bool] = always
    """Return True if a center with these settings has the actor."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of `securwoman`."""

    words: str
    """Words of the command: `duty list`."""
    does: str
    """Sentence for `--help`."""
    by: str
    """Path of the function: `features.NAME.commands:FUNCTION`."""
    audit: str
    """Name of the `Action` in the audit; or the reason why the command shows no personal data."""


class StartStep(msgspec.Struct, frozen=True, kw_only=True):
    """Step of each node at its start, before its actors; its sentences are reported."""

    by: str
    """Path of the function of settings and journal, which returns sentences."""
    wanted: Callable[[Settings], bool] = always
    """Return True if a center with these settings runs the step; otherwise its module is not imported."""


class WatchedCondition(msgspec.Struct, frozen=True, kw_only=True):
    """Check of each node once a minute, by its Housekeeper, with an alarm as result."""

    alarm: str
    subject: str
    look: str
    """Path of the function of `Settings`, state directory and time. The function returns the fault in words,
    an empty text if all is well, None to change nothing.
    """
    over: str
    """Text for the end of the alarm."""


class Feature(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Declaration of a package's additions."""

    name: str
    """Name of the package, also in the setting `features_off`. Permanent."""
    does: Sentence
    """Benefit of the feature for a center."""
    actors: tuple[ActorRow, ...] = ()
    alarms: tuple[AlarmKind, ...] = ()
    at_start: tuple[StartStep, ...] = ()
    beside_web: tuple[str, ...] = ()
    """Paths of asynchronous context managers made of `Web`: entered at its start, left at its end."""
    checks: tuple[str, ...] = ()
    """Paths of tuples of rows of checks (`model.checks.Check`), for every asker."""
    own_checks: tuple[str, ...] = ()
    """Rows of checks used by the feature itself, by path; otherwise only the list of all checks has them."""
    commands: tuple[Command, ...] = ()
    command_groups: dict[str, str] = {}
    """Sentence for `--help` by the first word of the commands."""
    events: tuple[type[FeatureEvent], ...] = ()
    """Events, also read from the journal if the feature is off."""
    metrics: tuple[str, ...] = ()
    """Paths of `prometheus_client` collector classes, constructed with the journal, the state directory and
    the clock of the web.
    """
    needs: dict[Need, str] = {}
    """Needs of the first run that the feature measures: paths of functions of `StateDir`, `Settings` and
    `Journal`. Without the feature a person confirms the need.
    """
    proofs: dict[ProofStep, str] = {}
    """Steps of the nightly self-test: paths of functions of `StateDir`. Steps without one are left out."""
    orders: frozenset[OperatorCommand] = frozenset()
    """Orders that an operator cannot give without the feature; the kernel has the orders' rows."""
    outside: Callable[[Settings], tuple[str, ...]] = no_observers
    """Return the names of observers outside that miss a center without service, and notify people."""
    pages: Path | None = None
    """Folder of the console's part: `feature.js`, the scripts imported by it, and `words`. The web serves the
    folder below `/console/features/NAME`.
    """
    rehearsed: tuple[str, ...] = ()
    """Paths of functions that preload modules which a web would otherwise load at its first request."""
    settings: tuple[type[FeatureTable | FeatureRow], ...] = ()
    """Tables of the settings' file, also accepted if the feature is off."""
    faults: Callable[[Settings], Iterable[str]] = no_faults
    """Return every fault in the combination of these keys, as `path: fault`."""
    loaded: str = ""
    """Path of a function applied once the file is read, with `Settings`, the file's folder and a list for
    faults. Every `FilePath` is absolute by then.
    """
    simulated: Callable[[Settings], Settings] = unchanged
    """Return the settings for a run with the simulated carrier."""
    routes: tuple[str, ...] = ()
    """Modules that declare routes (`gateways.http.routing.route`)."""
    told: dict[str, str] = {}
    """Fields of `CenterView` sent to each console: paths of functions of `Web`."""
    watched: tuple[WatchedCondition, ...] = ()


class FeatureTable(Table, frozen=True, kw_only=True):
    """A feature's table in the settings' file; every key has a default."""

    table: ClassVar[str]
    """Name of the table in the file. Permanent."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return this table of the settings."""
        return getattr(settings, cls.table, None) or cls()

    def put(self, settings: Settings) -> Settings:
        """Return the settings with this table; unchanged if they have no tables of features."""
        return replace(settings, **{self.table: self}) if hasattr(settings, self.table) else settings


class FeatureRow(Table, frozen=True, kw_only=True):
    """A row of a feature's list of tables (`[[table]]`); its first key is its name."""

    table: ClassVar[str]
    """Name of the list in the file; `psap.data` is a list in the kernel's table `psap`. Permanent."""

    @classmethod
    def of(cls, settings: Settings) -> tuple[Self, ...]:
        """Return the rows of these settings."""
        outer, _, name = cls.table.rpartition(".")
        return getattr(getattr(settings, outer) if outer else settings, name, ())

    @classmethod
    def put(cls, settings: Settings, rows: tuple[Self, ...]) -> Settings:
        """Return the settings with these rows; unchanged if they have no tables of features."""
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
    """Register the features with this process and enable those not named in `off`."""
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
    """Return the type of the whole settings, with the tables of all registered features."""
    return _settings


def orders_left_out() -> frozenset[OperatorCommand]:
    """Return the orders of the features that are off in this process."""
    return _left_out


def known() -> tuple[Feature, ...]:
    """Return all registered features, including those that are off."""
    return _known


def installed() -> tuple[Feature, ...]:
    """Return the features enabled in this process."""
    return _installed


def load_object(where: str) -> Any:
    """Return the object named by `module:NAME`, or the module if NAME is missing. Imports the module."""
    module, _, name = where.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found
