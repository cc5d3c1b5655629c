"""What watches a center: rules, routes and dashboard are what the tables say, and Prometheus's own tools take
them and find each rule firing when it should.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from gateways.http.metrics import Metrics
from model.alarms.kind import SubjectKind
from model.alarms.table import kinds
from runtime.clock import SystemClock
from scripts.lib.monitoring import of_alarms
from scripts.lib.monitoring.board import PANELS, board
from scripts.lib.monitoring.files import RULES_FILE, files
from scripts.lib.monitoring.of_figures import RULES
from scripts.lib.monitoring.rule import Severity
from tests.deploy.cases import CASES
from tests.foundation.tree import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
by_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="NOT TESTED: the rules: promtool (prometheus) is not installed"
)
by_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None,
    reason="NOT TESTED: the routes: amtool (prometheus-alertmanager) is not there",
)
BY_FIGURE = {
    "deadline.missed": ('securwoman_alerts_late{center="c"}', "1"),
    "no_operator": ('securwoman_operators{center="c", state="ready"}', "0"),
    "journal.not_durable": ('securwoman_journal_works{center="c"}', "0"),
}
LONG_ENOUGH = "6m"


def tool(*command: str) -> str:
    """What it says; it fails where the tool does."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout


def metrics_of(expr: str) -> set[str]:
    return set(re.findall(r"\bsecurwoman_\w+", expr))


def asked_for() -> set[str]:
    """The metrics of all rules and panels."""
    exprs = [rule.expr for rule in (*RULES, *of_alarms.rules())]
    exprs += [expr for panel in PANELS for expr in panel.asks.values()]
    return set().union(*map(metrics_of, exprs))


def told(text: str) -> set[str]:
    """The names under which this exposition has samples, or would."""
    names = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        names |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}
    return names


@pytest.fixture
def exposition(tmp_path: Path) -> str:
    metrics, clock = Metrics(), SystemClock.anchored()
    with journal_of(StateDir(tmp_path), create=True) as journal:
        metrics.add_of_features(journal, tmp_path, clock)
        return metrics.text().decode()


@pytest.mark.parametrize("path", files())
def test_what_is_shipped_is_what_the_tables_say(path: Path) -> None:
    assert (ROOT / path).read_text("utf-8") == files()[path], "scripts/monitoring writes it anew"


def test_every_figure_that_a_rule_or_a_panel_asks_for_is_told(exposition: str) -> None:
    assert asked_for() <= told(exposition)


def test_every_figure_that_is_told_is_shown(exposition: str) -> None:
    shown = set().union(*(metrics_of(expr) for panel in PANELS for expr in panel.asks.values()))
    there = told(exposition)
    # Of a counter there is the moment of its beginning, too; of a histogram its sum and count.
    assert {name for name in there if not re.search(r"_(created|sum|count)$", name)} <= shown


def test_a_bound_of_a_panel_over_time_is_drawn() -> None:
    over_time = [one["fieldConfig"]["defaults"] for one in board()["panels"] if one["type"] == "timeseries"]
    assert any("thresholds" in one for one in over_time)
    assert all(one["custom"]["thresholdsStyle"]["mode"] == "line" for one in over_time if "thresholds" in one)


def test_every_alarm_has_a_rule_and_no_rule_names_another() -> None:
    rules = of_alarms.rules()
    assert [rule.alarm for rule in rules if rule.alarm] == [kind.name for kind in kinds()]
    names = [rule.name for rule in (*RULES, *rules)]
    assert len(set(names)) == len(names)


def test_no_rule_shows_a_placeholder_of_the_consoles() -> None:
    assert "{s}" not in files()[RULES_FILE]


