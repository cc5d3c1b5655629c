"""An invitation brings the app onto a phone; which phones have checked that their alert would arrive."""

from __future__ import annotations

import re
from typing import Any

from features.people.invitations_routes import PATH
from gateways.http.parts.context import Web
from gateways.http.routes.app.devices import TRIES_MAX
from messages.events import TextReported, TextSent
from messages.ids import E164, LineId, UserId
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append
from store.registry import devices
from store.registry.devices import ProofMethod
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from store.sms_outbox import read_outbox
from tests.gateways.http.askers import Api, Asker, Client, bearer, verdict
from tests.gateways.http.place import GIULIA, entered
from tests.support.each import each
from tests.support.signing import Phone


def made(admin: Asker, **body: Any) -> dict[str, Any]:
    said = admin.post(PATH, json={"phone": GIULIA, **body})
    assert said.status_code == 201, said.text
    found: dict[str, Any] = said.json()
    return found


def accepted(client: Client, secret: str, **headers: str) -> Any:
    """As a phone does that has nothing but the link."""
    return client.post(
        "/v1/devices", json={"invitation": secret, "public_key": Phone(number=GIULIA).jwk}, headers=headers
    )


def secret_of(text: str) -> str:
    (found,) = re.findall(r"/app#invitation=(swi_[\w-]{32})", text)
    return str(found)


def test_a_link_enrols_one_phone_once_and_gives_it_the_app_key(
    api: Api, admin: Asker, registry: Registry
) -> None:
    told = made(admin, days=3)
    assert told["link"].startswith("http://testserver.local/app#invitation=swi_")
    assert len({len(line) for line in told["picture"]}) == 1, "a square"
    assert (told["row"]["name"], told["row"]["text"], told["row"]["carried"]) == ("Giulia Rossi", False, None)
    secret = secret_of(told["link"])
    said = accepted(api.client, secret)
    assert said.status_code == 201, said.text
    assert said.json()["phone"] == GIULIA
    key = said.json()["key"]
    assert registry.app_key_name(key) == "center"
    assert key == (api.place.state / "keys" / "app.key").read_text().strip()
    raised = Asker(api.client, bearer(key)).post("/v1/alerts", json={"phone": GIULIA})
    assert raised.status_code == 202
    (device,) = devices.all_devices(api.journal)
    assert (device.device, device.phone, device.proved_by) == (
        said.json()["device"],
        GIULIA,
        ProofMethod.STAFF,
    )
    assert accepted(api.client, secret).status_code == 410
    assert admin.get(PATH).json()["invitations"] == []
    kept = str(entered(api.web))
    assert secret not in kept
    assert key not in kept
    changes = [one.detail for one in entered(api.web, Action.CHANGE_KEY)]
    assert changes == ["invitation for 3 days, handed over", "enrolled"]


def test_sent_by_a_short_message_it_proves_the_number_and_what_became_of_it_is_seen(
    api: Api, admin: Asker, giulia: UserId
) -> None:
    made(admin, text=True)
    (text,) = read_outbox(api.journal)
    assert text.to == GIULIA
    assert len(text.words) <= 160, "one message"
    assert not {"112", "securWoman", "Giulia"} & set(re.findall(r"\w+", text.words)), "it names nothing"

    def carried() -> Any:
        (row,) = admin.get(PATH).json()["invitations"]
        assert row["person"] == giulia
        return row["carried"]

    assert carried() is None
    stream = streams.text(text.id)
    sent = TextSent(line=LineId("L1"), reference=7, references=(7,), awaits=True)
    api.journal.append(Append(stream, None, (sent,)))
    assert carried() == "sent"
    api.journal.append(Append(stream, None, (TextReported(part=0, status=0),)))
    assert carried() == "delivered"
    assert accepted(api.client, secret_of(text.words)).status_code == 201
    assert [one.proved_by for one in devices.all_devices(api.journal)] == [ProofMethod.TEXT]


