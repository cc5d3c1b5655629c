"""Checks of the settings of 112's own systems: hosts, tokens, certificates, folders."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from application.checks import CheckCondition, check_row
from features.psap_data.settings import FEED, TOKEN_MIN, DataFormat, DataTarget
from messages.rows import Sentence
from model.checks import Cost, Finding, fail, ok, warn
from model.settings import Settings

PART: Final = "data"


def data(settings: Settings) -> Iterator[Finding]:
    """Check each system in turn; without any, yield nothing."""
    for i, table in enumerate(DataTarget.of(settings)):
        faults = [f"psap.data[{i}].{fault}" for fault in _faults(table)]
        yield from (fail(PART, fault) for fault in faults)
        if table.format is DataFormat.EDS:
            yield warn(
                PART,
                f"psap.data[{i}].format: eds is NOT ETSI's form of PEMEA's EDS, whose schema the center does "
                "not have: a PSP will refuse it (features/psap_data/README.md)",
            )
        if not faults:
            where = "whoever asks" if table.to == FEED else urlsplit(table.to).hostname or table.to
            yield ok(PART, f"{table.name}: {table.format} to {where}, {table.area or 'everywhere'}")


def _faults(table: DataTarget) -> Iterator[str]:
    if table.token_file:
        try:
            token = Path(table.token_file).read_text(encoding="ascii").strip()
            least = TOKEN_MIN if table.to == FEED else 1
            if len(token) < least:
                yield f"token_file: {table.token_file} has {len(token)} characters, not {least} at least"
        except (OSError, UnicodeDecodeError) as error:
            yield f"token_file: {error}"
    if table.to == FEED:
        return
    host = urlsplit(table.to).hostname
    if host is None:
        if not os.access(table.to, os.W_OK | os.X_OK) or not Path(table.to).is_dir():
            yield f"to: {table.to} is not a folder that the center can write to"
        return
    try:
        trust = ssl.create_default_context(cafile=table.authority or None)
        if table.certificate:
            trust.load_cert_chain(table.certificate, table.key)
    except (OSError, ssl.SSLError) as error:
        yield f"certificate: {error}"
    try:
        socket.getaddrinfo(host, urlsplit(table.to).port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        yield f"to: {host} is not a known host ({error})"


CHECKS: Final = (
    check_row(
        "data",
        Sentence(
            "Data can be sent to 112's own systems",
            "Si potrebbe mandare qualcosa ai sistemi del 112",
        ),
        Sentence("Set [[psap.data]] right", "Correggere [[psap.data]]"),
        lambda around: data(around.settings),
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
)
