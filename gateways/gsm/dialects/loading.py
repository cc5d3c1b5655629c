"""Reads `config/dialects/*.toml`. A file may extend another file: its scalars replace, its `init` follows,
and its patterns are tried before the parent's, so that the specific pattern wins.

Unknown keys, broken patterns and impossible values are refused with the file and the path of the key. This
module must not depend on a vendor.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from gateways.gsm.dialects.dialect import GROUPS, CompiledDialect, Dialect
from gateways.gsm.errors import DialectError

BASE: Final = "3gpp"
AUTO: Final = "auto"
"""Name in place of a dialect that is detected by queries to the modem."""
DIALECT_DIRECTORY: Final = Path(__file__).resolve().parents[3] / "config" / "dialects"
"""Directory beside the packages, in a checkout and in an installed wheel."""

_Raw = dict[str, object]
_NOT_INHERITED: Final = ("name", "aliases", "match", "port", "kept", "faults")
"""Keys that are not inherited."""
_PREPENDED: Final = ("urc", "refusals", "unterminated", "answer_ends", "phantoms")
"""Lists in which the heir's entries come first."""
_TABLES: Final = ("poll", "times", "voice")


class Dialects:
    """All dialects of one or more directories."""

    def __init__(self, dialects: Mapping[str, Dialect]) -> None:
        self._compiled = {key: CompiledDialect(dialect) for key, dialect in dialects.items()}
        self._by_alias = {
            alias.lower(): dialect.key
            for dialect in dialects.values()
            for alias in (*dialect.aliases, dialect.key)
        }

    @classmethod
    def load(cls, *directories: Path) -> Dialects:
        """Read the project's dialects, and further directories that may add to and replace them.

        Raises DialectError with the file and the key.
        """
        files = {
            path.stem: (path, _read(path))
            for directory in (DIALECT_DIRECTORY, *directories)
            for path in sorted(directory.glob("*.toml"))
        }
        if BASE not in files:
            raise DialectError(f"{DIALECT_DIRECTORY / BASE}.toml: the base dialect is missing")
        done: dict[str, tuple[_Raw, Dialect]] = {}
        for key in files:
            for name in reversed(_lineage(key, files)):
                if name not in done:
                    done[name] = _assemble(name, files, done)
        return cls({key: dialect for key, (_, dialect) in done.items()})

    def names(self) -> tuple[str, ...]:
        """Return the names that settings may use."""
        return tuple(sorted(self._compiled))

    def get(self, name: str) -> CompiledDialect:
        """Return the dialect with this name or alias, in any case. Raises DialectError."""
        key = self._by_alias.get(name.strip().lower())
        if key is None:
            raise DialectError(f"no dialect is called {name!r}; there are {', '.join(self.names())}")
        return self._compiled[key]

    def __contains__(self, name: str) -> bool:
        return name.strip().lower() in self._by_alias

    def __iter__(self) -> Iterator[CompiledDialect]:
        return iter(self._compiled.values())

    def by_card(self, *, own: bool) -> Dialects:
        """Return the dialects with voice by sound card: the modem's own (`own`) or at its analogue pins."""
        same = copy.copy(self)
        same._compiled = {key: dialect.by_card(own=own) for key, dialect in self._compiled.items()}
        return same

    def base(self) -> CompiledDialect:
        """Return the base dialect: 3GPP TS 27.007 as written."""
        return self._compiled[BASE]


@cache
def installed_dialects() -> Dialects:
    """Return the project's dialects, read once, before the modems' processes fork: reading takes 40 ms."""
    return Dialects.load()


def _read(path: Path) -> _Raw:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DialectError(f"{path}: {error}") from error


def _lineage(key: str, files: Mapping[str, tuple[Path, _Raw]]) -> tuple[str, ...]:
    """Return the dialect's key, then those of its ancestors up to the base. Raises DialectError."""
    names = [key]
    while (parent := files[names[-1]][1].get("extends")) is not None:
        path = files[names[-1]][0]
        if not isinstance(parent, str) or parent not in files:
            raise DialectError(f"{path}: no dialect is called {parent!r} - at `$.extends`")
        if parent in names:
            raise DialectError(f"{path}: extends itself - at `$.extends`")
        names.append(parent)
    return tuple(names)


