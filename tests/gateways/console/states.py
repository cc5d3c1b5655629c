"""The main states of the console, each brought about from the journal and waited for on the page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from messages import events as ev
from messages.base import Joins
from messages.ids import (
    E164,
    Advice,
    BridgeId,
    Outcome,
    Party,
    ShiftState,
)
from model.record import Contact, DangerousPerson, PersonRecord
from store import shift_notes, streams
from store.journal.journal import Append, Transaction
from store.registry.people import StaffRole
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.console import states_of_place
from tests.gateways.console.stage import Stage, State, after
from tests.gateways.http.place import CLOCK, GIULIA, NODE
from tests.gateways.story import LINES, Story, on_shift
from tests.support.pictures import png


def sign_on(stage: Stage) -> None:
    stage.page.goto(f"{stage.url}/console/?lang={stage.lang}")
    expect(stage.page.locator("input[name=password]")).to_be_visible()


def sign_on_wrong(stage: Stage) -> None:
    sign_on(stage)
    stage.page.locator("input[name=operator]").fill("Marta Bianchi")
    stage.page.locator("input[name=password]").fill("wrong")
    stage.page.keyboard.press("Enter")
    expect(stage.page.get_by_role("alert")).to_be_visible(timeout=20_000)


def sign_on_token(stage: Stage) -> None:
    sign_on(stage)
    stage.page.locator("[data-other]").click()
    expect(stage.page.locator("input[name=token]")).to_be_visible()


def off(stage: Stage) -> None:
    expect(stage.signed_on(shift=False).locator("#ready-h")).to_be_visible()


def ready(stage: Stage) -> None:
    expect(stage.signed_on().locator("#ready-h")).to_be_visible()


@after(ready)
def pausing(stage: Stage) -> None:
    stage.page.keyboard.press("p")
    expect(stage.page.locator("#ask-h")).to_be_visible()


@after(off)
def not_heard(stage: Stage) -> None:
    stage.page.keyboard.press("s")
    expect(stage.page.locator("#ask-h")).to_be_visible()
    stage.page.keyboard.press("n")
    expect(stage.page.locator(".ready__shift .ink-bad")).to_be_visible()


@after(ready)
def help_(stage: Stage) -> None:
    stage.page.keyboard.press("?")
    expect(stage.page.get_by_role("dialog")).to_be_visible()


def incoming(stage: Stage) -> None:
    stage.alert()
    expect(stage.signed_on().get_by_role("alertdialog")).to_be_visible()


def with_record(stage: Stage) -> None:
    """Of Giulia everything is known that can be entered."""
    giulia = Registry(stage.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None

    def work(tx: Transaction) -> None:
        face, other = (records.add_picture(tx, giulia.id, png(90, 120, shade)) for shade in (150, 220))
        known = PersonRecord(
            dangerous=(
                DangerousPerson(
                    name="Marco Neri",
                    car="Fiat Panda blu, AB 123 CD",
                    note="Ha un fucile da caccia. Conosce il codice del cancello.",
                    picture=other,
                ),
            ),
            children="Luca, 4, e Sara, 7, a casa dopo le 16",
            medical="Asma; allergica alla penicillina",
            court_order="Divieto di avvicinamento, Trib. Milano 123/26, 500 m",
            safe_word="ombrello blu",
            reach="Prima un messaggio, mai dopo le 22",
            photo=face,
            addresses=("via Roma 12, Milano, secondo piano, Rossi", "via Po 3, Torino"),
            contacts=(
                Contact(name="Anna Rossi", number="+393471234567", relation="sorella", tell=True, where=True),
                Contact(name="Paola Verdi", number="+393471234568", relation="vicina"),
            ),
        )
        records.write_record(tx, giulia.id, known, expected=None, by="test", region="IT")

    stage.journal.transact(work)


def incoming_record(stage: Stage) -> None:
    with_record(stage)
    incoming(stage)
    expect(stage.page.locator("[data-record=dangerous] img")).to_have_js_property("complete", True)


def record(stage: Stage) -> None:
    """All of it beside the case."""
    with_record(stage)
    talking(stage)
    expect(stage.page.locator("html")).not_to_have_attribute("data-settling", "")
    stage.page.keyboard.press("d")
    expect(stage.page.locator(".record__all [data-record=dangerous]")).to_be_visible()


def incoming_test(stage: Stage) -> None:
    stage.alert(test=True)
    expect(stage.signed_on().get_by_role("alertdialog")).to_be_visible()


def calling(stage: Stage) -> None:
    stage.mine().user_called()
    stage.signed_on()
    stage.shown("[data-party=user]", "ring")


def talking(stage: Stage) -> None:
    stage.voices.of(stage.talked(21, 17))
    stage.signed_on()
    stage.shown("[data-party=user]", "live")
    expect(stage.page.locator("[data-meter=user] .on")).to_have_count(12)


def muted(stage: Stage) -> None:
    story = stage.talked(21, 17)
    stage.voices.of(story)
    stage.ago(2)
    story.say(ev.LegMuted(leg=story.leg("op1"), attempt=1, by=stage.place.marta))
    stage.signed_on()
    stage.shown("[data-party=operator]", "hush")
    expect(stage.page.locator("[data-meter=user] .on")).to_have_count(12)


def network(stage: Stage) -> None:
    """Both on one line whose modem gives no voice."""
    story = stage.talked(ago_s=62, answered_s=19.8)
    stage.ago(41)
    for place in ("op1", "user"):
        story.say(ev.LegAnswered(leg=story.leg(place), attempt=1, joins=Joins.NETWORK))
    stage.signed_on()
    expect(stage.page.locator("[data-party=user] .party__foot")).to_have_text(
        "joined by the network" if stage.lang == "en" else "unita dalla rete"
    )
    expect(stage.page.locator("[data-meter]")).to_have_count(0)


def unheard(stage: Stage) -> None:
    """The modem that joins both in the network does not answer."""
    story = stage.talked(ago_s=62, answered_s=19.8)
    stage.ago(41)
    for place in ("op1", "user"):
        story.say(ev.LegAnswered(leg=story.leg(place), attempt=1, joins=Joins.NETWORK))
    stage.ago(4)
    for place in ("op1", "user"):
        story.say(ev.LegUnheard(leg=story.leg(place), attempt=1))
    story.hear(ev.TextUnreadable(line=LINES["user"], key="a1", reason="cut short", raw="0004"))
    stage.signed_on()
    stage.shown("[data-party=user]", "hush")
    stage.shown("[data-party=operator]", "hush")
    said = "V, then Enter" if stage.lang == "en" else "V, poi Invio"
    expect(stage.page.locator("body")).to_contain_text(said)


def no_sound(stage: Stage) -> None:
    story = stage.talked(ago_s=62, answered_s=19.8)
    stage.ago(4)
    leg = story.leg("user")
    story.say(ev.LegSoundLost(leg=leg, attempt=1, line=LINES["user"]))
    alarm = ev.AlarmRaised(alarm="leg.no_sound", subject=leg, text="No sound from the user on line L1.")
    stage.journal.append(Append(streams.node(NODE), None, (alarm,)))
    stage.signed_on()
    expect(stage.page.locator("[data-party=user] [data-key=V]")).to_be_visible()


def recorded(stage: Stage) -> None:
    story = stage.talked(ago_s=62, answered_s=19.8)
    stage.ago(41)
    story.say(ev.RecordingStarted(file=f"{story.alert}.1.flac"))
    stage.signed_on()
    expect(
        stage.page.locator(".who").get_by_text("Recorded" if stage.lang == "en" else "Si registra")
    ).to_be_visible()


def listened(stage: Stage) -> None:
    """Luca, a supervisor, hears Marta and Giulia."""
    Registry(stage.journal).set_role(stage.place.luca, StaffRole.SUPERVISOR, by="test")
    story = stage.talked(21, 17)
    stage.voices.of(story)
    stage.ago(4)
    story.listened(stage.place.luca)
    stage.signed_on()
    expect(stage.page.locator(".who__listens")).to_have_text(re.compile("Luca Ferri (is listening|ascolta)"))
    expect(stage.page.locator("[data-meter=user] .on")).to_have_count(12)


def briefed(stage: Stage) -> Story:
    """The user does not answer; 112 does."""
    story = stage.mine(49).user_called()
    stage.ago(17)
    story.user_released(19)
    stage.ago(14)
    story.psap_called(stage.place.marta)
    stage.ago(6)
    return story.psap_joined()


def briefing(stage: Stage) -> None:
    briefed(stage)
    stage.signed_on()
    stage.shown("[data-party=psap]", "live")


def choosing(stage: Stage) -> None:
    """To whom the operator hands it over."""
    stage.ago(0)
    on_shift(stage.journal, stage.place.luca)
    talking(stage)
    expect(stage.page.locator("html")).not_to_have_attribute("data-settling", "")
    stage.page.keyboard.press("h")
    expect(stage.page.locator(".hand__to").last).to_be_visible()


def handing(stage: Stage) -> None:
    """Luca's phone rings for it."""
    story = stage.talked(48, 15)
    stage.ago(4)
    story.handed_over(stage.place.marta, stage.place.luca).next_called(stage.place.luca)
    stage.signed_on()
    expect(stage.page.locator(".dock .ink-wait")).to_be_visible()


