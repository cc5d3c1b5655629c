"""What is handed out of an alert, and the audit, over HTTP."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from features.privacy import audit_routes as audit
from messages.ids import UserId
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story


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
