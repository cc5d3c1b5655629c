"""/v1/admin/start, for administrators: the checklist of a new center, with the needs still missing before
real use.

State of each need, confirmations by persons, the line of a new modem, and the center's authority.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import Response

from application import first_run
from gateways.console.drills import DrillView, drill_of
from gateways.http.parts.context import Web, once
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, ANYBODY, Caller
from gateways.http.routing.route import DELETE, GET, POST, PUT, Answer, route
from gateways.http.wire.answers import Moment, picture_of, rfc3339
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import DEMO_OPERATOR, E164, AlertId, OperatorId
from messages.rows import Sentence
from model.first_run import (
    CertificateTrust,
    MachineMeasurements,
    Measurements,
    Need,
    NeedConfirmation,
    NeedState,
    count_unmet,
    is_confirmed_by_person,
    need_states,
)
from model.settings_edits import Add
from model.settings_edits import Row as SettingsRow
from store.audit.entry import Action
from store.confirmations import confirm, confirmations, take_back
from store.registry.people import Operator

PATH: Final = "/v1/admin/start"
AUTHORITY: Final = "/authority.crt"
NOTE_MAX: Final = 300
Text = Annotated[str, msgspec.Meta(max_length=200)]


class NeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """State of one need, by its `name`, and the remedy if not met. `by_person`: no measurement is possible, a
    person confirms the need; `by`, `at` and `note` belong to that person.
    """

    need: Need
    name: Sentence
    text: Sentence
    done: bool
    by_person: bool
    by: OperatorId | None = None
    at: Moment | None = None
    note: str = ""


class TrustView(msgspec.Struct, frozen=True, kw_only=True):
    """Trust of devices in the center. `picture`: QR code of `address`, which serves the certificate."""

    kind: CertificateTrust
    names: tuple[str, ...]
    until: str
    fingerprint: str
    address: str = ""
    picture: tuple[str, ...] = ()


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """All needs in order, with counts. `phone`: the caller's number; `test`: the last test alert."""

    needs: list[NeedRow]
    missing: int
    simulated: bool
    public_lines: int
    emergency_lines: int
    operators: int
    trust: TrustView
    phone: E164
    test: DrillView


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Confirmation of a need, in a person's words."""

    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""


class NewModem(msgspec.Struct, frozen=True, kw_only=True):
    """A `[[modem]]` of the settings; empty fields are detected. `emergency`: reserved for 112."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    port: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    voice_port: Text = ""
    number: Text = ""
    emergency: bool = False


@route(GET, PATH, by=ADMIN, audit="the center's own parts", listed=True, says="All needs, in their order.")
def admin_start(web: Web, who: Caller) -> StartView:
    """Show the needs still missing before real use."""
    return _looking(web).view(who.operator)


@route(
    PUT,
    f"{PATH}/{{need}}/confirmation",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    says="As it stands now.",
    refuses=(NotThere, Why.MEASURED),
)
async def admin_confirm_need(web: Web, who: Caller, need: str, data: Confirmation) -> Answer[StartView]:
    """Confirm a need that cannot be measured.

    With the operator and the time of the confirmation. 409 `measured` for a need that is measured.
    """
    one, by = named(need), who.operator
    if not is_confirmed_by_person(one, await asyncio.to_thread(_looking(web).measured)):
        raise NotDone("the center measures this requirement: it cannot be confirmed by hand", Why.MEASURED)
    note = " ".join(data.note.split())
    await web.writing.run(lambda tx: confirm(tx, one, by, note))
    return Answer(await asyncio.to_thread(_looking(web).view, by), detail=f"confirmed: {one}")


@route(
    DELETE,
    f"{PATH}/{{need}}/confirmation",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    says="As it stands now.",
    refuses=(NotThere,),
)
async def admin_take_back_need(web: Web, who: Caller, need: str) -> Answer[StartView]:
    """Withdraw a confirmation."""
    one = named(need)
    await web.writing.run(lambda tx: take_back(tx, one))
    return Answer(await asyncio.to_thread(_looking(web).view, who.operator), detail=f"taken back: {one}")


@route(
    POST,
    f"{PATH}/modem",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    refuses=(BadBody, Why.SETTINGS_FAULTY, Why.NOT_WRITABLE),
)
def admin_add_modem(web: Web, data: NewModem) -> Answer[None]:
    """Add a line.

    The line is available after a restart.
    """
    row: SettingsRow = {"name": data.name, "trunk": _trunk(web, emergency=data.emergency)}
    optional = (("port", data.port), ("voice_port", data.voice_port), ("number", data.number))
    row |= {key: text.strip() for key, text in optional if key == "port" or text.strip()}
    with refusing():
        web.settings_file.change([Add("modem", row)])
    return Answer(None, detail=f"modem added: {data.name}")


@route(GET, AUTHORITY, by=ANYBODY, audit="the same for everybody", described=False)
def authority(web: Web) -> Response[bytes]:
    """Return the certificate of the center's own authority."""
    found = first_run.authority(web.state)
    if found is None:
        raise NotThere("this center has no certificate authority of its own")
    return Response(found, media_type="application/x-x509-ca-cert", headers={"cache-control": "no-cache"})


