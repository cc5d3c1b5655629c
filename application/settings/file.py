"""Loading of `center.toml`: from text to checked Settings, or to a SettingsError that names faults by their
paths.

All unknown keys are found first, each with the key that was probably meant. A wrong type or value is then
reported by msgspec, one at a time. Last come the checks across keys.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final, get_args, get_origin

import msgspec
from msgspec.structs import replace

from application.errors import SettingsError
from application.settings.areas import outlines
from application.settings.check import faults_of
from application.settings.fields import expected, keys_of
from application.settings.paths import whole
from application.settings.protocols import ProtocolError, protocols_of
from model.feature import known, load_object, settings_type
from model.settings import Settings

_SAID: Final = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)


def load(path: Path) -> Settings:
    """Return the settings in the file. Raises SettingsError, also for an unreadable file."""
    return loaded(text_of(path), path)


def text_of(path: Path) -> str:
    """Return the text of the file, valid TOML or not. Raises SettingsError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(str(path), [error.strerror or str(error)]) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SettingsError(str(path), [f"not UTF-8 (at line {line})"]) from error


def loaded(text: str, path: Path) -> Settings:
    """Return the settings in the text, as if the file `path` held it: paths are completed, and outlines are
    read. Raises SettingsError.
    """
    beside = path.resolve().parent
    settings = whole(parse(text, str(path)), beside)
    faults: list[str] = []
    drawn = outlines("psap.route", (one.area_file for one in settings.psap.route), faults)
    route = tuple(replace(one, outline=area) for one, area in zip(settings.psap.route, drawn, strict=True))
    try:
        protocols_of(settings.protocols.folder)
    except ProtocolError as error:
        faults.append(f"protocols.folder: {error}")
    settings = replace(settings, psap=replace(settings.psap, route=route))
    for feature in known():
        if feature.loaded:
            settings = load_object(feature.loaded)(settings, beside, faults)
    if faults:
        raise SettingsError(str(path), faults)
    return settings


def parse(text: str, file: str = "center.toml") -> Settings:
    """Return the settings in the text. Raises SettingsError; `file` is the prefix of its messages."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(file, [f"not TOML: {_lower_first(str(error))}"]) from error
    unknown = list(unknown_keys(table, settings_type(), ""))
    if unknown:
        raise SettingsError(file, unknown)
    try:
        settings = msgspec.convert(table, settings_type(), strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(file, [_in_words(str(error))]) from error
    faults = faults_of(settings)
    if faults:
        raise SettingsError(file, faults)
    return settings


def unknown_keys(value: object, kind: object, path: str) -> list[str]:
    """Return every key below `value` that `kind` does not have, as `path: unknown key; did you mean …?`."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            return []
        item = get_args(kind)[0]
        return [fault for i, one in enumerate(value) for fault in unknown_keys(one, item, f"{path}[{i}]")]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict)):
        return []
    fields = keys_of(kind)
    found = []
    for key, one in value.items():
        where = f"{path}.{key}" if path else key
        if key in fields:
            found += unknown_keys(one, fields[key], where)
        else:
            meant = difflib.get_close_matches(key, fields, n=1, cutoff=0.6)
            found.append(f"{where}: unknown key" + (f"; did you mean {meant[0]}?" if meant else ""))
    return found


def _in_words(said: str) -> str:
    """Return msgspec's message in the form `path: reason`."""
    match = _SAID.match(said)
    assert match is not None  # the expression matches any text
    reason, path = match["reason"], match["path"] or "the file"
    for pattern, words in expected().items():
        if f"matching regex {pattern!r}" in reason:
            return f"{path}: expected {words}"
    if reason.startswith("Invalid enum value") and (choices := _choices(path)):
        return f"{path}: expected {choices}, got {reason.removeprefix('Invalid enum value ')}"
    return f"{path}: {_lower_first(reason.replace('`', ''))}"


def _choices(path: str) -> str:
    """Return the permitted values of the key at `path`, as part of a sentence; empty if it is no choice."""
    kind: object = settings_type()
    for key in re.sub(r"\[[0-9]+\]", "", path).split("."):
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return ""
        kind = keys_of(kind).get(key)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f'"{value}"' for value in kind)
    return ""


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
