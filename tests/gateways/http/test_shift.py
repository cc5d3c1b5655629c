"""What a shift hands over, who may still do something about a closed alert, and who is on duty."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar.testing import TestClient

from features.people.staff_changes import Fields, change
from gateways.console.shift_handover import OnDutyRow, on_duty_now
from gateways.http.app import build
from messages.events import AlertReopened, NoteAdded
from messages.ids import E164, SECOND, DutyWay, Instant, OperatorId, Outcome, PersonId
from model.callouts.roster import Contact, Person, Roster, Shift
from model.rules.drilling import DUE_AFTER_US
from model.settings.monitoring import DrillSettings
from store import streams
from store.registry.people import StaffRole
from store.roster import store_roster
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story, on_shift
from tests.support.each import each
from tests.waiting import wait_until

NOTES = "/v1/shift/notes"
PHONE = E164("+393330000099")


def shift(who: Asker) -> dict[str, Any]:
    answer = who.get("/v1/shift")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def ended(
    api: Api, by: OperatorId, outcome: Outcome = Outcome.FALSE_ALARM, *, phone: str = GIULIA, ago_s: float = 0
) -> Story:
    """An alert that this operator had, and its end."""
    told = Story(api.journal, CLOCK.now_us(), phone=phone, ago_s=ago_s).had_by(by)
    told.operator_left(by).closed(outcome)
    api.followed()
    return told


def ordered(who: Asker, story: Story, command: str) -> tuple[int, str]:
    return verdict(who.order(story, command, text="She was heard"))


def test_who_is_called_for_the_center_itself_is_told_by_name(api: Api) -> None:
    assert shift(api.luca)["duty"] is None
    somebody = Person(
        id=PersonId("p-1"), name="Anna Bianchi", contacts=(Contact(way=DutyWay.CALL, to="+393330000010"),)
    )
    always = Shift(name="a", days=tuple(range(7)), begins="08:00", ends="08:00", people=(somebody.id,))
    roster = Roster(people=(somebody,), shifts=(always,))
    api.journal.transact(partial(store_roster, roster=roster, was_version=0, by="test"))
    told = {"names": ["Anna Bianchi"], "until_us": None, "covered": True}
    wait_until(lambda: shift(api.luca)["duty"] == told)
    alone = on_duty_now(Roster(people=(somebody,)), CLOCK.now_us())
    assert alone == OnDutyRow(names=["Anna Bianchi"], until_us=None, covered=False)


def test_what_one_leaves_the_other_reads_and_is_done_with(api: Api) -> None:
    made = api.marta.post(NOTES, json={"text": "  sim2 makes noises "})
    assert (made.status_code, made.json()["by"], made.json()["text"]) == (201, MARTA, "sim2 makes noises")
    (note,) = shift(api.luca)["notes"]
    assert note == made.json()
    url = f"{NOTES}/{note['id']}/done"
    assert api.luca.post(url, json={"done": True}).json()["done_by"] == LUCA
    assert shift(api.marta)["notes"][0]["done_by"] == LUCA
    assert api.marta.post(url, json={"done": False}).json() == note
    assert api.luca.post(f"{NOTES}/none/done", json={"done": True}).status_code == 404


@each("body", [{"text": "  "}, {"text": ""}, {"text": "x" * 2001}, {}])
def test_a_note_of_nothing_or_of_too_much_is_refused(api: Api, body: dict[str, str]) -> None:
    assert api.marta.post(NOTES, json=body).status_code == 400
    assert shift(api.marta)["notes"] == []


def test_who_asks_again_is_told_what_has_changed(api: Api) -> None:
    first = api.marta.get("/v1/shift")
    asked = {**api.place.operator(), "if-none-match": first.headers["etag"]}
    assert api.client.get("/v1/shift", headers=asked).status_code == 304
    was, now = Fields(on_call=False), Fields(on_call=True)
    api.journal.transact(lambda tx: change(tx, LUCA, was, now, by="test", region="IT"))
    api.web.people.refresh()
    told = api.client.get("/v1/shift", headers=asked)
    assert told.status_code == 200
    (of_luca,) = [one for one in told.json()["staff"] if one["operator"] == LUCA]
    assert of_luca == {"operator": LUCA, "role": "operator", "on_call": True}
    assert entered(api.web) == [], "it shows nobody's data"


def test_a_callback_is_owed_where_no_operator_has_spoken_to_the_user(api: Api) -> None:
    ended(api, MARTA, Outcome.HANDED_OVER, phone="+393331110001")
    nobody = ended(api, MARTA, Outcome.NO_CONTACT)
    (owed,) = shift(api.luca)["owed"]
    assert (owed["alert"], owed["outcome"], owed["operator"]) == (nobody.alert, "no_contact", MARTA)
    assert GIULIA not in str(owed)


def test_no_drill_is_due_where_there_is_no_phone_for_it(api: Api) -> None:
    told = shift(api.marta)
    assert (told["drill_us"], told["drill_due"]) == (None, False)


def test_a_drill_is_due_a_week_after_the_last(place: Place) -> None:
    place.changes["drill"] = DrillSettings(phone=PHONE)
    web = place.web()
    with TestClient(build(web)) as client:
        told = shift(Asker(client, place.operator()))
        assert (told["drill_us"], told["drill_due"]) == (None, True)
        Story(web.journal, CLOCK.now_us(), phone=PHONE, test=True, ago_s=DUE_AFTER_US / SECOND + 60).opened()
        told = shift(Asker(client, place.operator()))
        assert told["drill_due"] is True
        assert told["drill_us"] < CLOCK.now_us() - DUE_AFTER_US


def test_one_s_last_alert_is_one_s_own_to_note_and_to_reopen(api: Api) -> None:
    assert shift(api.marta)["own"] is None
    story = ended(api, MARTA)
    own = shift(api.marta)["own"]
    assert (own["alert"], own["note"], own["reopen"]) == (story.alert, None, None)
    assert own["closed_us"] is not None
    assert shift(api.luca)["own"] is None
    assert ordered(api.marta, story, "note")[0] == 202
    assert api.inbox(story.alert)[-1] == NoteAdded(by=MARTA, text="She was heard")
    assert ordered(api.marta, story, "reopen")[0] == 202
    wait_until(lambda: shift(api.marta)["own"]["reopen"] == "not_closed")


def test_another_s_closed_alert_is_left_alone_while_its_operator_can_be_asked(api: Api) -> None:
    story = ended(api, MARTA)
    on_shift(api.journal, MARTA)
    api.followed()
    before = api.journal.last_seq()
    for command in ("note", "reopen"):
        assert ordered(api.luca, story, command) == (409, "anothers_alert")
    told = api.luca.get(f"/v1/alerts/{story.alert}/story").json()
    assert (told["note"], told["reopen"]) == ("anothers_alert", "anothers_alert")
    (row,) = api.luca.get("/v1/alerts").json()["alerts"]
    assert row["reopen"] == "anothers_alert"
    assert [one for one in api.journal.read(streams.inbox(story.alert)) if one.seq > before] == []
    api.grant(StaffRole.SUPERVISOR, LUCA)
    api.web.people.refresh()
    told = api.luca.get(f"/v1/alerts/{story.alert}/story").json()
    assert (told["note"], told["reopen"]) == (None, None)
    assert [ordered(api.luca, story, command)[0] for command in ("note", "reopen")] == [202, 202]


def test_who_is_alone_calls_another_s_user_again(api: Api) -> None:
    story = ended(api, MARTA)
    assert ordered(api.luca, story, "note") == (409, "anothers_alert")
    assert ordered(api.luca, story, "reopen")[0] == 202
    assert api.inbox(story.alert)[-1] == AlertReopened(by=LUCA)


def test_long_after_the_end_a_supervisor_is_to_be_asked(api: Api) -> None:
    past = api.place.journal(clock=lambda: Instant(CLOCK.now_us() - 13 * 3600 * SECOND))
    told = Story(past, Instant(CLOCK.now_us() - 13 * 3600 * SECOND)).had_by(MARTA)
    told.operator_left(MARTA).closed(Outcome.FALSE_ALARM)
    past.close()
    api.grant(StaffRole.SUPERVISOR, LUCA)
    on_shift(api.journal, LUCA)
    api.followed()
    assert ordered(api.marta, told, "reopen") == (409, "closed_long_ago")
    assert ordered(api.marta, told, "note")[0] == 202