def named(need: str) -> Need:
    """Return the need with this name. Raises NotThere."""
    try:
        return Need(need)
    except ValueError:
        raise NotThere("no requirement has this name") from None


def _trunk(web: Web, *, emergency: bool) -> str:
    """Return the first trunk of its kind in the configured lines; else the trunk of the shipped settings."""
    named = (str(line.trunk) for line in web.settings.center.lines if line.emergency == emergency)
    return next(named, "emergency" if emergency else "public")


@once
def _looking(web: Web) -> NeedsMeasurement:
    return NeedsMeasurement(web)


class NeedsMeasurement:
    """Measurement of the center's needs, with the confirmations; on a thread. Raises StoreError."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def measured(self) -> Measurements:
        """Return the present measurement."""
        return self._look(confirmations(self._web.journal))[0]

    def view(self, asking: OperatorId) -> StartView:
        """Return the view for the operator `asking`."""
        said = confirmations(self._web.journal)
        found, people, test = self._look(said)
        phone = next((one.phone for one in people if one.id == asking), E164(""))
        return _told(need_states(found, said), found, self._trust(found.machine), phone, test)

    def _look(self, said: dict[Need, NeedConfirmation]) -> tuple[Measurements, list[Operator], DrillView]:
        web, settings = self._web, self._web.settings
        machine = first_run.machine(web.state, web.journal)
        people = self._web.registry.operators()
        test = self._test(said.get(Need.TEST_ALERT))
        found = Measurements(
            machine=machine,
            public_lines=sum(not line.emergency for line in settings.center.lines),
            emergency_lines=sum(line.emergency for line in settings.center.lines),
            emergency_trunk=any(line.emergency for line in settings.center.lines),
            psap_live=settings.center.psap.live,
            operators=sum(one.id != DEMO_OPERATOR for one in people),
            test_alert=test.ok,
        )
        return found, people, test

    def _test(self, begun: NeedConfirmation | None) -> DrillView:
        """Return the outcome of the last test alert begun at a console."""
        if begun is None:
            return DrillView()
        web = self._web
        now_us, timeout_s = web.clock.now_us(), web.settings.center.drill.timeout_s
        return drill_of(web.journal, AlertId(begun.note), now_us=now_us, timeout_s=timeout_s)

    def _trust(self, machine: MachineMeasurements) -> TrustView:
        address = ""
        picture: tuple[str, ...] = ()
        origin = self._web.settings.center.http.public_url
        if machine.trust is CertificateTrust.OWN and origin:
            address = f"{origin.rstrip('/')}{AUTHORITY}"
            picture = picture_of(address)
        return TrustView(
            kind=machine.trust,
            names=machine.names,
            until=machine.until,
            fingerprint=machine.fingerprint,
            address=address,
            picture=picture,
        )


def _told_rows(rows: tuple[NeedState, ...]) -> list[NeedRow]:
    """Return the rows in the form of the page."""
    return [
        NeedRow(
            need=row.need,
            name=row.check.at,
            text=row.check.do,
            done=row.done,
            by_person=row.by_person,
            by=None if said is None else said.by,
            at=None if said is None else rfc3339(said.at),
            note="" if said is None else said.note,
        )
        for row in rows
        for said in (row.confirmed,)
    ]


def _told(
    rows: tuple[NeedState, ...], found: Measurements, trust: TrustView, phone: E164, test: DrillView
) -> StartView:
    """Return the view with rows, counts and trust."""
    return StartView(
        needs=_told_rows(rows),
        missing=count_unmet(rows),
        simulated=found.machine.simulated,
        public_lines=found.public_lines,
        emergency_lines=found.emergency_lines,
        operators=found.operators,
        trust=trust,
        phone=phone,
        test=test,
    )
