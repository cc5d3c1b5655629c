"""Checks of the other nodes with a journal in PostgreSQL: members, clocks, lines, settings, addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from application.checks import CheckCondition, check_row
from application.settings.check import is_private
from application.state.state_dir import NodeFile, StateDir
from messages.ids import SECOND, LineId, NodeId
from messages.rows import Sentence
from model.checks import Finding, fail, ok, warn
from model.membership import CLOCK_OFF_US, RENEW_US, Member, differing_settings
from model.settings import Settings

if TYPE_CHECKING:
    from runtime.published.peers import NodeInfo

CLOCK_WARN_MS: Final = 500
_LATE_US: Final = 2 * RENEW_US


def nodes(state: StateDir, node: NodeFile | None, settings: Settings | None) -> Iterator[Finding]:
    """Report the nodes; no findings if the journal is a file."""
    from application.state.journals import configured_url, journal_of
    from runtime.clock import SystemClock
    from runtime.published.peers import decode_place
    from store.database.dialect import is_server
    from store.nodes import members

    if not is_server(node.journal if node is not None else configured_url(state)):
        return
    with journal_of(state) as journal:
        seen = members.members(journal)
        clock = SystemClock(node.anchor_us) if node is not None else SystemClock.anchored()
        before_us = clock.now_us()
        ahead_us = (before_us + clock.now_us()) // 2 - members.database_us(journal)
    places = {
        one.node: place for one in seen if one.alive and (place := decode_place(one.places)) is not None
    }
    yield from _members(seen, node)
    yield from _lines(places.values())
    yield from _settings({name: place.settings for name, place in places.items()})
    me = NodeId(node.node) if node is not None else None
    ahead_ms = {name: place.ahead_ms for name, place in places.items() if name != me}
    yield from _clocks(round(ahead_us / 1000), ahead_ms)
    yield from _addresses(seen, allowed=settings is not None and settings.cluster.allow_public)


def _members(seen: Iterable[Member], node: NodeFile | None) -> Iterator[Finding]:
    for one in seen:
        what = f"{one.node} at {one.address}, term {one.term}"
        if one.left:
            yield ok("nodes", f"{what}, has left")
        elif not one.alive:
            yield warn("nodes", f"{what}, is away: renewed {_age(one.age_us)} ago")
        elif one.age_us > _LATE_US:
            yield warn(
                "nodes", f"{what}, renews late: {_age(one.age_us)} ago, meant to be every {_age(RENEW_US)}"
            )
        else:
            draining = ", draining" if one.draining else ""
            yield ok("nodes", f"{what}, renewed {_age(one.age_us)} ago{draining}")
    if node is not None and not any(one.alive and one.node == node.node for one in seen):
        yield fail(
            "nodes",
            f"{node.node} runs here and is not a member of the center: it handles no alert and "
            "dials no number",
        )


def _lines(places: Iterable[NodeInfo]) -> Iterator[Finding]:
    have: dict[LineId, list[str]] = defaultdict(list)
    for place in places:
        for line in place.lines:
            have[line.line].append(place.node)
    for name, nodes_ in sorted(have.items()):
        if len(nodes_) > 1:
            who = " and ".join(sorted(nodes_))
            yield fail("nodes", f"line {name} is configured on {who}: give each line a name of its own")


def _settings(of_nodes: Mapping[NodeId, Mapping[str, int]]) -> Iterator[Finding]:
    for name, groups in differing_settings(of_nodes).items():
        who = " than on ".join(" and ".join(group) for group in groups)
        yield warn(
            "nodes",
            f"the setting {name} is different on {who}: each alert follows the settings of its node; "
            "make the settings equal",
        )


def _clocks(own_ms: int, others: dict[NodeId, int]) -> Iterator[Finding]:
    for name, ahead_ms in (("this machine", own_ms), *sorted(others.items())):
        which = "ahead of" if ahead_ms > 0 else "behind"
        text = f"the clock of {name} is {abs(ahead_ms) / 1000:.1f} s {which} the database's"
        if abs(ahead_ms) * 1000 > CLOCK_OFF_US:
            yield fail("clocks", f"{text}: deadlines are counted wrongly; synchronise the clock by NTP")
        elif abs(ahead_ms) > CLOCK_WARN_MS:
            yield warn("clocks", f"{text}; synchronise the clock by NTP")
        else:
            yield ok("clocks", text)


def _addresses(seen: Iterable[Member], *, allowed: bool) -> Iterator[Finding]:
    for one in seen:
        if one.alive and not is_private(one.address):
            what = f"{one.node} listens on {one.address}, which is a public address"
            if allowed:
                yield warn("nodes", f"{what}; permitted by cluster.allow_public")
            else:
                yield fail(
                    "nodes", f"{what}: the actors' messages would cross it unencrypted; use a private address"
                )


def _age(us: int) -> str:
    return f"{us / SECOND:.1f} s"


CHECKS: Final = (
    check_row(
        "nodes",
        Sentence(
            "Members, clocks, lines, settings and addresses of all nodes",
            "Gli altri nodi: membri, orologi, linee, impostazioni, indirizzi",
        ),
        Sentence(
            "Synchronise clocks by NTP; give each line its own name; make the settings equal",
            "Curare NTP; un nome proprio a ogni linea; impostazioni uguali",
        ),
        lambda around: nodes(around.state, around.node, around.known),
        CheckCondition.STATE,
    ),
)
