"""The doctor's look at TLS: how long the certificate lasts, whom it is for, whether it is served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from application.listening import unfit
from application.state.state_dir import NodeFile, StateDir
from model.checks import Finding, fail, ok, warn
from model.proof.bounds import LEAST_DAYS_OF_CERTIFICATE, RENEWED_DAYS_OF_CERTIFICATE
from model.settings import Settings


def certificate(state: StateDir, settings: Settings, node: NodeFile | None) -> Iterator[Finding]:
    """What is to be said of `http.certificate`; nothing where TLS is a proxy's."""
    http = settings.http
    if not http.certificate:
        return
    file, key = Path(http.certificate), Path(http.key)
    try:
        if key.stat().st_mode & 0o077:
            yield fail("certificate", f"http.key: {key} is readable by others")
        content = file.read_bytes()
    except OSError as error:
        yield fail("certificate", f"{error.filename}: {error.strerror}")
        return
    if fault := unfit(file, key):
        yield fail("certificate", fault)
        return
    from center.certificates import read

    found = read(content)
    days = found.days_left
    what = f"{', '.join(found.names) or 'no name'}, until {found.until:%Y-%m-%d}"
    if days < 0:
        yield fail("certificate", f"{what}: it is past, and no app and no browser takes it; renew it")
    elif days < LEAST_DAYS_OF_CERTIFICATE:
        yield warn("certificate", f"{what}: {days} days are left; renew it now: people are called for it")
    elif days < RENEWED_DAYS_OF_CERTIFICATE:
        yield warn("certificate", f"{what}: {days} days are left; renew it")
    else:
        yield ok("certificate", f"{what}: {days} days are left")
    for setting, address in (("http.public_url", http.public_url), ("cluster.web", settings.cluster.web)):
        host = urlsplit(address).hostname
        if host and not found.is_for(host):
            yield fail("certificate", f"{setting}: the certificate is not for {host}")
    if not http.public_url and not settings.cluster.web:
        hint = "passkeys need it, and the address that a start prints may be none of the certificate's"
        yield warn("certificate", f"http.public_url is empty: {hint}")
    if node is not None and state.served.is_file():
        served = read(state.served.read_bytes())
        if served.fingerprint != found.fingerprint:
            yield warn("certificate", f"the center still serves the one until {served.until:%Y-%m-%d}")
