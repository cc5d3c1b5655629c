"""Checks of the web's address, and of its certificate: expiry, names, and use by the running web."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from application.checks import CheckCondition, check_row
from application.errors import NodeError
from application.listening import listen, unfit, unguarded
from application.settings.in_use import settings_in_use
from application.state.state_dir import NodeFile, StateDir, living_web
from center.checks.listeners import Address, exposure
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from messages.rows import Sentence
from model.bounds import (
    LEAST_DAYS_OF_CERTIFICATE,
    RENEWED_DAYS_OF_CERTIFICATE,
)
from model.checks import Finding, fail, ok, warn
from model.settings import Settings
from model.settings.web import HttpSettings


def bind_address(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Check the exposure of the console's address, as served now or as configured; without a running web also
    that the port is free.
    """
    web = living_web(state)
    host, port = (settings.http.host, settings.http.port) if web is None else (web.host, web.port)
    try:
        addresses = {ipaddress.ip_address(found[4][0]) for found in socket.getaddrinfo(host, port)}
    except (OSError, ValueError):
        yield fail("address", f"http.host: no address for {host}")
        return
    for address in sorted(addresses, key=str):
        yield _exposed(f"{host} port {port}", address, settings.http)
    if settings.http.behind_proxy and not settings.http.trusted_proxies:
        hint = (
            "http.trusted_proxies is empty: wrong passwords of one client count against all "
            "clients of the proxy"
        )
        yield warn("address", hint)
    if web is not None:
        return
    try:
        listen(host, port).close()
    except NodeError as error:
        yield fail("address", str(error))
    else:
        yield ok("address", f"{host} port {port} is free")


def _exposed(what: str, address: Address, http: HttpSettings) -> Finding:
    who = f"{what}: {exposure(address)}"
    if fault := unguarded(http, str(address)):
        return fail("address", fault)
    if http.certificate or address.is_loopback:
        return ok("address", who)
    if address.is_global:
        return fail("address", f"{what}: {address} is on the internet, not only reachable by the proxy")
    if address.is_unspecified:
        return warn("address", f"{who}; the proxy alone should reach it: name a private address")
    return ok("address", who)


def certificate(state: StateDir, settings: Settings, node: NodeFile | None) -> Iterator[Finding]:
    """Check `http.certificate`; no findings if a proxy does TLS."""
    http = settings.http
    if not http.certificate:
        return
    file, key = Path(http.certificate), Path(http.key)
    try:
        if key.stat().st_mode & 0o077:
            yield fail("certificate", f"http.key: {key} is readable by other accounts: chmod 600")
        content = file.read_bytes()
    except OSError as error:
        yield fail("certificate", f"{error.filename}: {error.strerror}")
        return
    if fault := unfit(file, key):
        yield fail("certificate", fault)
        return
    from application.certificates import read

    found = read(content)
    days = found.days_left
    what = f"{', '.join(found.names) or 'no name'}, until {found.until:%Y-%m-%d}"
    if days < 0:
        yield fail("certificate", f"{what}: expired, and refused by apps and browsers; renew the certificate")
    elif days < LEAST_DAYS_OF_CERTIFICATE:
        yield warn(
            "certificate",
            f"{what}: {days} days are left; renew the certificate now: people on duty are called",
        )
    elif days < RENEWED_DAYS_OF_CERTIFICATE:
        yield warn("certificate", f"{what}: {days} days are left; renew the certificate")
    else:
        yield ok("certificate", f"{what}: {days} days are left")
    for setting, address in (("http.public_url", http.public_url), ("cluster.web", settings.cluster.web)):
        host = urlsplit(address).hostname
        if host and not found.is_for(host):
            yield fail("certificate", f"{setting}: the certificate is not for {host}")
    if not http.public_url and not settings.cluster.web:
        hint = "passkeys need it, and the printed address may not be in the certificate"
        yield warn("certificate", f"http.public_url is empty: {hint}")
    if node is not None and state.served.is_file():
        served = read(state.served.read_bytes())
        if served.fingerprint != found.fingerprint:
            yield warn(
                "certificate",
                f"the center still serves the previous certificate, valid until {served.until:%Y-%m-%d}",
            )


def prove_certificate(state: StateDir) -> Shown:
    """Check that the web's certificate is valid for `LEAST_DAYS_OF_CERTIFICATE` or more days.

    Left out if the settings name no certificate: a proxy may do TLS.
    """
    from application.certificates import read

    file = settings_in_use(state).http.certificate
    if not file:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    served = state.served if state.served.is_file() else Path(file)
    days = read(served.read_bytes()).days_left
    good = days >= LEAST_DAYS_OF_CERTIFICATE
    return Shown(
        result=StepResult.OK if good else StepResult.FAILED,
        why=ProofWhy.NONE if good else ProofWhy.EXPIRES,
        figures={"days": float(days)},
    )


CHECKS: Final = (
    check_row(
        "address",
        Sentence(
            "Address of the console; its port is free",
            "Dove è offerta la console, e se la porta è libera",
        ),
        Sentence("Set [http] right", "Correggere [http]"),
        lambda around: bind_address(around.settings, around.state),
        CheckCondition.SETTINGS,
    ),
    check_row(
        "certificate",
        Sentence(
            "Expiry and names of the certificate; the center serves it",
            "Quanto dura il certificato, per chi è, se è servito",
        ),
        Sentence("Renew the certificate", "Rinnovarlo"),
        lambda around: certificate(around.state, around.settings, around.node),
        CheckCondition.SETTINGS,
    ),
)
NIGHT: Final = {ProofStep.CERTIFICATE: prove_certificate}
