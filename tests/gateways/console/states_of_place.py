"""States of the place beside the desk: the queue as a whole, history, figures, the Administration."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from messages import events as ev
from messages.ids import (
    E164,
    DutyWay,
    NodeOrder,
    Outcome,
    PersonId,
)
from model.callouts.roster import Contact as Reached
from model.callouts.roster import Person as OnDuty
from model.callouts.roster import Roster, Shift
from model.settings_edits import Set
from store import streams
from store.journal.journal import Append
from store.nodes.orders import set_order
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from store.roster import store_roster
from tests.gateways.called import carla_then_anna
from tests.gateways.console.stage import Stage, after
from tests.gateways.http.place import CLOCK, GIULIA, NODE
from tests.gateways.story import Story
from tests.support.watched import watched


def _four(stage: Stage) -> Page:
    """Alerts of each kind, an alarm, and Marta a supervisor who is not called for any of them."""
    journal, place = stage.journal, stage.place
    Registry(journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    giulia = Registry(journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    done = Story(journal, CLOCK.now_us(), ago_s=9).opened().identified(giulia.id)
    done.operator_called(place.luca).operator_joined(place.luca).user_called().user_answered()
    done.psap_called(place.luca).psap_joined().operator_left(place.luca).closed(Outcome.HANDED_OVER)
    missed = Story(journal, CLOCK.now_us(), phone="+393331112271", ago_s=70).opened()
    missed.hear(ev.DeadlineMissed())
    Story(journal, CLOCK.now_us(), phone="+393331112272", ago_s=12)
    Story(journal, CLOCK.now_us(), phone="+393331112273", ago_s=2, test=True)
    alarm = ev.AlarmRaised(alarm="line.out_of_service", subject="L2", text="Line L2 carries no calls.")
    journal.append(Append(streams.node(NODE), None, (alarm,)))
    return stage.signed_on()


def place_queue(stage: Stage) -> None:
    _four(stage).keyboard.press("2")
    expect(stage.page.locator(".q--row")).to_have_count(3)


@after(place_queue)
def history(stage: Stage) -> None:
    stage.page.keyboard.press("h")
    expect(stage.page.locator(".past")).to_have_count(4)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        stage.page.keyboard.press(key)
    expect(stage.page.locator(".history__log")).to_be_visible()


def figures(stage: Stage) -> None:
    _four(stage).keyboard.press("3")
    expect(stage.page.locator(".kpis")).to_be_visible()


def availability(stage: Stage) -> None:
    """A month that was watched, with minutes lost; the others were not."""
    watched(stage.journal, 0, 0, 0, 0, 0, 0, 6, 6)
    _four(stage).keyboard.press("3")
    stage.page.keyboard.press("a")
    expect(stage.page.locator(".availability tr[data-month]")).to_have_count(13)
    expect(stage.page.locator(".availability h3")).to_have_count(3)


def plant(stage: Stage) -> None:
    _four(stage).keyboard.press("4")
    expect(stage.page.locator(".plant__alarms li")).to_have_count(2)


def people_called(stage: Stage) -> None:
    """Because of what is wrong: Carla has not answered, Anna's phone rings."""
    carla_then_anna(stage.journal, stage.place.node)
    stage.signed_on().keyboard.press("4")
    expect(stage.page.locator(".called")).to_contain_text("Anna Verdi")


def audit(stage: Stage) -> None:
    """What the supervisor has looked at just now, and who came in."""
    place_queue(stage)
    stage.page.locator(".q--row").first.click()
    # Shown only once the audit has it; until then the case withholds the number.
    expect(stage.page.locator(".case")).to_contain_text(re.compile(r"333\D?111"))
    for key in ("5", "r"):
        stage.page.keyboard.press(key)
    expect(
        stage.page.locator(".audit tbody tr").filter(has_text=re.compile("Opened|Ha aperto"))
    ).to_have_count(1)


def _admin(stage: Stage) -> Page:
    Registry(stage.journal).set_role(stage.place.marta, StaffRole.ADMIN, by="test")
    Registry(stage.journal).add_operator("Luca Ferri", "+390200000020", on_call=True, by="test")
    page = stage.signed_on()
    page.keyboard.press("5")
    expect(page.locator(".operators tbody tr")).to_have_count(3)
    return page


