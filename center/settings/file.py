"""Reads `center.toml`: from text to checked Settings, or to a SettingsError that names faults by their paths.

Unknown keys are all found before anything else, with the key that was probably meant; a wrong
type or value is named by msgspec, one at a time; then what the keys mean together is checked.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final, get_args, get_origin

import msgspec
import msgspec.structs

from center.errors import SettingsError
from center.settings.areas import outline_of
from center.settings.beside import whole
from center.settings.check import faults_of
from center.settings.data import data_of
from center.settings.duty import duty_of
from center.settings.schema import Settings
from gateways.console.protocols import ProtocolError, protocols_of

_SAID: Final = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_MEANING: Final = {
    r"^(\+[1-9][0-9]{4,14}|[0-9]{2,6})$(?!\n)": 'a number in E.164, "+39…", or a short one as "112"',
    r"^(|\+[1-9][0-9]{4,14}|[0-9]{2,6})$(?!\n)": 'a number in E.164, "+39…", a short one as "112", or ""',
    r"^\+[1-9][0-9]{4,14}$(?!\n)": 'a number in E.164, "+39…"',
    r"^(|\+[1-9][0-9]{4,14})$(?!\n)": 'a number in E.164, "+39…", or ""',
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$(?!\n)": "a name of letters, digits, '.', '_' and '-', at most 32",
    r"^([A-Za-z0-9][A-Za-z0-9._-]{0,31})?$(?!\n)": "a name of letters, digits, '.', '_' and '-', at most 32",
    r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$(?!\n)": 'an area of ISO 3166, "IT" or "IT-25"',
    r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$(?!\n)": 'an area of ISO 3166, "IT" or "IT-25"',
    r"^[^\s,<&]{1,100}$(?!\n)": "a name without spaces, commas, '<' and '&', at most 100",
    r"^([0-9]{15})?$(?!\n)": "an IMEI of 15 digits",
    r"^([A-Z]{2}|EEA)$(?!\n)": 'a country of ISO 3166-1, "IT", or "EEA"',
    r"^[A-Z]{2}$(?!\n)": 'a country of ISO 3166-1, "IT"',
    r"^(https?://[^/ ]+)?$(?!\n)": 'an address as "https://center.example.org", with nothing after the host',
    r"^https?://[^\s]{1,2000}$(?!\n)": 'an address, "https://watch.example.org:8114/v1/heartbeats"',
    r"^[a-z]{2}$(?!\n)": 'a language of ISO 639-1, "it"',
    r"^[A-Za-z0-9.:_-]{0,253}$(?!\n)": 'a host, "smtp.example.org"',
    r"^([^\s,<>@]{1,64}@[A-Za-z0-9.-]{1,253})?$(?!\n)": 'an address, "centre@example.org"',
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)": 'a time of day, "07:00"',
    r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)": 'a time of day, "07:00"',
}
"""What a pattern asks for, in words: a regular expression tells the person on duty nothing."""


def load(path: Path) -> Settings:
    """The settings in the file. Raises SettingsError, also where the file cannot be read."""
    return loaded(text_of(path), path)


def text_of(path: Path) -> str:
    """What the file says, TOML or not. Raises SettingsError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(str(path), [error.strerror or str(error)]) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SettingsError(str(path), [f"not UTF-8 (at line {line})"]) from error


def loaded(text: str, path: Path) -> Settings:
    """The settings in the text, as if the file `path` held it. Raises SettingsError."""
    settings = parse(text, str(path))
    beside = path.resolve().parent
    routes = tuple(whole(route, beside, "area_file") for route in settings.psap.route)
    faults = []
    for i, route in enumerate(routes):
        try:
            outline_of(Path(route.area_file))
        except ValueError as error:
            faults.append(f"psap.route[{i}].area_file: {error}")
    data, data_faults = data_of(settings.psap.data, beside)
    faults += data_faults
    protocols = whole(settings.protocols, beside, "folder")
    try:
        protocols_of(protocols.folder)
    except ProtocolError as error:
        faults.append(f"protocols.folder: {error}")
    if faults:
        raise SettingsError(str(path), faults)
    psap = msgspec.structs.replace(settings.psap, route=routes, data=data)
    to = tuple(one if one.startswith(("age1", "ssh-")) else str(beside / one) for one in settings.backup.to)
    backup = msgspec.structs.replace(settings.backup, to=to)
    return msgspec.structs.replace(
        settings,
        modem=tuple(whole(modem, beside, "pin_file") for modem in settings.modem),
        psap=psap,
        map=whole(settings.map, beside, "pmtiles", "addresses"),
        announcements=whole(settings.announcements, beside, "folder"),
        protocols=protocols,
        http=whole(settings.http, beside, "certificate", "key"),
        backup=whole(backup, beside, "file", "identity"),
        duty=duty_of(settings.duty, beside),
        heartbeat=tuple(whole(one, beside, "key_file", "authority") for one in settings.heartbeat),
        watched=tuple(whole(one, beside, "key_file") for one in settings.watched),
    )


def parse(text: str, file: str = "center.toml") -> Settings:
    """The settings in the text. Raises SettingsError; `file` is what its messages begin with."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(file, [f"not TOML: {_lower_first(str(error))}"]) from error
    unknown = list(_unknown_keys(table, Settings, ""))
    if unknown:
        raise SettingsError(file, unknown)
    try:
        settings = msgspec.convert(table, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(file, [_in_words(str(error))]) from error
    faults = faults_of(settings)
    if faults:
        raise SettingsError(file, faults)
    return settings


def _unknown_keys(value: object, kind: object, path: str) -> list[str]:
    """Every key below `value` that `kind` does not have, as `path: unknown key; did you mean …?`."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            return []
        item = get_args(kind)[0]
        return [fault for i, one in enumerate(value) for fault in _unknown_keys(one, item, f"{path}[{i}]")]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict)):
        return []
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    found = []
    for key, one in value.items():
        where = f"{path}.{key}" if path else key
        if key in fields:
            found += _unknown_keys(one, fields[key], where)
        else:
            meant = difflib.get_close_matches(key, fields, n=1, cutoff=0.6)
            found.append(f"{where}: unknown key" + (f"; did you mean {meant[0]}?" if meant else ""))
    return found


def _in_words(said: str) -> str:
    """msgspec's sentence as ours, `path: reason`."""
    match = _SAID.match(said)
    assert match is not None  # the expression matches any text
    reason, path = match["reason"], match["path"] or "the file"
    for pattern, words in _MEANING.items():
        if f"matching regex {pattern!r}" in reason:
            return f"{path}: expected {words}"
    if reason.startswith("Invalid enum value") and (choices := _choices(path)):
        return f"{path}: expected {choices}, got {reason.removeprefix('Invalid enum value ')}"
    return f"{path}: {_lower_first(reason.replace('`', ''))}"


def _choices(path: str) -> str:
    """The values that the key at `path` may have, as a sentence's part; empty where it is no choice."""
    kind: object = Settings
    for key in re.sub(r"\[[0-9]+\]", "", path).split("."):
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return ""
        kind = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}.get(key)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f'"{value}"' for value in kind)
    return ""


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
