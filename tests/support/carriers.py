"""A carrier alone: simulated modems and phones with their real ports, and no center beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from application.state.state_dir import StateDir
from center.node.carrier import Carrier

CONTROL = '[simulator]\ncontrol = "127.0.0.1:0"\n'


def modem(name: str, dialect: str, more: str = "", *, number: str = "") -> str:
    """A modem that is quick, with a number of its own; `more`: further keys."""
    number = number or f"+39020000{sum(map(ord, name)):04d}"
    return (
        f'[[modem]]\nname = "{name}"\ndialect = "{dialect}"\nnumber = "{number}"\n'
        f"setup_time_s = 0.1\nboot_time_s = 0.2\n{more}\n"
    )


def phone(number: str, more: str = "answers_after_s = 0.1") -> str:
    """A phone that rings, and answers, at once."""
    return f'[[phone]]\nnumber = "{number}"\nrings_after_s = 0.1\nsetup_time_s = 0.1\n{more}\n'


@contextmanager
def carrier_of(folder: Path, *tables: str) -> Iterator[StateDir]:
    """The state directory in whose `run` the ports of these modems are."""
    state = StateDir(folder / "state")
    state.create()
    file = folder / "simulation.toml"
    file.write_text(CONTROL + "".join(tables))
    carrier = Carrier(state, file)
    try:
        carrier.wait_ready()
        yield state
    finally:
        carrier.end()


def network(state: StateDir) -> httpx.Client:
    """Asks the carrier by its control API."""
    return httpx.Client(base_url=json.loads(state.carrier_file.read_text())["control"])
