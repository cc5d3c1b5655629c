"""First run of the center: measurements of the machine, and the certificate authority that devices must
trust.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from application.errors import CenterError
from application.settings.file import load
from application.settings.in_use import simulation_in_use
from application.settings.where import config_in_use
from application.state.state_dir import NodeFile, StateDir, read_json
from model.feature import installed, load_object
from model.first_run import CertificateTrust, MachineMeasurements, Need
from model.settings import Settings
from model.settings.web import HttpSettings
from runtime.wall_clock import synchronised
from store.journal.journal import Journal

AUTHORITY: Final = "authority.crt"
"""File that `certificate make` writes into the folder of the certificate: the authority's certificate for
devices.
"""


def machine(state: StateDir, journal: Journal) -> MachineMeasurements:
    """Measure the needs of the first run on this machine: the needs of features, the clock, the certificate.
    Takes some milliseconds. If the settings cannot be read, the needs of features count as unmet.
    """
    try:
        settings = load(config_in_use(state))
    except CenterError:
        return MachineMeasurements(measured=dict.fromkeys(_measures(), False))
    simulated = simulation_in_use(settings, None, read_json(state.node_file, NodeFile)) is not None
    measured = {need: measure(state, settings, journal) for need, measure in _measures().items()}
    return _with_trust(
        MachineMeasurements(simulated=simulated, measured=measured, clock=synchronised()),
        settings.http,
    )


def authority(state: StateDir) -> bytes | None:
    """Return the certificate of the center's own authority, in PEM; None if there is none, or if the settings
    cannot be read.
    """
    try:
        return _authority(load(config_in_use(state)).http)
    except CenterError:
        return None


def _measures() -> dict[Need, Callable[[StateDir, Settings, Journal], bool]]:
    return {need: load_object(where) for feature in installed() for need, where in feature.needs.items()}


def _authority(http: HttpSettings) -> bytes | None:
    if not http.certificate:
        return None
    try:
        return (Path(http.certificate).parent / AUTHORITY).read_bytes()
    except OSError:
        return None


def _with_trust(machine: MachineMeasurements, http: HttpSettings) -> MachineMeasurements:
    from application.certificates import is_known_here, read

    proxied = http.public_url.startswith("https://")
    if not http.certificate:
        return replace(machine, trust=CertificateTrust.OTHER) if proxied else machine
    try:
        content = Path(http.certificate).read_bytes()
        found = read(content)
    except (OSError, ValueError):
        return machine
    authority = _authority(http)
    host = urlsplit(http.public_url).hostname or next(iter(found.names), "")
    if authority is not None:
        trust, shown = CertificateTrust.OWN, read(authority)
    else:
        trust, shown = (
            CertificateTrust.PUBLIC if is_known_here(content, host) else CertificateTrust.OTHER,
            found,
        )
    return replace(
        machine,
        trust=trust,
        names=found.names,
        until=f"{found.until:%Y-%m-%d}",
        fingerprint=shown.fingerprint,
    )
