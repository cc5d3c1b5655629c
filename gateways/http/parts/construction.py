"""Construction of the web process: its parts, built from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gateways.console.following import JournalFollower
from gateways.console.people import People
from gateways.console.sessions import Cookies
from gateways.console.views.infrastructure import ModemView
from gateways.http.metrics import Metrics
from gateways.http.parts.auditing import RequestAudit
from gateways.http.parts.context import Web
from gateways.http.parts.journal_writer import JournalWriter
from gateways.http.parts.registry import RegistryQueries
from gateways.http.security.auth import Auth
from gateways.http.security.challenges import Challenges
from gateways.http.security.proxies import Proxies
from gateways.http.security.senders import Senders
from gateways.http.security.throttle import Throttle
from gateways.http.settings import WebSettings
from gateways.nodes import Nodes
from messages.rows import Sentence
from model.checks import Finding
from runtime.clock import Clock, SystemClock
from runtime.published import line_files
from runtime.published.directory import Directory, FileDirectory
from runtime.published.file import CachedForASecond
from runtime.published.peers import FilePeers, PeerBook
from store.audit.trail import Trail
from store.database.dialect import is_server
from store.journal.journal import Journal
from store.journal.notify import Notifier, SocketNotifier
from store.registry import keyring
from store.registry.registry import Registry


def parts(
    settings: WebSettings,
    *,
    clock: Clock | None = None,
    notifier: Notifier | None = None,
    directory: Directory | None = None,
    modems: Callable[[], list[ModemView]] = list,
    check_lines: Callable[[], list[tuple[Finding, Sentence]]] = list,
) -> Web:
    """Open the journal and build all parts of the web process. An argument replaces the part that is built by
    default, for tests. `modems`: function that lists the plugged-in modems without a line; `check_lines`:
    function that runs the checks of the lines. Raises JournalError.
    """
    state = Path(settings.state)
    clock = clock or SystemClock(settings.anchor_us)
    metrics = Metrics()
    run = state / "run"
    notify = notifier or SocketNotifier(run / "notify")
    journal = Journal.open(
        settings.journal, node=settings.node, clock=clock.now_us, notify=notify, fallback=run
    )
    metrics.add_of_features(journal, state, clock)
    registry = Registry(journal, region=settings.center.region)
    asked = RegistryQueries(registry, journal, clock, settings.center.psap.shares)
    cookies = Cookies(settings.node, settings.state)
    proxies = Proxies(
        settings.center.http.public_url or settings.center.cluster.web,
        settings.center.http.trusted_proxies,
        tls=bool(settings.certificate),
    )
    shared = journal.shared
    auth = Auth(asked, cookies, proxies, clock)
    following = JournalFollower(journal, clock)
    writing = JournalWriter(
        journal,
        metrics=metrics,
        deadline_s=settings.center.deadline.seconds,
        live_cases=settings.center.limits.live_cases,
        proved_open=following.proved_open,
    )
    return Web(
        settings=settings,
        clock=clock,
        journal=journal,
        writing=writing,
        audit=RequestAudit(writing, Trail(state / "keys"), proxies, clock),
        following=following,
        auth=auth,
        senders=Senders(auth, asked, proxies, clock, far=is_server(settings.journal)),
        cookies=cookies,
        nodes=Nodes(
            settings.node, settings.center.cluster.web, run, FilePeers(run) if shared else PeerBook()
        ),
        people=People(asked, clock),
        queries=asked,
        challenges=Challenges(partial(keyring.shared_secret, journal, keyring.SIGN_ON), clock.now_us),
        proxies=proxies,
        throttle=Throttle(),
        metrics=metrics,
        lines=CachedForASecond(partial(line_files.read_all, run)),
        levels=CachedForASecond(partial(line_files.levels_of_lines, state)),
        directory=directory or FileDirectory(run),
        modems=modems,
        check_lines=check_lines,
        stopping=asyncio.Event(),
    )
