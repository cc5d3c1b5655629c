"""An alarm about a PIN is raised by a web about one moment, and taken back a day later."""

from __future__ import annotations

from actors.housekeeper.decider import PINS_STAND_US, pins_over
from messages.events import AlarmCleared
from messages.ids import SECOND, Instant, NodeId
from model.alarms.history import Episode

RAISED = Instant(1_000 * SECOND)


def episode(alarm: str, *, over_us: Instant | None = None) -> Episode:
    return Episode(alarm=alarm, subject="u1", node=NodeId("n1"), text="", since_us=RAISED, over_us=over_us)


def test_alarms_about_pins_end_after_a_day_once_and_no_others_do() -> None:
    told = [
        episode("pin.duress"),
        episode("pin.refused"),
        episode("pin.refused", over_us=RAISED),
        episode("backup.old"),
    ]
    end = Instant(RAISED + PINS_STAND_US)
    assert pins_over(told, Instant(end - 1)) == ()
    assert [one.alarm for one in pins_over(told, end)] == ["pin.duress", "pin.refused"]
    assert pins_over(told, end)[0] == AlarmCleared(alarm="pin.duress", subject="u1")