def handed_to_me(stage: Stage) -> None:
    """Luca hands a case over to Marta."""
    journal, place = stage.journal, stage.place
    giulia = Registry(journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    stage.ago(47)
    story = (
        Story(journal, CLOCK.now_us(), ago_s=48).opened().identified(giulia.id).operator_called(place.luca)
    )
    story.operator_joined(place.luca).user_called().user_answered()
    story.psap_called(place.luca).psap_joined()
    stage.ago(3)
    story.handed_over(place.luca, place.marta).next_called(place.marta)
    expect(stage.signed_on().get_by_role("alertdialog")).to_be_visible()


def notes(stage: Stage) -> None:
    """The time after an alert; something was handed over before."""
    luca = stage.place.luca
    stage.ago(3000)
    for text in ("Fallback SIM in drawer 2.", "Anna Neri’s neighbour has her keys: 348 111 0001."):
        stage.journal.transact(lambda tx, text=text: shift_notes.add_note(tx, luca, text))  # type: ignore[misc]
    stage.ago(900)
    nobody = Story(stage.journal, CLOCK.now_us(), phone="+393481110001", ago_s=900).opened()
    nobody.operator_called(luca).operator_joined(luca).operator_left(luca).closed(Outcome.NO_CONTACT)
    stage.ago(70)
    on_shift(stage.journal, stage.place.marta)
    story = stage.talked(68, 15).psap_called(stage.place.marta).psap_joined()
    stage.ago(6)
    story.operator_left(stage.place.marta)
    stage.signed_on(shift=False)
    expect(stage.page.locator("#ready-h .icon.ink-wait")).to_be_visible()
    expect(stage.page.locator(".handed__note")).to_have_count(2)
    expect(stage.page.locator(".ready__own")).to_be_visible()


def conference(stage: Stage) -> None:
    story = stage.talked(48, 15)
    stage.ago(20)
    story.psap_called(stage.place.marta)
    stage.ago(11)
    stage.voices.of(story.psap_joined())
    stage.signed_on()
    stage.shown("[data-party=psap]", "live")
    expect(stage.page.locator("[data-meter=psap] .on")).to_have_count(10)


def in_doubt(stage: Stage) -> None:
    """The user's modem says that there is an answer, and does not prove it."""
    story = stage.mine(21).user_called()
    leg = story.leg("user")
    stage.ago(9)
    story.say(ev.LegAnswered(leg=leg, attempt=1, confirmed=False))
    story.say(ev.BridgeJoined(bridge=BridgeId("b"), legs=(leg,)))
    stage.voices.of(story)
    stage.signed_on()
    stage.shown("[data-party=user]", "ring")
    expect(stage.page.locator("[data-meter=user] .on")).to_have_count(12)


def told(stage: Stage) -> None:
    """112 hears that the user cannot speak."""
    story = stage.talked(48, 15)
    stage.ago(20)
    story.psap_called(stage.place.marta)
    stage.ago(11)
    stage.voices.of(story.psap_joined())
    stage.ago(2)
    story.say(ev.AnnouncementRequested(what="cannot_speak", by=stage.place.marta))
    stage.signed_on()
    stage.shown("[data-party=psap]", "live")
    expect(stage.page.locator("[data-meter=psap] .on")).to_have_count(10)


def late(stage: Stage) -> None:
    story = stage.alert(62)
    stage.ago(12)
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW), ev.DeadlineMissed())
    stage.ago(5)
    story.operator_joined(stage.place.marta)
    expect(stage.signed_on().locator(".banner[role=alert]")).to_be_visible()


