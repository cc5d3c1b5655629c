"""Who has a voice at a gate when several want it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.gate.playout import Deadlines
from media.gate.protocol import VoiceRequest
from media.gate.voice_owners import MOST_VOICES, VoiceOwners

ONE, TWO = b"1" * 8, b"2" * 8


def seated(owners: VoiceOwners[str, str], client: str, caller: bytes, name: str = "sim1") -> str | None:
    """Comes, waits for the port, sits down; who has sat there before, or the words of refusal."""
    request = VoiceRequest(name, caller)
    outcome = owners.on_request(client, request)
    if outcome.refusal:
        return outcome.refusal
    assert outcome.opens_port
    assert owners.on_opened(name) == client
    return owners.assign(client, request)


def test_the_newer_has_it_and_the_older_does_not_get_it_back_until_the_newer_has_gone() -> None:
    owners: VoiceOwners[str, str] = VoiceOwners()
    assert seated(owners, "dead bridge", ONE) is None
    assert seated(owners, "successor", TWO) == "dead bridge"
    assert seated(owners, "dead bridge again", ONE) == "another conference has the voice of sim1"
    owners.release("sim1", "dead bridge")
    assert owners.sessions == ["successor"]
    owners.release("sim1", "successor")
    assert seated(owners, "dead bridge again", ONE) is None


def test_a_conference_takes_its_own_voice_over_as_often_as_it_has_to() -> None:
    owners: VoiceOwners[str, str] = VoiceOwners()
    seated(owners, "first", ONE)
    assert seated(owners, "second", ONE) == "first"
    assert seated(owners, "third", ONE) == "second"


def test_while_a_port_is_being_opened_the_newest_waits_for_it_and_it_is_opened_once() -> None:
    owners: VoiceOwners[str, str] = VoiceOwners()
    assert owners.on_request("first", VoiceRequest("sim1", ONE)).opens_port
    outcome = owners.on_request("second", VoiceRequest("sim1", TWO))
    assert (outcome.opens_port, outcome.superseded) == (False, "first")
    assert (owners.is_waiting("first"), owners.is_waiting("second")) == (False, True)
    assert owners.on_opened("sim1") == "second"


def test_who_has_gone_while_its_port_was_being_opened_gets_none() -> None:
    owners: VoiceOwners[str, str] = VoiceOwners()
    owners.on_request("first", VoiceRequest("sim1", ONE))
    owners.remove_waiting("first")
    assert owners.on_request("second", VoiceRequest("sim1", ONE)).superseded is None
    owners.remove_waiting("second")
    assert owners.on_opened("sim1") is None


def test_there_is_an_end_to_how_many_voices_are_relayed() -> None:
    owners: VoiceOwners[str, str] = VoiceOwners()
    for number in range(MOST_VOICES):
        assert seated(owners, str(number), ONE, f"sim{number}") is None
    assert "largest number of voices" in str(seated(owners, "one more", ONE, "another"))
    assert seated(owners, "successor", TWO, "sim7") == "7"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["set", "forget", "pop"]), st.integers(0, 9)))
)
def test_what_is_due_comes_once_and_in_its_order(turns: list[tuple[str, str, int]]) -> None:
    deadlines: Deadlines[str] = Deadlines()
    wanted: dict[str, int] = {}
    for one, what, when in turns:
        if what == "set":
            deadlines.set(one, when)
            wanted[one] = when
        elif what == "forget":
            deadlines.forget(one)
            wanted.pop(one, None)
        else:
            came = deadlines.pop(when)
            first = min(wanted.values(), default=None)
            if first is None or first > when:
                assert came is None
            else:
                assert came is not None
                assert wanted.pop(came) == first
        assert deadlines.next_us() == min(wanted.values(), default=None)
