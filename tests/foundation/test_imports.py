"""What the import rule covers, what decides is pure, and imports, pyproject.toml and the locks agree."""

import re
import sys
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import packages_distributions

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.foundation.tree import ROOT, facts, modules, packages, pyproject


def declared(*extras: str) -> list[Requirement]:
    project = pyproject()["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in extras for line in project["optional-dependencies"][extra]),
    ]
    return [Requirement(line) for line in lines]


def locked(name: str) -> dict[str, list[str]]:
    """Distribution → its versions in a lock; a version may differ by Python's."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line):
            found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


def test_the_import_rule_covers_every_package() -> None:
    linted = set(pyproject()["tool"]["importlinter"]["root_packages"])
    typed = set(pyproject()["tool"]["mypy"]["files"])
    there = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(packages()) == linted == there
    assert linted <= typed


# Where only the edges below touch the world; everything else takes bytes and the time as arguments.
SANS_IO = (
    "messages.*", "model.*", "actors.*", "media.*", "gateways.gsm.*", "gateways.*.decider",
    "features.*.decider", "features.*.retrying", "features.*.feature",
    "features.watcher.beat", "features.watcher.heartbeat_state",
    "features.selftest.line_test.*", "features.selftest.self_test.*",
)  # fmt: skip
EDGES = (
    "actors.*.actor", "actors.mixer.alert_conference", "features.*.actor",
    "features.selftest.line_test.voice",
    "gateways.gsm.modem_session", "gateways.gsm.driver.pin_memory", "gateways.gsm.probing",
    "gateways.gsm.line.actor", "gateways.gsm.line.credit", "gateways.gsm.line.journal",
    "gateways.gsm.line.port_control", "gateways.gsm.line.files", "gateways.gsm.line.report",
    "gateways.gsm.line.short_messages",
    "gateways.gsm.port.modem_port", "gateways.gsm.port.places", "gateways.gsm.port.serial_port",
    "gateways.gsm.port.tcp_port", "gateways.gsm.port.usb_devices", "gateways.gsm.port.modem_location",
    "gateways.gsm.tracing.live",
    "media.conference.beat", "media.conference.conference", "media.conference.mixing_thread",
    "media.conference.playlist",
    "media.conference.priority", "media.conference.recording", "media.conference.roster",
    "media.conference.sounds", "media.conference.speaks",
    "media.gate.wire", "media.gate.gate", "media.gate.connections",
    "media.ports.alsa_port", "media.ports.opening", "media.ports.asound",
    "media.ports.claim", "media.ports.node_port", "media.ports.open_ports", "media.ports.tty_port",
    "media.ports.unix_port",
    "media.sound.sound_file",
    "media.trial.probe",
)  # fmt: skip
DECIDERS = ("actors.*.decider", "gateways.*.decider", "features.*.decider", "features.*.retrying")


def forbidden() -> set[str]:
    """What the contract forbids to whatever decides: clocks, sockets, threads, databases, actors, the web."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    lists: list[list[str]] = [contract.get("forbidden_modules", []) for contract in contracts]
    return {name for names in lists if "time" in names for name in names}


def matches(module: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(module, pattern) for pattern in patterns)


def is_edge(module: str) -> bool:
    return matches(module, EDGES) and not matches(module, DECIDERS)


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*packages(), include_external_packages=True, cache_dir=None)


def test_only_the_edges_touch_the_world() -> None:
    pure = {name for name in graph().modules if matches(name, SANS_IO) and not is_edge(name)}
    touching = {
        f"{module} imports {other}"
        for module in pure
        for other in graph().find_modules_directly_imported_by(module)
        if other in forbidden() or is_edge(other)
    }
    assert touching == set()


def test_no_edge_is_named_that_is_not_there() -> None:
    assert [edge for edge in EDGES if not any(matches(name, (edge,)) for name in graph().modules)] == []


def test_what_decides_never_asks_a_clock() -> None:
    names = {path: ".".join(path.with_suffix("").parts) for path in modules(*packages())}
    pure = [path for path, name in names.items() if matches(name, SANS_IO) and not is_edge(name)]
    assert [f"{path}: {asked}" for path in pure for asked in facts(path).clocks] == []


@pytest.mark.parametrize(
    ("folders", "extras"),
    [(tuple(packages()), ()), (("tests", "scripts"), ("dev",))],
    ids=["packages", "tests"],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], extras: tuple[str, ...]) -> None:
    """An import that works only because some dependency brings it along breaks at that one's next release."""
    providers = packages_distributions()
    names = {canonicalize_name(requirement.name) for requirement in declared(*extras)}
    ours = {*packages(), "tests", "scripts", "config"}
    missing = {
        f"{path} imports {name}"
        for path in modules(*folders)
        for name in facts(path).imported - ours - set(sys.stdlib_module_names)
        if not names & {canonicalize_name(provider) for provider in providers.get(name, [name])}
        and name != "audioop"  # of the standard library up to 3.12, of audioop-lts from 3.13
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))],
    ids=["runtime", "dev"],
)
def test_the_lock_fits_what_is_declared(lock: str, extras: tuple[str, ...]) -> None:
    there = locked(lock)
    wrong = [
        str(requirement)
        for requirement in declared(*extras)
        if not (versions := there.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version) for version in versions)
    ]
    assert wrong == [], "scripts/lock makes the locks anew"


def test_the_dev_lock_is_the_runtime_lock_and_more() -> None:
    runtime, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["requirements-build.lock", "requirements.lock", "requirements-dev.lock"])
def test_everything_locked_has_its_hash(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.match(r"[a-z0-9]", line):
            assert following.startswith("    --hash=sha256:"), line
        assert "://" not in line