def duress(stage: Stage) -> None:
    story = stage.mine()
    stage.ago(3)
    story.hear(ev.AlertCancelled(duress=True))
    expect(stage.signed_on().locator(".banner[role=alert]")).to_be_visible()


def duress_talking(stage: Stage) -> None:
    """The user's line is up, and no voice comes out of the phone."""
    story = stage.talked(30, 12)
    stage.ago(3)
    story.hear(ev.AlertCancelled(duress=True))
    stage.signed_on()
    stage.shown("[data-party=user]", "hush")
    expect(stage.page.locator(".banner[role=alert]")).to_be_visible()


def duress_briefing(stage: Stage) -> None:
    story = stage.mine(49)
    stage.ago(40)
    story.hear(ev.AlertCancelled(duress=True))
    stage.ago(14)
    story.psap_called(stage.place.marta)
    stage.ago(6)
    story.psap_joined()
    stage.signed_on()
    stage.shown("[data-party=psap]", "live")


def wrong_pin(stage: Stage) -> None:
    story = stage.talked(30, 12)
    stage.ago(4)
    story.hear(ev.PinRefused(), ev.PinRefused())
    expect(stage.signed_on().locator(".banner[role=alert]")).to_be_visible()


def cancelled(stage: Stage) -> None:
    story = stage.talked(30, 12)
    stage.ago(4)
    story.hear(ev.AlertCancelled())
    expect(stage.signed_on().locator(".banner[data-tone=quiet]")).to_be_visible()


