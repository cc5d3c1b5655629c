"""`modem list` and `modem probe` beside a running center, which has the modems: they disturb nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.center import Center, center, line_number, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    world = simulation(public=2, emergency=0, dialects=("huawei", "sim800"))
    with center(tmp_path_factory.mktemp("modems"), world) as running:
        yield running


SIGNALS_DBM = {-71, -77, -79, -81}
"""As it is asked for, and as a huawei says at times by itself."""


def listed(made: Center) -> dict[str, dict[str, Any]]:
    """By line; the machine's own ports left out."""
    rows = json.loads(made.cli("modem", "list", "--json").stdout)
    return {row["line"]: row for row in rows if row["line"] is not None}


def test_the_list_has_every_line_with_its_port_its_modem_and_how_it_is(made: Center) -> None:
    rows = made.until("both are up", lambda: all_up(listed(made)))
    assert set(rows) == {"sim1", "sim2"}
    for name, row in rows.items():
        assert row["port"] == str(made.state.run / f"{name}.at")
        assert row["present"] is True
        assert len(row["imei"]) == 15
        assert row["signal_dbm"] in SIGNALS_DBM
        assert row["text"] == ""
    table = made.cli("modem", "list").stdout
    assert line_number(1) in table
    assert any(f"{dbm} dBm" in table for dbm in SIGNALS_DBM)


def all_up(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]] | None:
    return rows if all(row["state"] == "up" for row in rows.values()) else None


def test_a_port_of_a_line_at_work_is_not_opened_but_told_of(made: Center) -> None:
    made.until("both are up", lambda: all_up(listed(made)))
    trace = made.state.run / "sim1.trace"
    trace.touch()
    try:
        made.until("what is said is written down", trace.read_text)
        for port in (str(made.state.run / "sim1.at"), "sim1"):
            asked = made.cli("modem", "probe", port, "--json")
            assert asked.returncode == 0, asked.stderr
            (found,) = json.loads(asked.stdout)
            assert (found["answers"], found["dialect"], found["network"]) == (True, "huawei", "home")
            assert found["text"] == "line sim1 of the running center has it"
            assert "E1550: dropping one of two calls" in " ".join(found["to_know"])
        assert "ATI" not in trace.read_text(), "nobody has asked it anew"
    finally:
        trace.unlink()


def test_nobody_is_called_through_a_line_at_work(made: Center) -> None:
    refused = made.cli("modem", "call", "sim1", "+393331112223")
    assert refused.returncode != 0
    assert "line sim1 of the running center has sim1" in refused.stderr
    assert made.calls() == []


def test_nothing_is_set_in_the_modem_of_a_line_at_work(made: Center) -> None:
    for port in ("sim1", str(made.state.run / "sim1.at")):
        refused = made.cli("modem", "setup", port, "--yes")
        assert refused.returncode != 0
        assert f"line sim1 of the running center has {port}: stop the center first" in refused.stderr


def test_a_line_whose_modem_is_pulled_out_is_listed_with_what_is_wrong(made: Center) -> None:
    assert made.carrier.post("/modems/sim2/unplug").status_code < 300
    row = made.until("it is missed", lambda: not_up(listed(made)["sim2"]))
    assert row["state"] == "lost"
    assert row["text"]
    asked = made.cli("modem", "probe", "sim2", "--json")
    assert asked.returncode == 1
    assert json.loads(asked.stdout)[0]["text"].startswith("line sim2 of the running center has it: ")
    assert made.carrier.post("/modems/sim2/plug").status_code < 300
    made.until("it is back", lambda: all_up(listed(made)))


def not_up(row: dict[str, Any]) -> dict[str, Any] | None:
    return None if row["state"] == "up" else row
