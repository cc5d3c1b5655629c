"""What there was before with the same person, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from features.reviews import earlier as earlier_module
from gateways.http.parts.context import Web
from messages.ids import Outcome, UserId
from store.alerts.erasing import erase_person
from store.audit.entry import Action
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.http.askers import MARTA, Api, Asker
from tests.gateways.http.place import CLOCK, GIULIA, entered
from tests.gateways.story import Story


def raised(web: Web, user: UserId | None = None, *, outcome: Outcome | None = None, **how: Any) -> Story:
    """An alert, of this user where one is given, closed where an outcome is."""
    story = Story(web.journal, CLOCK.now_us(), **how).opened()
    if user is not None:
        story.identified(user)
    return story if outcome is None else story.closed(outcome)


def ask(marta: Asker, story: Story) -> Any:
    answer = marta.get(f"/v1/alerts/{story.alert}/earlier")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_s04_the_newest_three_are_told_with_how_many_there_were(api: Api, giulia: UserId) -> None:
    outcomes = (Outcome.FALSE_ALARM, Outcome.HANDED_OVER, Outcome.TEST_DONE, Outcome.BRIEFED)
    before = [
        raised(api.web, giulia, outcome=one, test=one is Outcome.TEST_DONE, ago_s=900 - 100 * n)
        for n, one in enumerate(outcomes)
    ]
    said = ask(api.marta, raised(api.web, giulia))
    assert (said["count"], said["more"]) == (4, False)
    assert [one["alert"] for one in said["alerts"]] == [story.alert for story in reversed(before[1:])]
    assert [(one["outcome"], one["test"]) for one in said["alerts"]] == [
        ("briefed", False),
        ("test_done", True),
        ("handed_over", False),
    ]


def test_the_first_alert_has_none_before_it_and_a_later_one_is_none(api: Api, giulia: UserId) -> None:
    first = raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    raised(api.web, giulia)
    assert ask(api.marta, first) == {"count": 0, "more": False, "alerts": []}


def test_they_are_found_by_all_the_user_s_numbers(api: Api, giulia: UserId) -> None:
    other = "+393339998877"
    Registry(api.journal).change_user(giulia, Person(phones=(GIULIA, other)), by="test")
    before = raised(api.web, giulia, phone=other, outcome=Outcome.FALSE_ALARM)
    said = ask(api.marta, raised(api.web, giulia))
    assert [one["alert"] for one in said["alerts"]] == [before.alert]


def test_a_number_that_nobody_knows_has_its_own(api: Api) -> None:
    unknown = "+393330001122"
    raised(api.web, phone=unknown, outcome=Outcome.FALSE_ALARM)
    assert ask(api.marta, raised(api.web, phone=unknown))["count"] == 1
    assert ask(api.marta, raised(api.web, phone="+393330001133"))["count"] == 0


def test_a_person_who_was_erased_has_none(api: Api, giulia: UserId) -> None:
    raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    now = raised(api.web, giulia)
    assert ask(api.marta, now)["count"] == 1
    now.closed(Outcome.FALSE_ALARM)
    erase_person(api.journal, giulia, by="test")
    assert ask(api.marta, now)["count"] == 0


def test_who_has_an_erased_person_s_number_now_is_not_told_to_have_the_user_s_alerts(
    api: Api, giulia: UserId
) -> None:
    raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    registry = Registry(api.journal)
    erase_person(api.journal, giulia, by="test")
    other = registry.add_user(Person(phones=(GIULIA,), first_name="Anna"), by="test").id
    of_other = raised(api.web, other)
    assert ask(api.marta, of_other)["count"] == 0
    of_other.closed(Outcome.FALSE_ALARM)
    # One of whom nobody knows who she is has what nobody is known to have raised.
    assert ask(api.marta, raised(api.web, phone=GIULIA))["count"] == 0


def test_no_more_are_looked_at_than_a_few(api: Api, giulia: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_module, "EXAMINED_MAX", 4)
    stories = [raised(api.web, giulia, outcome=Outcome.FALSE_ALARM, ago_s=900 - 100 * n) for n in range(6)]
    said = ask(api.marta, raised(api.web, giulia))
    assert (said["count"], said["more"]) == (4, True)
    assert said["alerts"][0]["alert"] == stories[-1].alert


def test_who_has_seen_them_is_entered(api: Api, giulia: UserId) -> None:
    first = raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    now = raised(api.web, giulia)
    ask(api.marta, now)
    assert [(one.actor, one.subjects) for one in entered(api.web, Action.READ_LIST)] == [
        (MARTA, (now.alert, giulia, first.alert))
    ]


def test_what_is_no_alert_has_none(marta: Asker) -> None:
    assert marta.get("/v1/alerts/none/earlier").status_code == 404
