"""`watch.toml` as frozen structs, parsed and checked: every key, its type and its default."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from application.errors import SettingsError
from application.roster_file import FileFaulty, parse
from application.settings.file import unknown_keys
from application.settings.paths import whole
from features.watcher.envelope import key_at
from features.watcher.settings import Patience
from model.callouts.roster import EMPTY, Roster
from model.settings.fields import Name, Seconds
from model.settings.monitoring import DutySettings

Patient = Annotated[float, Meta(ge=3, le=3600)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; an unknown key is an error."""


class ModemOfWatcher(_Table, frozen=True, kw_only=True):
    """The watcher's own modem; its SIM has no PIN, and best another network than the center's."""

    port: Annotated[str, Meta(min_length=1)]
    voice_port: str = ""
    dialect: str = "auto"


class CenterTable(_Table, frozen=True, kw_only=True):
    """A watched center."""

    name: Name
    key_file: str = ""
    """Key shared with the center; empty: no heartbeats, and only the probe counts."""
    probe: Annotated[str, Meta(pattern=r"^(https?://[^\s]{1,2000})?$(?!\n)")] = ""
    """URL that a phone would reach, `https://center.example.org/healthz`; empty: no probe."""
    probe_every_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    authority: str = ""
    """PEM: trusted certificates, in place of the machine's."""
    silent_after_s: Patient = Patience().silent_after_s
    unwell_after_s: Patient = Patience().unwell_after_s
    roster: str = ""
    """A file of `securwoman duty export`; empty: the center's own roster, which its heartbeats carry."""
    simulated: bool = False
    """True for a run with the simulated carrier, for trials."""


class WatchSettings(_Table, frozen=True, kw_only=True):
    """The whole file."""

    name: Name = "watch"
    """Name of this watcher in its answers and probes."""
    host: Annotated[str, Meta(min_length=1, max_length=255)] = "0.0.0.0"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8114
    language: Literal["it", "en"] = "it"
    region: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")] = "IT"
    ring_s: Seconds = 45.0
    """Maximal time of ringing: later a mailbox may answer, which is no person."""
    modem: ModemOfWatcher | None = None
    """The watcher's modem; None: only notifications that need no telephone."""
    duty: DutySettings = DutySettings()
    """Server of mails, and so on, as in `center.toml`."""
    center: Annotated[tuple[CenterTable, ...], Meta(min_length=1)]


def load(path: Path) -> WatchSettings:
    """Load the settings, with paths relative to the file resolved. Raises SettingsError."""
    try:
        content = path.read_bytes()
        settings = msgspec.toml.decode(content, type=WatchSettings)
    except OSError as error:
        raise SettingsError(str(path), [error.strerror or str(error)]) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), [str(error)]) from error
    duty = tomllib.loads(content.decode()).get("duty", {})
    if unknown := unknown_keys(duty, DutySettings, "duty"):
        raise SettingsError(str(path), unknown)
    beside = path.resolve().parent
    centers = tuple(whole(one, beside, "key_file", "authority", "roster") for one in settings.center)
    made = replace(settings, center=centers, duty=whole(settings.duty, beside))
    faults = [fault for i, one in enumerate(centers) for fault in _faults(i, one, centers)]
    if faults:
        raise SettingsError(str(path), faults)
    return made


def probing(urls: Sequence[str], roster: Path, modem: str) -> WatchSettings:
    """Make settings without a file, for these intakes, this roster and modem. Raises SettingsError."""
    try:
        made = msgspec.convert(
            {
                "port": 0,
                "modem": {"port": modem} if modem else None,
                "center": [
                    {
                        "name": (urlsplit(url).hostname or "").replace(".", "-"),
                        "probe": url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/healthz",
                        "roster": str(roster.resolve()),
                    }
                    for url in urls
                ],
            },
            WatchSettings,
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsError(" ".join(urls), [str(error)]) from error
    if faults := [fault for i, one in enumerate(made.center) for fault in _faults(i, one, made.center)]:
        raise SettingsError(" ".join(urls), faults)
    return made


def roster_in(path: Path) -> Roster:
    """Read a file of `securwoman duty export`. Raises OSError, FileFaulty."""
    given = count(1)
    return parse(path.read_text(encoding="utf-8"), EMPTY, lambda: f"p-{next(given)}")


def roster_of(center: CenterTable, heard: bytes) -> Roster:
    """Return the roster of the named file, read each time, else the received one. Raises OSError, ValueError,
    FileFaulty, MsgspecError.
    """
    if center.roster:
        return roster_in(Path(center.roster))
    return msgspec.json.decode(heard, type=Roster) if heard else EMPTY


def _faults(i: int, center: CenterTable, centers: tuple[CenterTable, ...]) -> list[str]:
    faults = []
    if any(one.name == center.name for one in centers[:i]):
        faults.append(f"center[{i}].name: {center.name} is the name of another [[center]]")
    if not center.key_file:
        faults += [
            f"center[{i}].{key}: needed without key_file: {what}"
            for key, value, what in (
                ("probe", center.probe, "the center sends no heartbeats"),
                ("roster", center.roster, "the center sends no roster"),
            )
            if not value
        ]
    else:
        try:
            key_at(Path(center.key_file))
        except (OSError, ValueError) as error:
            faults.append(f"center[{i}].key_file: {error}")
    if center.roster:
        try:
            roster_in(Path(center.roster))
        except (OSError, ValueError, FileFaulty) as error:
            faults.append(f"center[{i}].roster: {error}")
    return faults
