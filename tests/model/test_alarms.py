"""What is written of alarms: once, at their end once, and anew with other words where that is wanted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messages.events import AlarmCleared, AlarmRaised
from model.alarms.active import active_alarms, alarm_changes, with_cleared_alarms

LINE, OTHER = ("line.no_sim", "L1"), ("line.no_sim", "L2")
KEYS = st.sampled_from([LINE, OTHER, ("psap.no_line", "L1")])
STANDS = st.dictionaries(KEYS, st.sampled_from(["a", "b"]))
FOUND = st.dictionaries(KEYS, st.sampled_from(["", "a", "b"]))


def test_an_alarm_is_raised_once_and_over_once_with_what_came_of_it() -> None:
    (raised,) = alarm_changes({}, {LINE: "no SIM", OTHER: ""})
    assert raised == AlarmRaised(alarm="line.no_sim", subject="L1", text="no SIM")
    assert alarm_changes(active_alarms([raised]), {LINE: "its SIM is missing"}) == []
    (cleared,) = alarm_changes(active_alarms([raised]), {LINE: ""}, over="It is back.")
    assert cleared == AlarmCleared(alarm="line.no_sim", subject="L1", text="It is back.")
    assert active_alarms([raised, cleared]) == {}


def test_other_words_are_said_where_they_matter() -> None:
    (again,) = alarm_changes({LINE: "taken"}, {LINE: "failing"}, reworded=True)
    assert again == AlarmRaised(alarm="line.no_sim", subject="L1", text="failing")


@given(stands=STANDS, found=FOUND)
def test_what_is_written_is_what_was_found_and_of_the_rest_nothing(
    stands: dict[tuple[str, str], str], found: dict[tuple[str, str], str]
) -> None:
    after = active_alarms(alarm_changes(stands, found, reworded=True), stands)
    assert after == {key: words for key, words in {**stands, **found}.items() if words}
    assert alarm_changes(after, found, reworded=True) == []
    whole = with_cleared_alarms(found, stands)
    assert active_alarms(alarm_changes(stands, whole, reworded=True), stands) == {
        key: words for key, words in found.items() if words
    }
