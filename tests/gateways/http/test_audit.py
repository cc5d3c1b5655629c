"""The audit as the web keeps it: each way to somebody's data is declared and entered; who may read it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from gateways.console import channel, feed_messages
from gateways.console.views import case, infrastructure
from gateways.http.app import build
from gateways.http.parts import auditing
from gateways.http.parts.auditing import AUDIT, require_audit_entry
from gateways.http.parts.context import Web
from messages.events import PageNamed, PageOpened
from messages.ids import OperatorId, UserId
from store import streams
from store.audit.entry import EVERYBODY, Action
from store.audit.trail import verify_audit
from store.errors import JournalUnavailable
from store.journal.journal import Append
from store.registry import keyring
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import MARTA, Api, Asker
from tests.gateways.http.place import GIULIA, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

_LITESTARS = ("/schema",)
_READS = (Action.READ_LIST, Action.READ_ALERT, Action.READ_FIGURES, Action.READ_AUDIT, Action.EXPORT)


def handlers(app: Litestar) -> dict[str, Any]:
    """Every handler of the application by its path and name."""
    found: dict[str, Any] = {}
    for route in app.routes:
        if not route.path.startswith(_LITESTARS):
            several = getattr(route, "route_handlers", None)
            for one in [route.route_handler] if several is None else several:  # type: ignore[attr-defined]
                if str(one.handler_name) != "options_handler":
                    found[f"{route.path_format} {one.handler_name}"] = one
    return found


@pytest.fixture
def story(api: Api, giulia: UserId) -> Story:
    made = api.story().opened().identified(giulia)
    api.followed()
    return made


def test_every_route_says_what_it_is_to_the_audit(web: Web) -> None:
    found = handlers(build(web))
    assert len(found) > 30
    silent = [name for name, handler in found.items() if not handler.opt.get(AUDIT)]
    assert not silent, f"neither audited nor said why they show nobody's data: {silent}"


def test_every_message_of_the_console_says_so_too() -> None:
    structs = [
        one
        for module in (case, infrastructure, feed_messages, channel)
        for one in vars(module).values()
        if _is_message(one)
    ]
    assert {one.__struct_config__.tag for one in structs} == set(channel.MESSAGES)


def _is_message(one: object) -> bool:
    if not isinstance(one, type) or not issubclass(one, msgspec.Struct):
        return False
    return one.__struct_config__.tag_field == "type"


def test_what_reads_a_persons_data_by_http_is_found_in_the_audit(
    api: Api, story: Story, giulia: UserId, supervisor: Asker
) -> None:
    Registry(api.journal).set_role(OperatorId("marta-bianchi"), StaffRole.ADMIN, by="test")
    story.hear(PageOpened(by=OperatorId("marta-bianchi"), code="ABCDEF"))
    name = streams.page("ABCDEF", keyring.shared_secret(api.journal, keyring.PAGE))
    api.journal.append(Append(name, 0, (PageNamed(alert=story.alert),)))
    ways = {
        "/112/{code}": "/112/ABCDEF",
        "/v1/alerts": "/v1/alerts",
        "/v1/alerts/{alert}/story": f"/v1/alerts/{story.alert}/story",
        "/v1/alerts/{alert}/paper": f"/v1/alerts/{story.alert}/paper",
        "/v1/alerts/{alert}/earlier": f"/v1/alerts/{story.alert}/earlier",
        "/v1/alerts/{alert}/dossier": f"/v1/alerts/{story.alert}/dossier",
        "/v1/alerts/{alert}/person": f"/v1/alerts/{story.alert}/person",
        "/v1/users/{user}/data": f"/v1/users/{giulia}/data",
        "/v1/admin/people": "/v1/admin/people?search=giulia",
        "/v1/alerts/{alert}/recordings": f"/v1/alerts/{story.alert}/recordings",
        "/v1/figures": "/v1/figures",
        "/v1/figures.csv": "/v1/figures.csv",
        "/v1/audit": f"/v1/audit?person=%2B{GIULIA[1:]}",
    }
    audited = {
        name.split(" ")[0]: one for name, one in handlers(api.client.app).items() if one.opt[AUDIT] in _READS
    }
    # A PSAP's feed has a token of its own: tests/features/psap_data/test_feed.
    assert set(audited) - {"/v1/psap/feed"} == set(ways)
    for name, path in ways.items():
        before = len(entered(api.web))
        answer = supervisor.get(path)
        assert answer.status_code == 200
        if "etag" in answer.headers:
            assert supervisor.again(path, answer).status_code == 304
        (made,) = entered(api.web)[before:]
        actor = "112" if name == "/112/{code}" else "marta-bianchi"
        assert (made.action, made.actor) == (audited[name].opt[AUDIT], actor)
        assert {story.alert, giulia, EVERYBODY} & set(made.subjects), name
    asked = supervisor.get("/v1/audit", params={"person": GIULIA}).json()
    assert [one["action"] for one in reversed(asked["entries"])] == [
        audited[name].opt[AUDIT].value for name in ways
    ]
    assert GIULIA not in str(asked)
    with api.client.portal() as portal:
        portal.call(api.web.audit._save)
    assert verify_audit(api.journal, api.web.audit.trail).problems == ()


def test_a_search_does_not_leave_what_was_searched_for(api: Api, story: Story) -> None:
    assert api.marta.get("/v1/alerts", params={"search": "Giulia"}).status_code == 200
    assert [(one.subjects, one.detail) for one in entered(api.web)] == [((story.alert,), "search")]


def test_of_others_alerts_a_list_has_neither_number_nor_last_name(api: Api, story: Story) -> None:
    def shown() -> tuple[str, str]:
        (one,) = api.marta.get("/v1/alerts").json()["alerts"]
        return one["name"], one["phone"]

    assert shown() == ("Giulia", None)
    story.operator_called(MARTA)
    story.operator_joined(MARTA)
    assert shown() == ("Giulia Rossi", GIULIA)


def test_without_an_entry_nothing_is_shown(api: Api, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise JournalUnavailable("no")

    monkeypatch.setattr(api.web.audit.trail, "append", fails)
    said = api.marta.get(f"/v1/alerts/{story.alert}/story")
    assert (said.status_code, GIULIA in said.text) == (503, False)


def test_a_route_that_forgets_its_entry_answers_nothing() -> None:
    @get("/forgets", audit=Action.READ_ALERT)
    async def forgets() -> str:
        return "Giulia"

    @get("/nobody", audit="shows nobody's data")
    async def nobody() -> str:
        return "well"

    with TestClient(
        Litestar([forgets, nobody], before_send=[require_audit_entry]), raise_server_exceptions=False
    ) as client:
        said = client.get("/forgets")
        assert (said.status_code, "Giulia" in said.text) == (500, False)
        assert client.get("/nobody").text == "well"


def test_who_comes_in_and_goes_is_entered_and_who_is_refused(api: Api) -> None:
    def tried(**body: str) -> int:
        return api.client.post("/v1/console/session", json=body).status_code

    assert tried(token="swo_wrong") == 401
    assert tried(operator="Marta Bianchi", password="wrong") == 401
    assert api.client.get("/v1/console/session").status_code == 401  # with nothing: tried nothing
    assert tried(token=api.place.marta_token) == 200
    csrf = {"x-csrf-token": api.client.get("/v1/console/session").json()["csrf"]}
    assert api.client.get("/v1/figures").status_code == 403
    assert api.client.delete("/v1/console/session", headers=csrf).status_code == 204
    assert [(one.action, one.actor) for one in entered(api.web)] == [
        (Action.REFUSED, ""),
        (Action.REFUSED, MARTA),
        (Action.SIGN_ON, MARTA),
        (Action.REFUSED, MARTA),
        (Action.SIGN_OFF, MARTA),
    ]
    assert "password" not in entered(api.web)[0].detail


def test_refusals_beyond_a_budget_are_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "REFUSALS_A_MINUTE", 3)
    for _ in range(10):
        assert api.client.get("/v1/alerts/a1", headers={"authorization": "Bearer wrong"}).status_code == 401
    wait_until(lambda: len(entered(api.web, Action.REFUSED)) == 3)
    api.web.audit._minute -= 60_000_000
    api.client.get("/v1/alerts/a1", headers={"authorization": "Bearer wrong"})
    wait_until(lambda: len(entered(api.web, Action.REFUSED)) == 4)
    assert "7 before it were not entered" in entered(api.web)[-1].detail