def _assemble(
    key: str, files: Mapping[str, tuple[Path, _Raw]], done: Mapping[str, tuple[_Raw, Dialect]]
) -> tuple[_Raw, Dialect]:
    """Return the file merged over its parent. The parent was checked before, so every error now is this
    file's. Raises DialectError."""
    path, own = files[key]
    lineage = _lineage(key, files)
    for reserved in ("key", "lineage"):
        if reserved in own:
            raise DialectError(f"{path}: Object contains unknown field `{reserved}`")
    parent = done[lineage[1]][0] if len(lineage) > 1 else {}
    merged = _merge(own, parent)
    try:
        dialect = msgspec.convert({**merged, "key": key, "lineage": lineage}, Dialect)
    except msgspec.ValidationError as error:
        raise DialectError(f"{path}: {error}") from error
    _check(path, dialect)
    return merged, dialect


def _merge(own: _Raw, parent: _Raw) -> _Raw:
    merged = {name: value for name, value in parent.items() if name not in _NOT_INHERITED}
    for name, value in own.items():
        inherited = parent.get(name)
        if name in _PREPENDED and isinstance(value, list) and isinstance(inherited, list):
            merged[name] = [*value, *inherited]
        elif name in _TABLES and isinstance(value, dict) and isinstance(inherited, dict):
            merged[name] = {**inherited, **value}
        elif name not in ("extends", "init", "init_without"):
            merged[name] = value
    merged["init"] = _init(own, parent)
    return merged


def _init(own: _Raw, parent: _Raw) -> object:
    commands, inherited, without = own.get("init", []), parent.get("init", []), own.get("init_without", [])
    if not (isinstance(commands, list) and isinstance(inherited, list) and isinstance(without, list)):
        return commands if not isinstance(commands, list) else without
    return [*(command for command in inherited if command not in without), *commands]


def _check(path: Path, dialect: Dialect) -> None:
    for key, pattern in _patterns(dialect):
        try:
            re.compile(pattern)
        except re.error as error:
            raise DialectError(f"{path}: not a pattern: {error} - at `$.{key}`") from error
    for place, urc in enumerate(dialect.urc):
        groups = re.compile(urc.pattern).groupindex
        if (urc.event is None) == (not urc.states):
            raise DialectError(f"{path}: give either `event` or `states` - at `$.urc[{place}]`")
        if urc.states and "stat" not in groups:
            raise DialectError(f"{path}: `states` needs a group `stat` - at `$.urc[{place}].pattern`")
        if unknown := set(groups) - GROUPS:
            raise DialectError(
                f"{path}: no such group: {', '.join(sorted(unknown))} - at `$.urc[{place}].pattern`"
            )
    for place, kept in enumerate(dialect.kept):
        for text in kept.set:
            try:
                text.format_map(dict.fromkeys(re.compile(kept.shape).groupindex, ""))
            except (KeyError, ValueError, IndexError) as error:
                raise DialectError(
                    f"{path}: `shape` has no such group: {error} - at `$.kept[{place}].set`"
                ) from error
    for key, template, needed in (
        ("dial", dialect.dial, "{number}"),
        ("dtmf", dialect.dtmf, "{digit}"),
        ("drop", dialect.drop.replace("{number}", "{id}"), "{id}"),
        ("hang_up_one", dialect.hang_up_one, "{id}"),
    ):
        if template and needed not in template:
            raise DialectError(f"{path}: needs {needed} - at `$.{key}`")


def _patterns(dialect: Dialect) -> Iterator[tuple[str, str]]:
    for place, urc in enumerate(dialect.urc):
        yield f"urc[{place}].pattern", urc.pattern
    for place, kept in enumerate(dialect.kept):
        yield f"kept[{place}].wanted", kept.wanted
        yield f"kept[{place}].shape", kept.shape
    for key, patterns in (
        ("match.identity", dialect.match.identity),
        ("match.lines", dialect.match.lines),
        ("refusals", dialect.refusals),
        ("unterminated", dialect.unterminated),
        ("phantoms", dialect.phantoms),
    ):
        for place, pattern in enumerate(patterns):
            yield f"{key}[{place}]", pattern
    yield "conference_row", dialect.conference_row
