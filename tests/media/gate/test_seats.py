"""Who has a voice at a gate when several want it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.gate.playout import Dues
from media.gate.protocol import Knock
from media.gate.seats import MOST_VOICES, Seats

ONE, TWO = b"1" * 8, b"2" * 8


def seated(seats: Seats[str, str], visitor: str, caller: bytes, name: str = "sim1") -> str | None:
    """Comes, waits for the port, sits down; who has sat there before, or the words of refusal."""
    knock = Knock(name, caller)
    turn = seats.knocks(visitor, knock)
    if turn.refused:
        return turn.refused
    assert turn.opens
    assert seats.opened(name) == visitor
    return seats.sit(visitor, knock)


def test_the_newer_has_it_and_the_older_does_not_get_it_back_until_the_newer_has_gone() -> None:
    seats: Seats[str, str] = Seats()
    assert seated(seats, "dead bridge", ONE) is None
    assert seated(seats, "successor", TWO) == "dead bridge"
    assert seated(seats, "dead bridge again", ONE) == "another conference has the voice of sim1"
    seats.gone("sim1", "dead bridge")
    assert seats.guests == ["successor"]
    seats.gone("sim1", "successor")
    assert seated(seats, "dead bridge again", ONE) is None


def test_a_conference_takes_its_own_voice_over_as_often_as_it_has_to() -> None:
    seats: Seats[str, str] = Seats()
    seated(seats, "first", ONE)
    assert seated(seats, "second", ONE) == "first"
    assert seated(seats, "third", ONE) == "second"


def test_while_a_port_is_being_opened_the_newest_waits_for_it_and_it_is_opened_once() -> None:
    seats: Seats[str, str] = Seats()
    assert seats.knocks("first", Knock("sim1", ONE)).opens
    turn = seats.knocks("second", Knock("sim1", TWO))
    assert (turn.opens, turn.overtaken) == (False, "first")
    assert (seats.waits("first"), seats.waits("second")) == (False, True)
    assert seats.opened("sim1") == "second"


def test_who_has_gone_while_its_port_was_being_opened_gets_none() -> None:
    seats: Seats[str, str] = Seats()
    seats.knocks("first", Knock("sim1", ONE))
    seats.left("first")
    assert seats.knocks("second", Knock("sim1", ONE)).overtaken is None
    seats.left("second")
    assert seats.opened("sim1") is None


def test_there_is_an_end_to_how_many_voices_are_relayed() -> None:
    seats: Seats[str, str] = Seats()
    for number in range(MOST_VOICES):
        assert seated(seats, str(number), ONE, f"sim{number}") is None
    assert "largest number of voices" in str(seated(seats, "one more", ONE, "another"))
    assert seated(seats, "successor", TWO, "sim7") == "7"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["set", "forget", "pop"]), st.integers(0, 9)))
)
def test_what_is_due_comes_once_and_in_its_order(turns: list[tuple[str, str, int]]) -> None:
    dues: Dues[str] = Dues()
    wanted: dict[str, int] = {}
    for one, what, when in turns:
        if what == "set":
            dues.set(one, when)
            wanted[one] = when
        elif what == "forget":
            dues.forget(one)
            wanted.pop(one, None)
        else:
            came = dues.pop(when)
            first = min(wanted.values(), default=None)
            if first is None or first > when:
                assert came is None
            else:
                assert came is not None
                assert wanted.pop(came) == first
        assert dues.next_us() == min(wanted.values(), default=None)