def silent(stage: Stage) -> None:
    """The user cannot talk: the phone is not called."""
    story = stage.alert(12, silent=True)
    stage.ago(8)
    story.operator_joined(stage.place.marta)
    expect(stage.signed_on().locator(".banner[data-tone=quiet]")).to_be_visible()


def silent_incoming(stage: Stage) -> None:
    stage.alert(9, silent=True)
    expect(stage.signed_on().get_by_role("alertdialog")).to_be_visible()


def unanswered(stage: Stage) -> None:
    """25 s without an answer; the second call rings."""
    story = stage.mine(40).user_called()
    stage.ago(7)
    story.user_released(19)
    stage.ago(5)
    story.user_called(attempt=2)
    stage.signed_on()
    stage.shown("[data-party=user]", "ring")


def no_line_alarm(stage: Stage) -> None:
    alarm = ev.AlarmRaised(alarm="psap.no_line", subject="emergency", text="No line can call 112.")
    stage.journal.append(Append(streams.node(NODE), None, (alarm,)))


def no_line(stage: Stage) -> None:
    """112 is wanted, and no line can call it."""
    story = stage.talked(48, 15)
    stage.ago(9)
    number = E164("+390200000112")
    story.say(ev.PsapRequested(by=stage.place.marta, number=number))
    story.say(ev.PsapLineLacking(reason="out_of_use"))
    no_line_alarm(stage)
    stage.signed_on()
    stage.shown("[data-party=psap]", "fail")
    expect(stage.page.locator(".banner[role=alert]")).to_be_visible()
    expect(stage.page.locator(".alarm")).to_be_visible()


def no_line_ready(stage: Stage) -> None:
    no_line_alarm(stage)
    expect(stage.signed_on().locator("[data-strip='psap.no_line']")).to_be_visible()


def nobody(stage: Stage) -> None:
    """An alert that nobody has, before an operator who pauses."""
    journal = stage.journal
    stage.ago(15)
    on_shift(journal, stage.place.marta, ShiftState.PAUSED)
    Story(journal, CLOCK.now_us(), phone="+393331112261", ago_s=14).opened()
    expect(stage.signed_on(shift=False).locator("[data-strip=nobody]")).to_be_visible()


@after(ready)
def last_one(stage: Stage) -> None:
    """Nobody else is ready, and the operator ends the shift."""
    stage.page.keyboard.press("o")
    expect(stage.page.locator("#ask-h.ink-bad")).to_be_visible()


def _broken(stage: Stage) -> Story:
    """Marta has left, and twelve seconds later Giulia's line drops."""
    story = stage.talked(70, 15)
    stage.ago(40)
    story.psap_called(stage.place.marta)
    stage.ago(30)
    story.psap_joined()
    stage.ago(18)
    story.operator_left(stage.place.marta)
    stage.ago(6)
    story.user_released(16)
    story.say(ev.ConferenceBroken(party=Party.USER))
    stage.ago(5)
    story.originate("user", Party.USER, story.phone, attempt=2)
    return story.operator_called(stage.place.marta)


def broken_incoming(stage: Stage) -> None:
    _broken(stage)
    expect(stage.signed_on().get_by_role("alertdialog")).to_be_visible()


def broken(stage: Stage) -> None:
    """The operator is on the line again."""
    story = _broken(stage)
    stage.ago(1)
    story.operator_joined(stage.place.marta)
    expect(stage.signed_on().locator(".banner[role=alert]")).to_be_visible()


