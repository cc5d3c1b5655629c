"""What those who attack are given: the web's own places, and nothing that a stranger would not have."""

from tests.gateways.conftest import client, journal, pair, place, policy, site, web

__all__ = ["client", "journal", "pair", "place", "policy", "site", "web"]
