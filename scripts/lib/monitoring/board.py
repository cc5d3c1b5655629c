"""The dashboard as data: queries and appearance of each panel, and the JSON that Grafana imports."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any, Final

import msgspec

_SCHEMA: Final = 39
"""Schema of Grafana 10.4 and later."""
_COLUMNS: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_DURABLE: Final = "sum by (le) (rate(securwoman_alert_durable_seconds_bucket{OF}[5m]))"


class Panel(msgspec.Struct, frozen=True):
    """A panel. `asks` has queries by legend; `OF` stands for the chosen centers."""

    title: str
    asks: dict[str, str]
    kind: str = "timeseries"
    """`timeseries`, `stat` or `table`."""
    unit: str = "short"
    wide: int = 8
    """Width, of 24 columns."""
    red_from: float | None = None
    red_below: float | None = None

    @property
    def queries(self) -> dict[str, str]:
        """Queries in Grafana's form."""
        return {legend: expr.replace("{OF", '{center=~"$center"') for legend, expr in self.asks.items()}


PANELS: Final = (
    Panel("Ready for an alert", {"": "min(securwoman_ready{OF})"}, kind="stat", wide=4, red_below=1),
    Panel(
        "Alarms to act on now",
        {"": 'max(securwoman_alarms{OF, priority="now", is="unseen"})'},
        kind="stat",
        wide=4,
        red_from=1,
    ),
    Panel("Open alerts", {"": "max(securwoman_alerts_open{OF})"}, kind="stat", wide=4),
    Panel("Past the deadline", {"": "max(securwoman_alerts_late{OF})"}, kind="stat", wide=4, red_from=1),
    Panel(
        "Operators ready",
        {"": 'max(securwoman_operators{OF, state="ready"})'},
        kind="stat",
        wide=4,
        red_below=1,
    ),
    Panel("Lines ready", {"": "sum(securwoman_line_ready{OF})"}, kind="stat", wide=4, red_below=2),
    Panel(
        "What stands",
        {"": "max by (alarm, subject, is) (securwoman_alarms_standing{OF}) > 0"},
        kind="table",
        wide=12,
    ),
    Panel(
        "Alarms by priority, seen or not",
        {
            "{{priority}}": "max by (priority) "
            '(sum by (instance, priority) (securwoman_alarms{OF, is!="quiet"}))',
        },
        wide=12,
    ),
    Panel(
        "Alerts an hour",
        {"test: {{test}}": "sum by (test) (increase(securwoman_alerts_accepted_total{OF}[1h]))"},
    ),
    Panel(
        "Since the last alert",
        {"test: {{test}}": "time() - max by (test) (securwoman_last_alert_timestamp_seconds{OF})"},
        unit="s",
    ),
    Panel(
        "Until an alert is written down",
        {
            "half": f"histogram_quantile(0.5, {_DURABLE})",
            "99 of 100": f"histogram_quantile(0.99, {_DURABLE})",
        },
        unit="s",
        red_from=1,
    ),
    Panel(
        "Not as it should be, in 5 minutes",
        {
            "not written down": "sum(increase(securwoman_alerts_not_durable_total{OF}[5m]))",
            "more than can be handled": "sum(increase(securwoman_alerts_advised_at_once_total{OF}[5m]))",
            "in memory alone": "sum(securwoman_alerts_kept_in_memory{OF})",
            "signals of one that is there": "sum(increase(securwoman_alert_signals_merged_total{OF}[5m]))",
        },
    ),
    Panel(
        "Requests refused a minute",
        {"{{status}}": "sum by (status) (rate(securwoman_http_requests_refused_total{OF}[5m])) * 60"},
    ),
    Panel(
        "Operators' commands a minute",
        {"{{command}} {{result}}": "sum by (command, result) (rate(securwoman_commands_total{OF}[5m])) * 60"},
    ),
    Panel("Lines", {"{{line}}": "max by (line) (securwoman_line_ready{OF})"}, unit="bool_yes_no"),
    Panel("Signal", {"{{line}}": "max by (line) (securwoman_line_signal_dbm{OF})"}, unit="dBm"),
    Panel(
        "Registered with the network",
        {"{{line}}": "max by (line) (securwoman_line_registered{OF})"},
        unit="bool_yes_no",
    ),
    Panel(
        "How loud the last call was",
        {
            "{{line}} {{way}}": "max by (line, way) (securwoman_line_level_dbfs{OF})",
            "{{line}} {{way}} peak": "max by (line, way) (securwoman_line_peak_dbfs{OF})",
        },
        unit="dB",
    ),
    Panel(
        "Cut off in the last call",
        {"{{line}} {{way}}": "max by (line, way) (securwoman_line_clipped_ratio{OF})"},
        unit="percentunit",
    ),
    Panel(
        "Voice in the last call",
        {"{{line}} {{way}}": "max by (line, way) (securwoman_line_voice_seconds{OF})"},
        unit="s",
    ),
    Panel(
        "Voice that came late or not at all",
        {
            "{{is}}": 'sum by (is) (rate(securwoman_voice_ticks_total{OF, is!="kept"}[5m])) '
            "/ ignoring(is) group_left sum(rate(securwoman_voice_ticks_total{OF}[5m]))",
        },
        unit="percentunit",
        red_from=0.01,
    ),
    Panel("Journal: events a minute", {"": "max(rate(securwoman_journal_seq{OF}[5m])) * 60"}),
    Panel(
        "Journal and actors",
        {
            "the journal works": "min(securwoman_journal_works{OF})",
            "the actors listen": "min(securwoman_actors_listen{OF})",
        },
        unit="bool_yes_no",
    ),
    Panel(
        "Room on the disk",
        {
            "{{instance}} free": "min by (instance) (securwoman_disk_free_bytes{OF})",
            "{{instance}} of": "min by (instance) (securwoman_disk_size_bytes{OF})",
        },
        unit="bytes",
    ),
    Panel(
        "Age of the backups",
        {"{{file}}": "max by (file) (securwoman_backup_age_seconds{OF})"},
        unit="s",
        red_from=90_000,
    ),
    Panel(
        "Since the last proof of a node",
        {"{{instance}}": "time() - max by (instance) (securwoman_proof_last_timestamp_seconds{OF})"},
        unit="s",
        red_from=90_000,
    ),
    Panel(
        "What the last proof found well",
        {"{{instance}} {{step}}": "min by (instance, step) (securwoman_proof_ok{OF})"},
        unit="bool_yes_no",
    ),
    Panel("Consoles", {"": "sum(securwoman_consoles{OF})"}),
    Panel(
        "Nodes",
        {
            "{{state}}": "max by (state) (securwoman_nodes{OF})",
            "alerts of {{node}}": "max by (node) (securwoman_alerts_owned{OF})",
            "{{node}}: s since renewed": "max by (node) (securwoman_membership_age_seconds{OF})",
        },
    ),
    Panel("Checks of phones, an hour", {"{{is}}": "sum by (is) (increase(securwoman_checks_total{OF}[1h]))"}),
    Panel("Phones that check by themselves", {"{{checked}}": "max by (checked) (securwoman_phones{OF})"}),
)
"""Panels in reading order: the readiness of the center, then the faults, then their places."""


