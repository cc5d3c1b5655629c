"""A line at the simulated carrier."""

from __future__ import annotations

import pytest

from tests.gateways.gsm.carrier.site import Site


@pytest.fixture
def site(dialect: str) -> Site:
    """One whose modem speaks this dialect, set up."""
    made = Site(dialect)
    made.run(1.0)
    return made