@after(states_of_place.history)
def reopening(stage: Stage) -> None:
    expect(stage.page.locator(".history__reopen [aria-keyshortcuts=R]")).to_be_visible()
    stage.page.keyboard.press("r")
    expect(stage.page.locator(".history__reopen [aria-keyshortcuts=Enter]")).to_be_visible()


def restarted(stage: Stage) -> None:
    story = briefed(stage)
    stage.ago(2)
    story.opened()
    expect(stage.signed_on().locator(".banner[data-tone=note]")).to_be_visible()


@after(talking)
def lost(stage: Stage) -> None:
    stage.stop()
    expect(stage.page.locator(".banner[role=alert]")).to_be_visible(timeout=20_000)


def queue(stage: Stage) -> None:
    for n, ago_s in enumerate((31, 44, 5, 12)):
        stage.ago(ago_s)
        Story(stage.journal, CLOCK.now_us(), phone=f"+3933311122{60 + n}", ago_s=ago_s, test=n == 3).opened()
    stage.talked(26, 15)
    page = stage.signed_on()
    expect(page.locator(".rail__item")).to_have_count(5)
    expect(page.locator("[data-strip=nobody]")).to_be_visible()


def closed(stage: Stage) -> None:
    story = stage.talked(58, 15)
    page = stage.signed_on()
    stage.shown("[data-party=user]", "live")
    story.say(ev.AlertClosed(outcome=Outcome.FALSE_ALARM))
    expect(page.locator(".dock")).to_contain_text(re.compile("Closed|Chiuso"))


def access(stage: Stage) -> None:
    """An authenticator app is being added, where no passkey can be."""
    Registry(stage.journal).set_role(stage.place.marta, StaffRole.SUPERVISOR, by="test")
    off(stage)
    stage.page.keyboard.press("?")
    stage.page.get_by_role("button", name="Your sign-on").or_(
        stage.page.get_by_role("button", name="I tuoi accessi")
    ).click()
    stage.page.locator(".access button").filter(has=stage.page.locator("[href='#i-phone']")).click()
    expect(stage.page.locator(".access__qr")).to_be_visible()


STATES: dict[str, State] = {
    "sign-on": sign_on,
    "sign-on-wrong": sign_on_wrong,
    "sign-on-token": sign_on_token,
    "off": off,
    "not-heard": not_heard,
    "ready": ready,
    "pausing": pausing,
    "help": help_,
    "incoming": incoming,
    "incoming-test": incoming_test,
    "incoming-record": incoming_record,
    "record": record,
    "calling": calling,
    "talking": talking,
    "in-doubt": in_doubt,
    "muted": muted,
    "network": network,
    "no-sound": no_sound,
    "unheard": unheard,
    "recorded": recorded,
    "listened": listened,
    "briefing": briefing,
    "restarted": restarted,
    "choosing": choosing,
    "handing": handing,
    "handed-to-me": handed_to_me,
    "notes": notes,
    "conference": conference,
    "told": told,
    "late": late,
    "duress": duress,
    "duress-talking": duress_talking,
    "duress-briefing": duress_briefing,
    "wrong-pin": wrong_pin,
    "cancelled": cancelled,
    "silent": silent,
    "silent-incoming": silent_incoming,
    "unanswered": unanswered,
    "no-line": no_line,
    "no-line-ready": no_line_ready,
    "nobody": nobody,
    "last-one": last_one,
    "broken": broken,
    "broken-incoming": broken_incoming,
    "lost": lost,
    "queue": queue,
    "closed": closed,
    "place-queue": states_of_place.place_queue,
    "history": states_of_place.history,
    "reopening": reopening,
    "figures": states_of_place.figures,
    "availability": states_of_place.availability,
    "audit": states_of_place.audit,
    "operators": states_of_place.operators,
    "settings": states_of_place.settings,
    "nodes": states_of_place.nodes,
    "operator-form": states_of_place.operator_form,
    "operator-link": states_of_place.operator_link,
    "app-keys": states_of_place.app_keys,
    "duty-week": states_of_place.duty_week,
    "duty-person": states_of_place.duty_person,
    "person-form": states_of_place.person_form,
    "people-merging": states_of_place.people_merging,
    "person-record": states_of_place.person_record,
    "version": states_of_place.version,
    "start": states_of_place.start,
    "first-link": states_of_place.first_link,
    "plant": states_of_place.plant,
    "people-called": states_of_place.people_called,
    "access": access,
}
