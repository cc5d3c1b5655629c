"""A center with Prometheus and Alertmanager as shipped, but quicker: a modem breaks, and somebody is told."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from scripts.lib.monitoring.board import PANELS
from tests.deploy.test_rules import PROMETHEUS, asked_for, told
from tests.support.center import center, simulation
from tests.support.ports import free_port
from tests.support.receiver import Receiver
from tests.waiting import wait_until

PROGRAMS = ("prometheus", "prometheus-alertmanager")
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        not all(map(shutil.which, PROGRAMS)),
        reason="NOT TESTED: that an alarm gets out by Prometheus: Debian's packages are not installed",
    ),
]
PATIENCE_S = 60.0
QUICK = "300ms"
OF_MORE_NODES = ("securwoman_nodes", "securwoman_alerts_owned", "securwoman_membership_age_seconds")


def told_by(receiver: Receiver, path: str) -> list[dict[str, Any]]:
    """All alerts that were ever posted there."""
    bodies = [msgspec.json.decode(body) for headers, body in receiver.came if headers[":path"] == path]
    return [alert for body in bodies for alert in body["alerts"]]


@contextmanager
def program(folder: Path, name: str, port: int, *options: str) -> Iterator[str]:
    """It, running and ready; its address."""
    with (folder / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(
            [name, f"--web.listen-address=127.0.0.1:{port}", *options], stdout=log, stderr=log
        )
        address = f"http://127.0.0.1:{port}"

        def ready() -> bool:
            try:
                return httpx.get(f"{address}/-/ready").status_code == 200
            except httpx.TransportError:
                assert started.poll() is None, (folder / f"{name}.log").read_text()
                return False

        try:
            wait_until(ready, within_s=PATIENCE_S, what=f"{name} is ready")
            yield address
        finally:
            started.terminate()
            started.wait(20)


def alertmanager(folder: Path, port: int, url: str) -> tuple[str, ...]:
    """The shipped settings with other files for the addresses, and without the waits for more."""
    settings = yaml.safe_load((PROMETHEUS / "alertmanager.yml").read_text())
    for one in settings["receivers"]:
        (webhook,) = one["webhook_configs"]
        file = folder / Path(webhook["url_file"]).name
        file.write_text(f"{url}/{one['name']}\n")
        webhook["url_file"] = str(file)
    for route in (settings["route"], *settings["route"]["routes"]):
        route |= {"group_wait": QUICK, "group_interval": QUICK}
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(settings))
    return (
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        "--cluster.listen-address=",
    )


def prometheus(folder: Path, target: str, manager: int) -> tuple[str, ...]:
    """The shipped settings and rules, looking often and waiting for nothing to last."""
    rules = yaml.safe_load((PROMETHEUS / "securwoman.rules.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule["for"] = "0s"
    (folder / "securwoman.rules.yml").write_text(yaml.safe_dump(rules))
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    settings["global"] = {"scrape_interval": QUICK, "scrape_timeout": QUICK, "evaluation_interval": QUICK}
    settings["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{manager}"]
    settings["scrape_configs"][0]["static_configs"][0]["targets"] = [target]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    return (
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'series'}",
        # It finds Alertmanager 5 s after its start, and what it could not tell anybody it tells again.
        "--rules.alert.resend-delay=1s",
    )


def test_a_modem_that_breaks_is_told_to_somebody_by_prometheus_and_alertmanager(tmp_path: Path) -> None:
    with ExitStack() as stack:
        made = stack.enter_context(center(tmp_path, simulation(public=2, emergency=1, setup_s=0.1)))
        who = stack.enter_context(closing(Receiver(tmp_path, tls=False)))
        manager = free_port()
        stack.enter_context(
            program(
                tmp_path,
                PROGRAMS[1],
                manager,
                *alertmanager(tmp_path, manager, f"http://127.0.0.1:{who.port}"),
            )
        )
        watching = stack.enter_context(
            program(
                tmp_path,
                PROGRAMS[0],
                free_port(),
                *prometheus(tmp_path, made.address.removeprefix("http://"), manager),
            )
        )

        def asked(expr: str) -> list[Any]:
            answer = httpx.get(f"{watching}/api/v1/query", params={"query": expr})
            assert answer.status_code == 200, answer.text
            return list(answer.json()["data"]["result"])

        wait_until(
            lambda: asked("securwoman_ready == 1"), within_s=PATIENCE_S, what="it is ready by Prometheus"
        )
        wait_until(lambda: told_by(who, "/deadman"), within_s=PATIENCE_S, what="the watchdog is heard")
        assert made.carrier.post("/modems/sim1/unplug").status_code == 200

        def broken() -> list[dict[str, Any]]:
            return [
                alert
                for alert in (*told_by(who, "/page"), *told_by(who, "/ticket"))
                if alert["labels"].get("subject") == "sim1" and alert["labels"]["alarm"].startswith("line.")
            ]

        told_at = wait_until(broken, within_s=PATIENCE_S, what="somebody is told of the line")[0]
        assert told_at["labels"]["center"] == "center"
        assert "sim1" in told_at["annotations"]["summary"]
        assert told_at["annotations"]["action"]

        # The figures of a real center: each that is asked for is there, and each panel has an answer.
        assert asked_for() <= told(made.http.get("/metrics").text)
        for panel in PANELS:
            for expr in panel.queries.values():
                found = asked(expr.replace("$center", ".*"))
                bare = (
                    "_level_",
                    "_peak_",
                    "_clipped_",
                    "_voice_s",
                    "backup",
                    "_last_alert_",
                    "_proof_ok",
                    *OF_MORE_NODES,
                )
                counted = ("_total", "_bucket", "journal_seq")
                assert found or any(part in expr for part in (*bare, *counted)), expr
