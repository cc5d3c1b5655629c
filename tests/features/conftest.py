"""A feature's tests are of all kinds: what those of the web, the API, the console and whole stories share."""

from __future__ import annotations

from tests.gateways.conftest import (  # noqa: F401
    _modules_in_one_file,
    client,
    journal,
    modules,
    modules_as_shipped,
    pair,
    place,
    settings,
    site,
    web,
)
from tests.gateways.console.conftest import console, on_duty, stage  # noqa: F401
from tests.gateways.http.conftest import (  # noqa: F401
    admin,
    api,
    app,
    clock,
    giulia,
    luca,
    marta,
    registry,
    start,
    supervisor,
)
from tests.scenarios.conftest import (  # noqa: F401
    _warnings_are_logged,
    make_nodes,
    make_world,
    nodes,
    world,
)
