"""112's own systems in memory, which answer at once, later or not at all, and who speaks to them."""

from __future__ import annotations

from features.psap_data.actor import DataSenderActor
from features.psap_data.outlets import Parcel
from features.psap_data.retrying import DeliveryUncertain, Outcome, Received
from features.psap_data.settings import DataTarget
from runtime.threads import Courier

LISTENERS: dict[str, Listener] = {}
"""By the target's name."""


class Listener:
    """One system. `came` is what it was sent, in order, whatever it said to it."""

    def __init__(self, name: str) -> None:
        self.came: list[Parcel] = []
        self.says: Outcome | None = Received(receipt="thanks")
        """None: it is slow, and says nothing yet."""
        LISTENERS[name] = self

    def go_away(self) -> None:
        """It is not there any more."""
        self.says = DeliveryUncertain(reason="ConnectError")


class _AtOnce:
    """Carries in no time; a slow listener is asked again at each look."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waits = False

    def deliver(self, parcel: Parcel, /) -> None:
        LISTENERS[self._name].came.append(parcel)
        self._waits = True

    def take_result(self) -> Outcome | None:
        said = LISTENERS[self._name].says if self._waits else None
        self._waits = said is None and self._waits
        return said


class SenderToListenersActor(DataSenderActor):
    """The center's own, but for the network."""

    def courier(self, target: DataTarget) -> Courier[Parcel, Outcome]:
        return _AtOnce(target.name)