def told_as(how: str) -> dict[str, Any]:
    """All alarms at once, each `unseen`, `seen` by somebody or kept `quiet`, and what fires then."""
    series, tested = [], []
    for kind, rule in zip(kinds(), of_alarms.rules(), strict=False):
        subject = "" if kind.about in (SubjectKind.ALERT, SubjectKind.OPERATOR) else "S"
        name, value = BY_FIGURE.get(kind.name, ("", "1"))
        if name:
            if how != "unseen":
                continue  # a figure knows nothing of who has seen it
            subject = ""
        standing = f'{{center="c", alarm="{kind.name}", subject="{subject}", is="{how}"}}'
        series.append({"series": name or f"securwoman_alarms_standing{standing}", "values": f"{value}x20"})
        labels = {"center": "c", "alarm": kind.name, "subject": subject, "severity": str(rule.severity)}
        said = {
            key: text.replace("{{ $labels.subject }}", subject).replace("{{ $value }}", value)
            for key, text in rule.written()["annotations"].items()
        }
        fires = how == "unseen" or (how == "seen" and rule.severity is Severity.TICKET)
        expected = {"exp_labels": {k: v for k, v in labels.items() if v}, "exp_annotations": said}
        tested.append(
            {"eval_time": LONG_ENOUGH, "alertname": rule.name, "exp_alerts": [expected] if fires else []}
        )
    return {"interval": "30s", "input_series": series, "alert_rule_test": tested}


def one_that_is_unknown() -> dict[str, Any]:
    (rule,) = (rule for rule in of_alarms.rules() if not rule.alarm)
    labels = {"center": "c", "alarm": "of.tomorrow", "subject": "S"}
    series = 'securwoman_alarms_standing{center="c", alarm="of.tomorrow", subject="S", is="unseen"}'
    firing = f'ALERTS{{alertname="{rule.name}", alertstate="firing", severity="ticket", center="c", '
    return {
        "interval": "30s",
        "input_series": [{"series": series, "values": "1x20"}],
        "promql_expr_test": [
            {
                "eval_time": LONG_ENOUGH,
                "expr": f'ALERTS{{alertname="{rule.name}"}}',
                "exp_samples": [{"labels": firing + f'alarm="{labels["alarm"]}", subject="S"}}', "value": 1}],
            }
        ],
    }


@by_promtool
def test_each_alarm_fires_by_its_own_words_until_it_is_seen_mended_or_kept_quiet(tmp_path: Path) -> None:
    document = {
        "rule_files": [str(ROOT / RULES_FILE)],
        "evaluation_interval": "30s",
        "tests": [*map(told_as, ("unseen", "seen", "quiet")), one_that_is_unknown()],
    }
    file = tmp_path / "alarms.yml"
    file.write_text(json.dumps(document, ensure_ascii=False))
    tool("promtool", "test", "rules", str(file))


@by_promtool
def test_each_rule_by_figures_is_silent_and_fires_as_written(tmp_path: Path) -> None:
    document = {
        "rule_files": [str(ROOT / RULES_FILE)],
        "evaluation_interval": "10s",
        "tests": [case.written() for case in CASES],
    }
    file = tmp_path / "figures.yml"
    file.write_text(json.dumps(document))
    tool("promtool", "test", "rules", str(file))


def test_no_rule_by_figures_is_without_a_case() -> None:
    assert [case.rule for case in CASES] == [rule.name for rule in RULES]


@by_promtool
def test_prometheus_takes_the_settings_that_are_shipped_and_every_question_of_the_dashboard(
    tmp_path: Path,
) -> None:
    tool("promtool", "check", "config", str(PROMETHEUS / "prometheus.yml"))
    exprs = [expr.replace("$center", ".*") for panel in PANELS for expr in panel.queries.values()]
    recorded = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(exprs)]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": recorded}]}))
    tool("promtool", "check", "rules", str(file))


@by_amtool
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("alertname=SecurwomanWatchdog", "severity=none"), "deadman"),
        (("alertname=SecurwomanDown", "severity=page"), "page"),
        (("alertname=SecurwomanBackupOld", "severity=ticket"), "ticket"),
    ],
)
def test_alertmanager_gives_each_message_to_whom_it_is_for(labels: tuple[str, ...], receiver: str) -> None:
    file = str(PROMETHEUS / "alertmanager.yml")
    tool("amtool", "check-config", file)
    assert tool("amtool", "config", "routes", "test", f"--config.file={file}", *labels).strip() == receiver


def test_the_names_by_which_alertmanager_keeps_messages_back_are_those_of_rules() -> None:
    text = (PROMETHEUS / "alertmanager.yml").read_text("utf-8")
    named = set(re.findall(r"Securwoman\w+", text))
    rules = {rule.name for rule in (*RULES, *of_alarms.rules())}
    assert named - {"SecurwomanLine"} <= rules
    assert any(name.startswith("SecurwomanLine") for name in rules)
