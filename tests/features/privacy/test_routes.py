"""What is handed out, who is erased, and the audit, over HTTP."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from features.privacy import audit_routes as audit
from gateways.http.parts.context import Web
from messages.ids import Outcome, UserId
from store.audit.entry import Action
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import Api, Asker, verdict
from tests.gateways.http.place import CLOCK, GIULIA, entered
from tests.gateways.story import Story

PEOPLE = "/v1/admin/people"


@pytest.fixture
def story(api: Api, giulia: UserId) -> Story:
    made = api.story().opened().identified(giulia)
    api.followed()
    return made


def test_a_supervisor_gets_both_packed(api: Api, story: Story, supervisor: Asker) -> None:
    ways = {what: f"/v1/alerts/{story.alert}/{what}" for what in ("dossier", "person")}
    names = {}
    for what, way in ways.items():
        answer = supervisor.get(way)
        assert answer.headers["cache-control"] == "no-store"
        archive = ZipFile(BytesIO(answer.content))
        assert archive.testzip() is None
        names[what] = {name.rpartition("/")[2] for name in archive.namelist()} - {""}
    pdf = f"{story.alert}.pdf"
    assert names == {"dossier": {pdf, f"{pdf}.p7s"}, "person": {"index.html", "data.json"}}
    assert not list((api.place.state / "run").glob("giving-*"))


def test_of_an_alert_that_is_none_or_of_nobody_nothing_is_made(api: Api, supervisor: Asker) -> None:
    unknown = Story(api.journal, CLOCK.now_us()).opened()
    api.followed()
    for path in ("/v1/alerts/none/dossier", "/v1/alerts/none/person", f"/v1/alerts/{unknown.alert}/person"):
        assert supervisor.get(path).status_code == 404


def test_a_person_is_erased_once_named_and_never_in_an_alert(
    web: Web, admin: Asker, registry: Registry, giulia: UserId
) -> None:
    path = f"{PEOPLE}/{giulia}/erase"
    for typed in ("1234", "Giulia", " "):
        assert verdict(admin.post(path, json={"typed": typed})) == (409, "not_typed")
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia)
    assert admin.get(f"{PEOPLE}/{giulia}").json()["open"] == 1
    assert verdict(admin.post(path, json={"typed": GIULIA[-4:]})) == (409, "on_an_alert")
    story.closed(Outcome.HANDED_OVER)
    erased = admin.post(path, json={"typed": "GIULIA  rossi"}).json()
    assert erased == {"alerts": [story.alert], "held": [], "recordings": 0, "on_disk_until": ""}
    assert registry.count_users() == 0
    assert admin.get(f"{PEOPLE}/{giulia}").status_code == 404
    last = entered(web, Action.CHANGE_PERSON)[-1]
    assert (last.subjects, last.detail) == ((giulia,), "erased")


def test_an_admin_may_erase_and_it_is_entered(api: Api, giulia: UserId) -> None:
    routes = (("POST", f"{PEOPLE}/{giulia}/erase", {"typed": "giulia rossi"}, StaffRole.ADMIN),)
    assert refused_or_not_entered(api, routes) == {}


def test_a_persons_data_are_given_as_a_folder(web: Web, admin: Asker, giulia: UserId) -> None:
    said = admin.get(f"/v1/users/{giulia}/data")
    names = {name.rpartition("/")[2] for name in ZipFile(BytesIO(said.content)).namelist()} - {""}
    assert names == {"index.html", "data.json"}
    assert [(one.action, one.subjects) for one in entered(web)] == [(Action.EXPORT, (giulia,))]
    assert admin.get("/v1/users/u0/data").status_code == 404


def test_the_audit_is_for_supervisors_by_pages(
    api: Api, story: Story, supervisor: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.luca.get("/v1/audit").status_code == 403
    monkeypatch.setattr(audit, "LIMIT", 4)
    for _ in range(5):
        assert supervisor.get("/v1/alerts").status_code == 200
    first = supervisor.get("/v1/audit", params={"operator": "Marta Bianchi"}).json()
    assert len(first["entries"]) == 4
    second = supervisor.get(
        "/v1/audit", params={"operator": "Marta Bianchi", "before": first["before"]}
    ).json()
    numbers = [one["number"] for one in (*first["entries"], *second["entries"])]
    assert numbers == sorted(set(numbers), reverse=True)
    assert second["before"] is None
    refused = supervisor.get("/v1/audit", params={"operator": "luca-ferri"}).json()
    assert [one["action"] for one in refused["entries"]] == ["refused"]
    for wrong in ("x", "1", "1.x.n1"):
        assert supervisor.get("/v1/audit", params={"before": wrong}).status_code in (200, 400)
