"""/healthz, /readyz, /metrics, and the interface's own description."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateways.http.routes.console import sign_on
from gateways.http.routes.health import readiness
from gateways.http.routing.schema import EXAMPLES
from gateways.http.wire import answers, bodies
from messages.events import AlarmCleared, AlarmRaised, LineQuarantined
from messages.ids import Instant, LineId, Role, TrunkId
from messages.lines import LineLevels, LineReport, LineState, WayLevel
from model.settings.psap import LastResort
from runtime.published import line_files
from runtime.published.directory import Entry, FileDirectory
from store import streams
from store.journal.journal import Append
from store.journal.notify import topic_of_kind
from store.streams import StreamKind
from tests.gateways.http.askers import MARTA, Api, Client
from tests.gateways.http.place import GIULIA
from tests.support.scripts import script
from tests.support.settings import changed
from tests.waiting import wait_until


def test_the_web_answers_without_anybody_else(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_what_is_missing(api: Api) -> None:
    wait_until(api.web.following.loaded.is_set)
    said = api.client.get("/readyz")
    assert said.status_code == 503
    assert said.json()["problems"] == ["the actors do not receive new alerts", "no line can be used"]

    actors = api.journal.notify.listen(topic_of_kind(StreamKind.INBOX))
    modem = Entry(role=Role.GSM_MODEM, key="L1", address=b"", pid=1, incarnation=1, ready=True)
    FileDirectory(api.place.state / "run").publish([modem])
    wait_until(lambda: api.client.get("/readyz").status_code == 200)
    well = {"ready": True, "journal": True, "actors": True, "lines": 1, "alerts_kept_in_memory": 0}
    assert api.client.get("/readyz").json() == {**well, "problems": [], "warnings": []}

    bad = LineQuarantined(line=LineId("L1"), reason="mute")
    api.journal.append(Append(streams.line(LineId("L1")), None, (bad,)))
    wait_until(lambda: api.client.get("/readyz").json()["problems"] == ["no line can be used"])
    actors.close()


@pytest.mark.parametrize("resort", [LastResort.NONE, LastResort.PUBLIC])
def test_a_center_that_no_line_can_call_112_from_is_not_ready_but_with_the_last_resort(
    api: Api, resort: LastResort
) -> None:
    settings = changed(api.web.settings.center, {"psap.last_resort": resort})
    web = dataclasses.replace(api.web, settings=msgspec.structs.replace(api.web.settings, center=settings))
    modem = Entry(role=Role.GSM_MODEM, key="L1", address=b"", pid=1, incarnation=1, ready=True)
    FileDirectory(api.place.state / "run").publish([modem])
    text = "No line of trunk emergency carries calls."
    api.happened(AlarmRaised(alarm="psap.no_line", subject="emergency", text=text))
    told = readiness(web, None)
    assert (text in told.problems, text in told.warnings) == (not resort, bool(resort))
    api.happened(AlarmCleared(alarm="psap.no_line", subject="emergency"))
    assert text not in (*readiness(web, None).problems, *readiness(web, None).warnings)


def test_figures_are_there_for_prometheus(api: Api) -> None:
    api.app.post("/v1/alerts", json={"phone": GIULIA})
    api.app.post("/v1/alerts", json={"phone": GIULIA, "test": True})
    api.app.post("/v1/alerts", json={})
    wait_until(lambda: api.read_model.alerts)
    answer = api.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        'securwoman_alerts_accepted_total{test="no"} 1.0',
        "securwoman_alert_signals_merged_total 1.0",
        'securwoman_http_requests_refused_total{status="400"} 1.0',
        "securwoman_alerts_open 1.0",
        "securwoman_journal_works 1.0",
        "securwoman_consoles 0.0",
    ):
        assert line in answer.text


def test_prometheus_is_told_of_every_line_and_of_none_that_is_gone(api: Api) -> None:
    def report(line: str, state: LineState, **fields: Any) -> LineReport:
        how = {"trunk": TrunkId("public"), "emergency": False, "since": Instant(0), **fields}
        return LineReport(line=LineId(line), state=state, **how)

    def told() -> set[str]:
        text = api.client.get("/metrics").text
        return {line for line in text.splitlines() if line.startswith("securwoman_line_")}

    run = api.place.state / "run"
    line_files.write(run, report("one", LineState.READY, registration="roaming", signal_dbm=-71))
    line_files.write(run, report("two", LineState.NO_NETWORK, registration="searching"))
    both = {
        'securwoman_line_ready{line="one",state="ready"} 1.0',
        'securwoman_line_registered{line="one"} 1.0',
        'securwoman_line_signal_dbm{line="one"} -71.0',
        'securwoman_line_ready{line="two",state="no_network"} 0.0',
        'securwoman_line_registered{line="two"} 0.0',
    }
    wait_until(lambda: told() == both)
    into = WayLevel(voice_ms=2500, dbfs=-38.0)
    line_files.write_levels(api.place.state, LineLevels(line=LineId("one"), at=Instant(0), into=into))
    in_, out = 'line="one",way="in"', 'line="one",way="out"'
    heard = {
        f"securwoman_line_level_dbfs{{{in_}}} -38.0",
        f"securwoman_line_level_dbfs{{{out}}} -100.0",
        f"securwoman_line_voice_seconds{{{in_}}} 2.5",
        f"securwoman_line_clipped_ratio{{{in_}}} 0.0",
    }
    wait_until(lambda: heard <= told())
    (api.place.state / "lines" / "one.levels").unlink()
    line_files.write(run, report("two", LineState.READY, registration="home", signal_dbm=-107))
    (run / "one.line").unlink()
    left = {
        'securwoman_line_ready{line="two",state="ready"} 1.0',
        'securwoman_line_registered{line="two"} 1.0',
        'securwoman_line_signal_dbm{line="two"} -107.0',
    }
    wait_until(lambda: told() == left)


def test_prometheus_is_told_of_alarms_by_kind_and_of_nobody_by_name(api: Api) -> None:
    alert = api.app.post("/v1/alerts", json={"phone": GIULIA, "test": True}).json()["alert"]
    wait_until(lambda: api.read_model.alerts)
    api.happened(
        AlarmRaised(alarm="line.no_sim", subject="L1", text="no SIM"),
        AlarmRaised(alarm="line.no_sim", subject="L2", text="no SIM"),
        AlarmRaised(alarm="operator.line_lost", subject=MARTA, text="it does not stand"),
        AlarmRaised(alarm="leg.no_sound", subject=f"{alert}:user-1", text="nothing"),
    )
    text = api.client.get("/metrics").text
    for line in (
        'securwoman_alarms_standing{alarm="line.no_sim",is="unseen",subject="L1"} 1.0',
        'securwoman_alarms_standing{alarm="line.no_sim",is="unseen",subject="L2"} 1.0',
        'securwoman_alarms_standing{alarm="operator.line_lost",is="unseen",subject=""} 1.0',
        'securwoman_alarms_standing{alarm="leg.no_sound",is="unseen",subject=""} 1.0',
        'securwoman_alarms_standing{alarm="line.no_network",is="unseen",subject=""} 0.0',
        "securwoman_ready 0.0",
        'securwoman_operators{state="ready"} 0.0',
    ):
        assert line in text
    assert 'securwoman_last_alert_timestamp_seconds{test="yes"}' in text
    assert not any(name in text for name in (alert, MARTA, GIULIA))


def refs(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(refs(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(refs(value) for value in node))
    return set()


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    return dict(client.get("/schema/openapi.json").json())


def test_everything_that_the_description_refers_to_is_in_it(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert refs(document) <= {f"#/components/schemas/{name}" for name in schemas}


def test_what_is_described_is_what_is_checked(document: dict[str, Any]) -> None:
    alert = document["paths"]["/v1/alerts"]["post"]
    assert set(alert["requestBody"]["content"]) == {"application/json", "application/msgpack"}
    assert {"200", "202", "400", "401", "413", "415", "503"} <= set(alert["responses"])
    assert alert["security"] == [{"appKey": []}]
    schemas = document["components"]["schemas"]
    position = schemas["PositionBody"]
    assert position["required"] == ["lat", "lon"]
    assert (position["properties"]["lat"]["minimum"], position["properties"]["lat"]["maximum"]) == (-90, 90)
    assert "status_code" not in str(document["paths"])


def test_the_examples_are_what_they_are_examples_of(document: dict[str, Any]) -> None:
    kinds = {**vars(bodies), **vars(answers), **vars(sign_on)}
    for name, example in EXAMPLES.items():
        assert document["components"]["schemas"][name]["examples"] == [example]
        msgspec.json.decode(msgspec.json.encode(example), type=kinds[name])


def test_the_description_needs_no_other_host(client: Client) -> None:
    page = client.get("/schema").text
    assert "/v1/alerts" in page
    assert not re.search(r"<script|https?://", page)


def test_the_openapi_document_names_no_place_of_this_machine(document: dict[str, Any]) -> None:
    assert str(Path.cwd()) not in str(document)


def test_the_reference_is_written_of_the_routes_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["api", "--check"])
    assert script("api").main() == 0, capsys.readouterr().err
