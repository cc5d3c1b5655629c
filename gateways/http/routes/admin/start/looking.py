"""What is measured of the center's needs, with what people have confirmed: on a thread, for one answer."""

from __future__ import annotations

from gateways.http.context import Web
from gateways.http.door.codes import picture_of
from gateways.http.routes.admin.start.answers import StartView, TrustView, told
from gateways.http.routes.drill import DrillView, last_drill
from messages.ids import DEMO_OPERATOR, E164, OperatorId
from model.first_run import Machine, Measured, Trust, rows
from store.confirmations import confirmations
from store.registry.people import Operator
from store.registry.registry import Registry

AUTHORITY = "/authority.crt"


class Looking:
    """For any thread. Raises StoreError."""

    def __init__(self, web: Web, registry: Registry) -> None:
        self._web = web
        self._registry = registry

    def measured(self) -> Measured:
        """As it is now."""
        found, _, _ = self._look(None)
        return found

    def view(self, asking: OperatorId) -> StartView:
        """For the operator who asks."""
        found, phone, test = self._look(asking)
        all_rows = rows(found, confirmations(self._web.journal))
        return told(all_rows, found, self._trust(found.machine), phone, test)

    def _look(self, asking: OperatorId | None) -> tuple[Measured, E164, DrillView]:
        web, settings = self._web, self._web.settings
        machine = Machine() if web.measures is None else web.measures.machine()
        people = [one for one in self._registry.operators() if one.id != DEMO_OPERATOR or machine.simulated]
        own = next((one.phone for one in people if one.id == asking), E164(""))
        test = self._test_of(own) if own else DrillView()
        found = Measured(
            machine=machine,
            public_lines=sum(not line.emergency for line in settings.lines),
            emergency_lines=sum(line.emergency for line in settings.lines),
            emergency_trunk=any(line.emergency for line in settings.lines),
            psap_live=settings.policy.psap_live,
            operators=len(people),
            test_alert=test.ok or self._any_test(people, own),
        )
        return found, own, test

    def _any_test(self, people: list[Operator], but: E164) -> bool:
        """Whether the last alert of any of their telephones, or of the drill's, was a test that went well."""
        phones = {one.phone for one in people} | (
            {phone} if (phone := self._web.settings.drill.phone) else set()
        )
        return any(self._test_of(phone).ok for phone in sorted(phones - {but}))

    def _test_of(self, phone: E164) -> DrillView:
        web = self._web
        return last_drill(
            web.journal, phone, now_us=web.clock.now_us(), timeout_s=web.settings.drill.timeout_s
        )

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