def board() -> dict[str, Any]:
    """Return the JSON that Grafana imports."""
    return {
        "uid": "securwoman",
        "title": "securWoman",
        "tags": ["securwoman"],
        "schemaVersion": _SCHEMA,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {
            "list": [
                {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"},
                {
                    "name": "center",
                    "type": "query",
                    "datasource": _SOURCE,
                    "query": "label_values(securwoman_ready, center)",
                    "includeAll": True,
                    "multi": True,
                    # A center without a name is a center, too.
                    "allValue": ".*",
                    "current": {"text": "All", "value": "$__all"},
                    "refresh": 2,
                },
            ]
        },
        "panels": _placed(),
    }


def _placed() -> list[dict[str, Any]]:
    made, x, y, row_high = [], 0, 0, 0
    for number, panel in enumerate(PANELS, 1):
        if x + panel.wide > _COLUMNS:
            x, y, row_high = 0, y + row_high, 0
        high = 4 if panel.kind == "stat" else 8
        made.append(_panel(number, panel, {"x": x, "y": y, "w": panel.wide, "h": high}))
        x, row_high = x + panel.wide, max(row_high, high)
    return made


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    instant = panel.kind != "timeseries"
    asked: dict[str, Any] = {"instant": True} if instant else {}
    if panel.kind == "table":
        asked["format"] = "table"
    shown: dict[str, Any] = {"unit": panel.unit}
    if instant or panel.red_from is not None:
        shown["thresholds"] = {"mode": "absolute", "steps": _steps(panel)}
    if not instant and panel.red_from is not None:
        # Over time Grafana shows thresholds only with this option.
        shown["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return {
        "id": number,
        "title": panel.title,
        "type": panel.kind,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": shown, "overrides": []},
        "targets": [
            {"refId": letter, "expr": expr, "legendFormat": legend, **asked}
            for letter, (legend, expr) in zip(ascii_uppercase, panel.queries.items(), strict=False)
        ],
    }


def _steps(panel: Panel) -> list[dict[str, Any]]:
    if panel.red_below is not None:
        return [{"color": "red", "value": None}, {"color": "green", "value": panel.red_below}]
    red = [] if panel.red_from is None else [{"color": "red", "value": panel.red_from}]
    return [{"color": "green", "value": None}, *red]