def test_it_is_over_after_its_days_and_when_it_is_revoked(api: Api, admin: Asker) -> None:
    old = api.journal.transact(lambda tx: devices.invite(tx, E164(GIULIA), "test", life_s=0))
    assert accepted(api.client, old).status_code == 410
    told = made(admin)
    assert admin.delete(f"{PATH}/{told['row']['sign']}").status_code == 204
    assert admin.delete(f"{PATH}/{told['row']['sign']}").status_code == 404
    assert accepted(api.client, secret_of(told["link"])).status_code == 410
    assert devices.all_devices(api.journal) == []


def test_it_is_worth_nothing_once_its_number_is_another_persons(
    api: Api, admin: Asker, registry: Registry, giulia: UserId
) -> None:
    handed_over = secret_of(made(admin)["link"])
    registry.change_user(giulia, Person(phones=("+393330000009",)), by="test")
    registry.add_user(Person(phones=(GIULIA,), first_name="Eva"), by="test")
    assert accepted(api.client, handed_over).status_code == 410
    assert devices.all_devices(api.journal) == []


@each("phone", ["+39899123456", "+881612345678"])
def test_it_is_not_sent_where_each_message_costs(web: Web, admin: Asker, phone: str) -> None:
    assert verdict(admin.post(PATH, json={"phone": phone, "text": True})) == (400, "number_not_called")
    assert read_outbox(web.journal) == []


def test_who_guesses_waits_and_who_has_nothing_asks_for_no_code(api: Api, admin: Asker) -> None:
    answer = api.client.post("/v1/devices", json={"phone": GIULIA, "public_key": Phone(number=GIULIA).jwk})
    assert answer.status_code == 401
    assert read_outbox(api.journal) == []
    guessed = [accepted(api.client, f"swi_{n}").status_code for n in range(TRIES_MAX + 1)]
    assert guessed == [410] * TRIES_MAX + [429]
    right = secret_of(made(admin)["link"])
    assert accepted(api.client, right).status_code == 429, "nor does one who has guessed find out"


def test_a_number_that_nobody_has_and_one_that_is_no_persons(
    client: Client, admin: Asker, registry: Registry
) -> None:
    said = admin.post(PATH, json={"phone": "112"})
    assert (said.status_code, said.json()["code"], said.json()["path"]) == (400, "number_refused", "$.phone")
    told = made(admin, phone="333 000 0009")
    assert (told["row"]["person"], told["row"]["phone"]) == (None, "+393330000009")
    assert accepted(client, secret_of(told["link"])).status_code == 201
    assert registry.user_by_phone(E164("+393330000009")) is not None


def test_an_app_key_that_was_revoked_is_not_handed_out(api: Api, admin: Asker, registry: Registry) -> None:
    (api.place.state / "keys" / "app.key").write_text(f"{registry.issue_app_key('center')}\n")
    registry.revoke_app_keys("center")
    key = accepted(api.client, secret_of(made(admin)["link"])).json()["key"]
    assert registry.app_key_name(key) == "center"


def test_admins_see_when_a_phone_has_checked_and_who_has_been_silent(api: Api) -> None:
    api.grant(StaffRole.ADMIN)
    phone = Phone(number=GIULIA).enrolled(api.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival", "checks_every_days": 7}
    assert api.signed(phone, "POST", "/v1/alerts", body).status_code == 202
    people = api.marta.get("/v1/admin/people").json()
    assert people["phones"] == {"lately": 1, "late": 0, "silent": 0, "off": 0, "unknown": 0}
    silent = api.marta.get("/v1/admin/people?silent=true").json()
    assert (silent["people"], silent["found"], silent["known"]) == ([], 0, people["known"])
    (one,) = [row for row in people["people"] if GIULIA in row["phones"]]
    whole = api.marta.get(f"/v1/admin/people/{one['id']}").json()
    (told,) = whole["devices"]
    assert told["check_days"] == 7
    assert told["checked_on"].endswith("T00:00:00.000000Z")
    assert 'securwoman_phones{checked="lately"} 1.0' in api.client.get("/metrics").text