def operators(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator(".operators .ink-wait").first).to_be_visible()


def operator_form(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#operator-name-fault")).to_be_visible()


def operator_link(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    expect(page.locator(".once__secret")).to_be_visible()


def _people(stage: Stage) -> Page:
    also = Person(phones=("+393409998877",), first_name="Julia", last_name="Rossi", notes="two children")
    Registry(stage.journal).add_user(also, by="test")
    page = _admin(stage)
    page.keyboard.press("u")
    expect(page.locator(".people tbody tr")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    return page


def person_form(stage: Stage) -> None:
    page = _people(stage)
    page.keyboard.press("Enter")
    page.locator("#person-phones").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#person-phones-fault")).to_be_visible()


def people_merging(stage: Stage) -> None:
    page = _people(stage)
    page.keyboard.press("m")
    expect(page.locator("#merge-h")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("m")
    expect(page.locator(".merge__both")).to_contain_text("two children")


def person_record(stage: Stage) -> None:
    page = _people(stage)
    page.keyboard.press("g")
    expect(page.locator("#record-dangerous-0-name")).to_be_focused()


def duty_week(stage: Stage) -> None:
    """Nobody has the days, and one who has the nights is only written to."""
    ways = (DutyWay.CALL, "+393330000010"), (DutyWay.SMS, "+393330000011")
    people = tuple(
        OnDuty(id=PersonId(f"p-{n}"), name=name, contacts=(Reached(way=way, to=to),))
        for n, (name, (way, to)) in enumerate(zip(("Anna Bianchi", "Carla Rossi"), ways, strict=True))
    )
    night = Shift(
        name="Night",
        days=tuple(range(7)),
        begins="20:00",
        ends="08:00",
        people=tuple(one.id for one in people),
    )
    roster = Roster(people=people, shifts=(night,))
    stage.journal.transact(lambda tx: store_roster(tx, roster, was_version=0, by="test"))
    page = _admin(stage)
    page.keyboard.press("j")
    expect(page.locator(".week [data-tint=gap]")).not_to_have_count(0)
    page.keyboard.press("ArrowDown")


@after(duty_week)
def duty_person(stage: Stage) -> None:
    page = stage.page
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#person-name").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#person-name-fault")).to_be_visible()


def app_keys(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("c")
    expect(page.locator(".keys tbody tr")).to_have_count(1)
    page.keyboard.press("ArrowDown")


def settings(stage: Stage) -> None:
    """A colleague has changed two and ordered a restart, which waits for an alert."""
    stage.place.simulated()
    stage.place.settings_file().change([Set("user.attempts", 3), Set("psap.pause_s", 4)])
    Story(stage.journal, CLOCK.now_us()).opened()
    stage.journal.transact(
        lambda tx: set_order(tx, stage.place.node, None, NodeOrder.RESTART, stage.place.luca)
    )
    page = _admin(stage)
    page.keyboard.press("i")
    expect(page.locator(".settings .chapter__notes .word")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#setting-typed")).to_be_focused()


@after(settings)
def nodes(stage: Stage) -> None:
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("n")
    expect(stage.page.locator(".nodes .ink-wait").first).to_be_visible()
    stage.page.keyboard.press("ArrowDown")


def version(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("v")
    expect(page.locator(".about-center tbody tr").first).to_be_visible()


def start(stage: Stage) -> None:
    page = _admin(stage)
    page.keyboard.press("s")
    expect(page.locator(".start tbody tr")).not_to_have_count(0)
    page.locator('.start tr[data-key="test_alert"]').focus()
    expect(page.locator("#guide-h")).to_be_visible()


def first_link(stage: Stage) -> None:
    stage.page.goto(f"{stage.url}/console/?lang={stage.lang}#first=swf_anything")
    typed = stage.page.locator("input[name=name]")
    typed.fill("Anna Verdi")
    stage.page.locator("input[name=phone]").fill("+390200000030")
    stage.page.keyboard.press("Enter")
    expect(stage.page.get_by_role("alert")).to_be_visible()
