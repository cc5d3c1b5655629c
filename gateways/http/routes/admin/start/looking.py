"""What is measured of the center's needs, with what people have confirmed: on a thread, for one answer."""

from __future__ import annotations

from gateways.http.door.codes import picture_of
from gateways.http.parts.context import Web
from gateways.http.routes.admin.start.answers import StartView, TrustView, told
from gateways.http.routes.staff.drill import DrillView, drill_of
from messages.ids import DEMO_OPERATOR, E164, AlertId, OperatorId
from model.duty.tried import is_proved
from model.first_run import Confirmed, Machine, Measured, Need, Trust, rows
from store.confirmations import confirmations
from store.duty import TriedLately, roster_of
from store.registry.people import Operator
from store.registry.registry import Registry

AUTHORITY = "/authority.crt"


class Looking:
    """For any thread. Raises StoreError."""

    def __init__(self, web: Web, registry: Registry) -> None:
        self._web = web
        self._registry = registry
        self._tried = TriedLately(web.journal)

    def measured(self) -> Measured:
        """As it is now."""
        return self._look(confirmations(self._web.journal))[0]

    def view(self, asking: OperatorId) -> StartView:
        """For the operator who asks."""
        said = confirmations(self._web.journal)
        found, people, test = self._look(said)
        phone = next((one.phone for one in people if one.id == asking), E164(""))
        return told(rows(found, said), found, self._trust(found.machine), phone, test)

    def _look(self, said: dict[Need, Confirmed]) -> tuple[Measured, list[Operator], DrillView]:
        web, settings = self._web, self._web.settings
        machine = Machine() if web.measures is None else web.measures.machine()
        people = self._registry.operators()
        test = self._test(said.get(Need.TEST_ALERT))
        found = Measured(
            machine=machine,
            public_lines=sum(not line.emergency for line in settings.lines),
            emergency_lines=sum(line.emergency for line in settings.lines),
            emergency_trunk=any(line.emergency for line in settings.lines),
            psap_live=settings.policy.psap_live,
            operators=sum(one.id != DEMO_OPERATOR for one in people),
            duty=is_proved(roster_of(web.journal).roster, web.clock.now_us(), self._tried.read()),
            test_alert=test.ok,
        )
        return found, people, test

    def _test(self, begun: Confirmed | None) -> DrillView:
        """What came of the last one that was begun at a console."""
        if begun is None:
            return DrillView()
        web = self._web
        now_us, timeout_s = web.clock.now_us(), web.settings.drill.timeout_s
        return drill_of(web.journal, AlertId(begun.note), now_us=now_us, timeout_s=timeout_s)

    def _trust(self, machine: Machine) -> TrustView:
        address = ""
        picture: tuple[str, ...] = ()
        origin = self._web.settings.public_url
        if machine.trust is Trust.OWN and origin:
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
