"""Watches, from the strike on, until somebody stands in the place of each who was struck."""

from __future__ import annotations

import time

import httpx

from messages.ids import Role
from tests.chaos.harness.facts import Struck
from tests.chaos.harness.served import Served
from tests.chaos.harness.strikes import Kind, Place, hit, still_there


class Recovery:
    """One strike at processes, and what has come of it so far."""

    def __init__(self, served: Served, role: Role, kind: Kind, struck: list[Place]) -> None:
        self._served = served
        self._left = {place.name: place for place in struck}
        self._all = struck
        self._begun_s = time.monotonic()
        self._recovered: dict[str, float] = {}
        self.role, self.kind = role, kind
        self.at_s = time.time()
        hit(struck, kind)

    @property
    def over(self) -> bool:
        """Whether every place is taken again."""
        return not self._left

    def look(self) -> None:
        """See who has come meanwhile."""
        if self.over:
            return
        took_s = time.monotonic() - self._begun_s
        there = {place.name: place for place in self._served.places()}
        for name, old in list(self._left.items()):
            now = there.get(name)
            if now is not None and now.ready and now.process != old.process and self._serves(now):
                self._take(old, took_s)

    def node_is_back(self) -> None:
        """The node was started again from outside; it is ready."""
        for old in list(self._left.values()):
            self._take(old, time.monotonic() - self._begun_s)

    def _take(self, old: Place, took_s: float) -> None:
        del self._left[old.name]
        self._recovered[f"{old.role} {old.key}".strip()] = round(took_s, 4)

    def _serves(self, place: Place) -> bool:
        """A new admin is a successor when its actors are; a new web when it answers."""
        if place.role is Role.WEB:
            try:
                return self._served.center.http.get("/healthz", timeout=0.5).status_code == 200
            except httpx.TransportError:
                return False
        if place.role is Role.ADMIN:
            there = self._served.places()
            roles = {one.role for one in there}
            return {Role.SUPERVISOR, Role.GSM_MODEM, Role.ALERT_CASE} <= roles and all(
                one.ready for one in there
            )
        return True

    def give_up(self) -> None:
        """End those who are frozen still: they would stay so."""
        hit(still_there(self._all), Kind.KILL)

    def struck(self) -> Struck:
        """What has come of it."""
        return Struck(
            role=str(self.role),
            kind=str(self.kind),
            at_s=self.at_s,
            names=tuple(f"{place.role} {place.key}".strip() for place in self._all),
            recovered_s=dict(self._recovered),
        )
