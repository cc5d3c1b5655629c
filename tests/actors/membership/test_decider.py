"""When a node may judge others by what the database says of them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.membership.decider import (
    BREAK_US,
    SETTLE_US,
    MembershipState,
    clock_alarm,
    clock_is_off,
    failed,
    joined,
    may_claim,
    renewed,
    settled,
)
from messages.ids import SECOND, Instant, NodeId
from model.membership import RENEW_US, TTL_US, Member

BEGUN = Instant(1_000_000_000)


def member(name: str) -> Member:
    return Member(
        node=NodeId(name), term=1, until_us=BEGUN, address="", places=b"", draining=False, alive=True
    )


def kept_up(standing: MembershipState, from_us: int, until_us: int) -> MembershipState:
    """Renewed in time, again and again."""
    for now_us in range(from_us, until_us + 1, RENEW_US):
        standing = renewed(standing, held=True, now_us=Instant(now_us))
    return standing


def old() -> tuple[MembershipState, Instant]:
    """A membership that has been kept up for long, and when it was renewed last."""
    standing = kept_up(joined(MembershipState(), 1, BEGUN), BEGUN, BEGUN + SETTLE_US + 10 * RENEW_US)
    return standing, standing.renewed


def test_others_are_judged_once_every_living_one_must_have_been_seen() -> None:
    young = joined(MembershipState(), 1, BEGUN)
    assert not settled(kept_up(young, BEGUN, BEGUN + SETTLE_US - RENEW_US), Instant(BEGUN + SETTLE_US - 1))
    standing, now_us = old()
    assert settled(standing, now_us)
    me, other = member("a"), member("b")
    assert may_claim(standing, [me, other], me.node, now_us, reluctant=False)
    assert not may_claim(standing, [me, other], me.node, now_us, reluctant=True)
    for gone in (replace(other, alive=False), replace(other, draining=True)):
        assert may_claim(standing, [me, gone], me.node, now_us, reluctant=True)


@pytest.mark.parametrize("gap_us", [BREAK_US, TTL_US - 1])
def test_after_a_break_that_the_membership_has_outlived_the_others_get_their_time_again(gap_us: int) -> None:
    """The database was away for all: whose turn it was to renew just before is no better than the others."""
    standing, last_us = old()
    back_us = Instant(last_us + gap_us)
    assert not settled(standing, back_us), "what is read now may be from before the others' return"
    again = renewed(standing, held=True, now_us=back_us)
    assert again.term == standing.term
    assert not settled(again, back_us)
    again = kept_up(again, back_us, back_us + SETTLE_US + RENEW_US)
    assert settled(again, again.renewed)


def test_a_renewal_that_fails_is_made_up_for_by_the_next() -> None:
    standing, last_us = old()
    now_us = Instant(last_us + 2 * RENEW_US)
    standing = renewed(failed(standing, Instant(last_us + RENEW_US)), held=True, now_us=now_us)
    assert settled(standing, now_us)


def test_a_membership_that_has_ended_is_none_until_it_is_another() -> None:
    standing, last_us = old()
    assert not renewed(standing, held=False, now_us=last_us).member
    assert not failed(standing, Instant(last_us + TTL_US)).member
    again = joined(failed(standing, Instant(last_us + TTL_US)), 2, Instant(last_us + TTL_US + 1))
    assert not settled(again, Instant(last_us + TTL_US + 2))


@pytest.mark.parametrize(
    ("ahead_s", "is_off"), [(0, False), (2, False), (-2, False), (2.1, True), (-120, True)]
)
def test_a_clock_that_is_more_than_two_seconds_off_is_an_alarm(ahead_s: float, is_off: bool) -> None:
    ahead_us, me = round(ahead_s * SECOND), NodeId("a")
    assert clock_is_off(ahead_us) is is_off
    text = clock_alarm(ahead_us, me)["node.clock", me]
    assert bool(text) is is_off
    assert not text or f"{abs(ahead_s):.1f} s {'behind' if ahead_s < 0 else 'ahead of'}" in text
