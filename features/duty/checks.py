"""Checks of `[duty]` by the doctor: notification of people on duty, and calls while a line is broken.

No notification is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.errors import CenterError
from application.state.state_dir import StateDir
from gateways.callouts.channels.mail import check_sign_on
from gateways.outside import Delivered, Refused, is_here, secret_in, trust
from gateways.webhook import key_of
from messages.base import Joins
from messages.ids import DutyWay
from messages.rows import Sentence
from model.callouts.roster import EMPTY, Roster
from model.checks import Cost, Finding, fail, ok, warn
from model.feature import installed
from model.settings import Settings
from model.settings.monitoring import MailTls
from model.setup import Setup

PART = "duty"


def check_duty(state: StateDir, settings: Settings, *, simulated: bool) -> Iterator[Finding]:
    """Check the settings and list people whom they leave out. May wait for the mail server."""
    own = Setup(settings=settings, simulated=simulated)
    faults = [*_settings_faults(settings)]
    yield from (fail(PART, f"duty.{fault}") for fault in faults)
    if not faults and settings.duty.smtp.host:
        yield from _check_mail(own)
    roster = _read_roster(state)
    missing = {
        DutyWay.EMAIL: "" if settings.duty.smtp.host else "smtp.host",
        DutyWay.WEBHOOK: "" if settings.duty.webhook_key_file else "webhook_key_file",
    }
    for way, key in missing.items():
        who = [one.id for one in roster.people if any(contact.way is way for contact in one.contacts)]
        if key and who:
            yield warn(PART, f"duty.{key} is not set: {', '.join(who)} cannot be notified by {way}")
    if any(contact.way is DutyWay.CALL for one in roster.people for contact in one.contacts):
        yield _check_lines(state, settings)


def _check_lines(state: StateDir, settings: Settings) -> Finding:
    """Report how many lines may be broken while people can still be phoned, by the rules of the TrunkPool."""
    from actors.trunk_pool.decider import LEFT_TO_THE_NEXT, kept_for_inbound
    from runtime.published import line_files

    reports = line_files.read_all(state.run)
    public = [spec for spec in settings.lines if not spec.emergency]
    ours = {spec.line for spec in public} - kept_for_inbound(public, settings)
    voices = sum(line not in reports or reports[line].joins is Joins.HOST for line in ours)
    spare = min(voices, len(ours) - LEFT_TO_THE_NEXT) - 1
    if spare > 0:
        return ok(PART, f"people on duty are phoned even if {spare} of {len(ours)} public lines fail")
    when = " while one of them fails" if spare == 0 else ""
    text = f"{len(ours)} public lines for calls: people on duty are not phoned{when}"
    if outside := [name for feature in installed() for name in feature.outside(settings)]:
        return ok(PART, f"{text}; {', '.join(outside)} watches from outside")
    return warn(PART, f"{text}; add a line, or a watcher outside ([[heartbeat]])")


def _check_mail(own: Setup) -> Iterator[Finding]:
    server = own.settings.duty.smtp
    where = f"mail by {server.host}:{server.used_port}"
    sent = check_sign_on(own)
    if isinstance(sent, Delivered):
        yield ok(PART, f"{where}, {server.tls}")
    elif isinstance(sent, Refused):
        yield fail(PART, f"{where}: {sent.why}")
    else:
        yield warn(PART, f"{where}: {sent.why}")
    if server.tls is MailTls.NONE and not is_here(server.host):
        yield warn(PART, f"duty.smtp.tls: messages about the center go to {server.host} unencrypted")


def _settings_faults(settings: Settings) -> Iterator[str]:
    duty = settings.duty
    for key, name in (
        ("smtp.password_file", duty.smtp.password_file),
        ("webhook_key_file", duty.webhook_key_file),
    ):
        if not name:
            continue
        try:
            secret = secret_in(name)
            if Path(name).stat().st_mode & 0o077:
                yield f"{key}: {name} is readable by other accounts: chmod 600"
            elif not secret:
                yield f"{key}: {name} is empty"
            elif key == "webhook_key_file":
                key_of(secret)
        except (OSError, UnicodeError) as error:
            yield f"{key}: {name}: {error}"
        except ValueError:
            yield f"{key}: {name} must hold a webhook key: whsec_ and at least 24 bytes in base64"
    try:
        trust(duty.authority)
    except OSError as error:
        yield f"authority: {duty.authority}: {error}"


def _read_roster(state: StateDir) -> Roster:
    """Return the roster; empty before the first start."""
    from application.state.journals import journal_of
    from store.roster import roster_of

    try:
        with journal_of(state) as journal:
            return roster_of(journal).roster
    except CenterError:
        return EMPTY


CHECKS: Final = (
    check_row(
        "duty",
        Sentence("People on duty can be notified and phoned", "I reperibili si possono avvisare, e chiamare"),
        Sentence("Correct [duty]; add a line", "Correggere [duty]; una linea in più"),
        lambda around: check_duty(around.state, around.settings, simulated=around.simulated),
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
)
