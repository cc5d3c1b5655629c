"""Checks of the journal in a file or in PostgreSQL, of app keys and operators, and of the audit trail."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Final

from application.checks import CheckCondition, check_row
from application.state.journals import configured_url, journal_of
from application.state.keys import key_in_file
from application.state.state_dir import StateDir, running
from center.checks.machine import SLOW_FLUSH_S
from messages.ids import DEMO_OPERATOR
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from messages.rows import Sentence
from model.checks import Cost, Finding, fail, ok, warn
from model.settings import Settings
from model.settings.web import SecondFactor
from store.errors import StoreError


def journal(state: StateDir) -> Iterator[Finding]:
    """Open the journal and read its end. `journal verify` reads the whole journal."""
    from store.alerts.erasing import count_readable
    from store.database.dialect import url_for_display

    if configured_url(state) == state.journal_url and not (state.path / "journal.db").is_file():
        yield ok("journal", "the first start creates the journal")
        return
    with journal_of(state) as opened:
        readable = f"personal data are readable in {count_readable(opened)} alerts"
        yield ok("journal", f"{url_for_display(opened.url)}, {opened.last_seq()} events; {readable}")


def access(
    state: StateDir, *, simulated: bool, second_factor: SecondFactor = SecondFactor.NONE
) -> Iterator[Finding]:
    """Check the app keys, the second factors of operators, and that no demo operator remains."""
    from store.registry.registry import Registry

    if configured_url(state) == state.journal_url and not (state.path / "journal.db").is_file():
        return
    with journal_of(state) as journal:
        registry = Registry(journal)
        names = Counter(one.name for one in registry.app_keys())
        own = key_in_file(state)
        dead = own is not None and registry.app_key_is_revoked(own)
        demo = registry.operator(DEMO_OPERATOR)
        staff = registry.operators()
    valid = ", ".join(name if count == 1 else f"{name} ({count})" for name, count in names.items())
    if not names and own is None:
        yield ok("access", "the first start creates an app key")
    elif not names:
        yield fail(
            "access", "no app key is valid: no app can raise an alert; issue one: securwoman key issue NAME"
        )
    elif twice := [name for name, count in names.items() if count > 1]:
        hint = f"revoke the older keys once no app uses them: securwoman key revoke --older {twice[0]}"
        yield warn("access", f"valid app keys: {valid}; {hint}")
    else:
        yield ok("access", f"valid app keys: {valid}")
    if dead:
        yield warn("access", "keys/app.key is revoked: the next start of the center makes a new key")
    lacking = [
        one.id
        for one in staff
        if one.id != DEMO_OPERATOR and one.role.needs(second_factor) and not one.has_second_factor
    ]
    if lacking:
        who = ", ".join(lacking)
        hint = "each must add a passkey or an authenticator app in the console: ?, then Your sign-on"
        yield warn(
            "access", f"a second factor is required, and missing for {who}, of whom one is asked; {hint}"
        )
    if demo is not None and not simulated:
        yield fail(
            "access", "the demo operator of simulated runs exists; a start with modems removes this operator"
        )


CONNECTIONS_EACH: Final = 2
"""Connections of each process with an open journal: one writes, one reads without waiting for writers."""
PROCESSES: Final = 9
"""Supervisor, AlertIntake, Identifier, OperatorPool, TrunkPool, OperatorLines, DeadlineWatchdog, Membership,
and the Housekeeper.
"""
WEBS: Final = 2
"""The web process and its standby."""
COMMANDS: Final = 2
"""The node itself, which writes occasionally, and one command of the command line."""
LISTENERS: Final = 1
_PATIENCE_S: Final = 2.0


def connections_needed(*, live_cases: int, lines: int, nodes: int = 1) -> int:
    """Return the number of connections that the server must allow. Each case and each modem is a process."""
    processes = PROCESSES + WEBS + COMMANDS + live_cases + lines
    return nodes * (CONNECTIONS_EACH * processes + LISTENERS)


def database(state: StateDir, settings: Settings | None) -> Iterator[Finding]:
    """Connect to the database and make test commits; no findings if the journal is a file."""
    from store.database.dialect import is_server, url_for_display
    from store.database.postgresql_facts import OLDEST, read_server_facts

    node = running(state)
    url = node.journal if node is not None else configured_url(state)
    if not is_server(url):
        return
    try:
        found = read_server_facts(url, patience_s=_PATIENCE_S)
    except StoreError as error:
        yield fail("database", str(error))
        return
    what = f"PostgreSQL {found.version} at {url_for_display(url)}"
    if found.version_num < OLDEST:
        yield fail("database", f"{what}: install version {OLDEST // 10000} or later")
    elif found.standby:
        yield fail("database", f"{what} is a standby and accepts no writes; name all servers in journal.url")
    else:
        yield ok("database", what)
    if found.encoding != "UTF8":
        yield fail(
            "database", f"the database's encoding is {found.encoding}: create the database again with UTF8"
        )
    for setting, on in (("fsync", found.fsync), ("full_page_writes", found.full_page_writes)):
        if not on:
            yield fail("database", f"{setting} is off: a power failure would lose alerts; turn it on")
    yield way(found.address, found.sslmode, encrypted=found.encrypted)
    if found.changes_events:
        yield warn("database", "the database role can change stored events: use a role that can only insert")
    else:
        yield ok("database", "the database role can insert events, and change none")
    if not found.may_scrub:
        yield warn(
            "database",
            "erased data stay in the server's files until the owner of the tables runs VACUUM FULL",
        )
    yield from _commits(found.synchronous_commit, found.synchronous_standbys, found.commits_s)
    if settings is not None:
        yield _room(settings, found.connections, found.connections_used)


def way(address: str, sslmode: str, *, encrypted: bool) -> Finding:
    """Check if an attacker on the way to the server could read the data, or pose as the server."""
    if not address or address.startswith("/") or ip_address(address).is_loopback:
        return ok("database", "the server is on this machine")
    if not encrypted:
        return fail("database", f"{address} is reached without TLS (sslmode={sslmode}): use verify-full")
    if sslmode != "verify-full":
        text = f"by TLS, but the server's name is not verified (sslmode={sslmode}): use verify-full"
        return warn("database", text)
    return ok("database", "by TLS, the server's name verified")


def _commits(promised: str, standbys: str, took_s: tuple[float, ...]) -> Iterator[Finding]:
    if promised == "off":
        yield warn(
            "database", "synchronous_commit is off: the center overrides it, but other programs may lose data"
        )
    if took_s:
        median_ms = statistics.median(took_s) * 1000
        text = f"a commit takes {median_ms:.1f} ms (longest of {len(took_s)}: {max(took_s) * 1000:.1f} ms)"
        slow = median_ms > SLOW_FLUSH_S * 1000
        yield warn("database", f"{text}: slow") if slow else ok("database", text)
    if not standbys:
        yield warn("database", "no synchronous standby: the journal is lost if this server's disk fails")
    elif promised in ("local", "off"):
        yield warn("database", f"synchronous_commit is {promised}: no commit waits for {standbys}")
    else:
        yield ok("database", f"a commit waits for {standbys} ({promised})")


def _room(settings: Settings, allowed: int, used: int) -> Finding:
    needed = connections_needed(live_cases=settings.limits.live_cases, lines=len(settings.modem))
    text = f"{allowed} connections are allowed, {used} are in use; a node needs {needed}"
    return fail("database", f"{text}: raise max_connections") if allowed < needed else ok("database", text)


def prove_journal(state: StateDir) -> Shown:
    """Check the whole journal on the disk, from the first event to the last."""
    from store.journal.verify import verify_journal

    begun = time.monotonic()
    with journal_of(state, disk=True) as opened:
        found = verify_journal(opened)
    seconds = time.monotonic() - begun
    return _sound(found.problems, bool(found.problems), events=found.events, seconds=seconds)


def prove_audit(state: StateDir) -> Shown:
    """Check that no audit entry of this node was changed or removed."""
    from store.audit.trail import Trail, verify_audit

    with journal_of(state) as opened:
        found = verify_audit(opened, Trail(state.keys))
    # A lost head proves no change; the file with the printed heads has it.
    return _sound(found.problems, found.altered, entries=sum(one.entries for one in found.chains))


def _sound(problems: Sequence[object], damaged: bool, **figures: float) -> Shown:
    for one in problems:
        print(one, file=sys.stderr)
    rounded = {name: round(float(value), 1) for name, value in figures.items()}
    if damaged:
        return Shown(result=StepResult.FAILED, why=ProofWhy.DAMAGED, figures=rounded)
    return Shown(result=StepResult.OK, figures=rounded)


CHECKS: Final = (
    check_row(
        "journal",
        Sentence("The journal opens, and its end is readable", "Il registro si apre, e se ne legge la fine"),
        Sentence(
            "Run securwoman journal verify; restore the newest backup",
            "securwoman journal verify; ripristinare il backup più recente",
        ),
        lambda around: journal(around.state),
        CheckCondition.STATE,
    ),
    check_row(
        "access",
        Sentence(
            "Valid app keys, and operators without a second factor",
            "Quali chiavi dell'app valgono, e chi non ha il secondo fattore",
        ),
        Sentence(
            "Issue or revoke keys with securwoman key; register a passkey for each operator",
            "securwoman key; una passkey per ogni operatore",
        ),
        lambda around: access(
            around.state,
            simulated=around.simulated,
            second_factor=SecondFactor.NONE if around.known is None else around.known.sign_on.passkeys,
        ),
        CheckCondition.STATE,
    ),
    check_row(
        "database",
        Sentence(
            "PostgreSQL is durable, and has connections left",
            "PostgreSQL mantiene ciò che promette, e ha spazio",
        ),
        Sentence(
            "Configure the server by docs/operations/nodes.md",
            "Impostare il server come dice docs/operations/nodes.md",
        ),
        lambda around: database(around.state, around.known),
        CheckCondition.STATE,
        cost=Cost.WORK,
    ),
)
NIGHT: Final = {ProofStep.JOURNAL: prove_journal, ProofStep.AUDIT: prove_audit}
