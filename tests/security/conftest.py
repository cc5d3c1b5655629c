"""What those who attack are given: the web's own places, and nothing that a stranger would not have."""

from tests.gateways.conftest import client, journal, pair, place, settings, site, web
from tests.gateways.http.conftest import api, app, clock, marta

__all__ = ["api", "app", "client", "clock", "journal", "marta", "pair", "place", "settings", "site", "web"]
