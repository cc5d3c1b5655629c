"""A modem dies, and a phone rings: the first person cannot be had, the second takes it by a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.conference.sounds import FOLDER, read_wav
from messages import events as ev
from messages.ids import SECOND, CalloutEnd, DutyWay, Instant
from model.callouts.callout import Callout
from model.callouts.roster import Contact, Person, Roster
from store.callouts import callouts_of
from store.roster import store_roster
from tests.support.center import Center, center, simulation
from tests.support.recordings import write_tone
from tests.support.signals import heard_of

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

ANNA, BEA = "+393401111111", "+393402222222"
ONE_HZ = (697, 1209)
"""What a phone sends of key 1 (ITU-T Q.23)."""
SURE = 0.7


def person(name: str, number: str) -> Person:
    ways = (Contact(way=DutyWay.SMS, to=number), Contact(way=DutyWay.CALL, to=number))
    return Person(id=name, name=name.title(), contacts=ways)


def hears(made: Center, number: str, name: str) -> bool:
    wanted = read_wav(FOLDER / f"{name}.it.wav")
    up = any(call["state"] in ("active", "ended") for call in made.calls(number))
    return up and heard_of(made.heard(number), wanted) > SURE


def the_callout(made: Center) -> Callout | None:
    with made.journal() as journal:
        found = callouts_of(journal)
    return next(iter((*found.open, *found.ended)), None)


def raised(made: Center) -> Instant | None:
    with made.journal() as journal:
        told = [one for one in journal.read_all(0, 10_000) if isinstance(one.event, ev.AlarmRaised)]
    return next((one.at_us for one in told if getattr(one.event, "subject", "") == "sim3"), None)


def test_a_modem_dies_and_the_second_person_takes_it_by_key_1(tmp_path: Path) -> None:
    phones: dict[str, dict[str, object]] = {
        ANNA: {"behaviour": "busy"},
        BEA: {"says": f"loop:{write_tone(tmp_path / 'quiet.wav', 30, seconds=1.0)}"},
    }
    with center(tmp_path, simulation(public=4, phones=phones)) as made:
        roster = Roster(people=(person("anna", ANNA), person("bea", BEA)))
        with made.journal() as journal:
            journal.transact(lambda tx: store_roster(tx, roster, was_version=None, by="test"))
        assert made.carrier.post("/modems/sim3/unplug").status_code < 300
        raised_at = made.until("it is known", lambda: raised(made), within_s=60)
        made.until("the first phone is called", lambda: made.calls(ANNA), within_s=60)
        callout = the_callout(made)
        assert callout is not None
        rung_after_s = (callout.attempts[-1].at - raised_at) / SECOND
        assert rung_after_s < 30, "with what the network takes to set a call up it is in the ear within 60 s"
        made.kill("DutyCaller")
        made.until("the second person hears it", lambda: hears(made, BEA, "duty_keys"), within_s=150)
        key = write_tone(tmp_path / "key-1.wav", *ONE_HZ, seconds=0.2, pause_s=0.8)
        assert made.carrier.patch(f"/phones/{BEA}", json={"says": f"loop:{key}"}).status_code == 200
        made.until("it is taken", lambda: getattr(the_callout(made), "end", None) is CalloutEnd.TAKEN)
        made.until("she is thanked", lambda: hears(made, BEA, "duty_taken"))
        made.until("the call is over", lambda: all(call["state"] == "ended" for call in made.calls()))
        done = the_callout(made)
        assert done is not None
        assert done.taken_by == "bea"
        assert [len(made.calls(number)) for number in (ANNA, BEA)] == [2, 1], "killed it calls nobody twice"
        assert done.taken_at is not None
        assert done.taken_at - raised_at < 300 * SECOND
        assert "sim3" not in {call["line"] for call in made.calls()}
        print(f"rung {rung_after_s:.1f} s after, taken {(done.taken_at - raised_at) / SECOND:.0f} s after")
