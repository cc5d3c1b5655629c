"""The dashboard as data: what each panel asks and shows, and the form that Grafana wants it in."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any, Final

import msgspec

_SCHEMA: Final = 39
"""Of Grafana 10.4 and later; newer ones read it, too."""
_COLUMNS: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_OF: Final = 'center=~"$center"'


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel. `asks` are queries, each with the words of its legend."""

    title: str
    kind: str = "timeseries"
    """`timeseries`, `stat` or `table`."""
    asks: tuple[tuple[str, str], ...]
    unit: str = "short"
    wide: int = 8
    """Of 24 columns."""
    red_from: float | None = None
    red_below: float | None = None


PANELS: Final = (
    Panel(
        title="Ready for an alert",
        kind="stat",
        asks=((f"min(securwoman_ready{{{_OF}}})", ""),),
        wide=4,
        red_below=1,
    ),
    Panel(
        title="Alarms to act on now",
        kind="stat",
        asks=((f'max(securwoman_alarms{{{_OF}, priority="now", is="unseen"}})', ""),),
        wide=4,
        red_from=1,
    ),
    Panel(
        title="Open alerts",
        kind="stat",
        asks=((f"max(securwoman_alerts_open{{{_OF}}})", ""),),
        wide=4,
    ),
    Panel(
        title="Past the deadline",
        kind="stat",
        asks=((f"max(securwoman_alerts_late{{{_OF}}})", ""),),
        wide=4,
        red_from=1,
    ),
    Panel(
        title="Operators ready",
        kind="stat",
        asks=((f'max(securwoman_operators{{{_OF}, state="ready"}})', ""),),
        wide=4,
        red_below=1,
    ),
    Panel(
        title="Lines ready",
        kind="stat",
        asks=((f"sum(securwoman_line_ready{{{_OF}}})", ""),),
        wide=4,
        red_below=2,
    ),
    Panel(
        title="What stands",
        kind="table",
        asks=((f"max by (alarm, subject, is) (securwoman_alarms_standing{{{_OF}}}) > 0", ""),),
        wide=12,
    ),
    Panel(
        title="Alarms by priority, seen or not",
        asks=(
            (
                f'max by (priority) (sum by (instance, priority) (securwoman_alarms{{{_OF}, is!="quiet"}}))',
                "{{priority}}",
            ),
        ),
        wide=12,
    ),
    Panel(
        title="Alerts an hour",
        asks=(
            (f"sum by (test) (increase(securwoman_alerts_accepted_total{{{_OF}}}[1h]))", "test: {{test}}"),
        ),
    ),
    Panel(
        title="Since the last alert",
        asks=(
            (f"time() - max by (test) (securwoman_last_alert_timestamp_seconds{{{_OF}}})", "test: {{test}}"),
        ),
        unit="s",
    ),
    Panel(
        title="Until an alert is written down",
        asks=tuple(
            (
                f"histogram_quantile({share}, sum by (le) "
                f"(rate(securwoman_alert_durable_seconds_bucket{{{_OF}}}[5m])))",
                legend,
            )
            for share, legend in ((0.5, "half"), (0.99, "99 of 100"))
        ),
        unit="s",
        red_from=1,
    ),
    Panel(
        title="Not as it should be, in 5 minutes",
        asks=(
            (f"sum(increase(securwoman_alerts_not_durable_total{{{_OF}}}[5m]))", "not written down"),
            (
                f"sum(increase(securwoman_alerts_advised_at_once_total{{{_OF}}}[5m]))",
                "more than can be handled",
            ),
            (f"sum(securwoman_alerts_kept_in_memory{{{_OF}}})", "in memory alone"),
            (
                f"sum(increase(securwoman_alert_signals_merged_total{{{_OF}}}[5m]))",
                "signals of one that is there",
            ),
        ),
    ),
    Panel(
        title="Requests refused a minute",
        asks=(
            (
                f"sum by (status) (rate(securwoman_http_requests_refused_total{{{_OF}}}[5m])) * 60",
                "{{status}}",
            ),
        ),
    ),
    Panel(
        title="Operators' commands a minute",
        asks=(
            (
                f"sum by (command, result) (rate(securwoman_commands_total{{{_OF}}}[5m])) * 60",
                "{{command}} {{result}}",
            ),
        ),
    ),
    Panel(
        title="Lines",
        asks=((f"max by (line) (securwoman_line_ready{{{_OF}}})", "{{line}}"),),
        unit="bool_yes_no",
    ),
    Panel(
        title="Signal",
        asks=((f"max by (line) (securwoman_line_signal_dbm{{{_OF}}})", "{{line}}"),),
        unit="dBm",
    ),
    Panel(
        title="Registered with the network",
        asks=((f"max by (line) (securwoman_line_registered{{{_OF}}})", "{{line}}"),),
        unit="bool_yes_no",
    ),
    Panel(
        title="How loud the last call was",
        asks=(
            (f"max by (line, way) (securwoman_line_level_dbfs{{{_OF}}})", "{{line}} {{way}}"),
            (f"max by (line, way) (securwoman_line_peak_dbfs{{{_OF}}})", "{{line}} {{way}} peak"),
        ),
        unit="dB",
    ),
    Panel(
        title="Cut off in the last call",
        asks=((f"max by (line, way) (securwoman_line_clipped_ratio{{{_OF}}})", "{{line}} {{way}}"),),
        unit="percentunit",
    ),
    Panel(
        title="Voice in the last call",
        asks=((f"max by (line, way) (securwoman_line_voice_seconds{{{_OF}}})", "{{line}} {{way}}"),),
        unit="s",
    ),
    Panel(
        title="Voice that came late or not at all",
        asks=(
            (
                f'sum by (is) (rate(securwoman_voice_ticks_total{{{_OF}, is!="kept"}}[5m])) / ignoring(is) '
                f"group_left sum(rate(securwoman_voice_ticks_total{{{_OF}}}[5m]))",
                "{{is}}",
            ),
        ),
        unit="percentunit",
        red_from=0.01,
    ),
    Panel(
        title="Journal: events a minute",
        asks=((f"max(rate(securwoman_journal_seq{{{_OF}}}[5m])) * 60", ""),),
    ),
    Panel(
        title="Journal and actors",
        asks=(
            (f"min(securwoman_journal_works{{{_OF}}})", "the journal works"),
            (f"min(securwoman_actors_listen{{{_OF}}})", "the actors listen"),
        ),
        unit="bool_yes_no",
    ),
    Panel(
        title="Room on the disk",
        asks=(
            (f"min by (instance) (securwoman_disk_free_bytes{{{_OF}}})", "{{instance}} free"),
            (f"min by (instance) (securwoman_disk_size_bytes{{{_OF}}})", "{{instance}} of"),
        ),
        unit="bytes",
    ),
    Panel(
        title="Age of the backups",
        asks=((f"max by (file) (securwoman_backup_age_seconds{{{_OF}}})", "{{file}}"),),
        unit="s",
        red_from=90_000,
    ),
    Panel(
        title="Since the last proof of a node",
        asks=(
            (
                f"time() - max by (instance) (securwoman_proof_last_timestamp_seconds{{{_OF}}})",
                "{{instance}}",
            ),
        ),
        unit="s",
        red_from=90_000,
    ),
    Panel(
        title="What the last proof found well",
        asks=((f"min by (instance, step) (securwoman_proof_ok{{{_OF}}})", "{{instance}} {{step}}"),),
        unit="bool_yes_no",
    ),
    Panel(
        title="Consoles",
        asks=((f"sum(securwoman_consoles{{{_OF}}})", ""),),
    ),
    Panel(
        title="Nodes",
        asks=(
            (f"max by (state) (securwoman_nodes{{{_OF}}})", "{{state}}"),
            (f"max by (node) (securwoman_alerts_owned{{{_OF}}})", "alerts of {{node}}"),
            (f"max by (node) (securwoman_membership_age_seconds{{{_OF}}})", "{{node}}: s since renewed"),
        ),
    ),
    Panel(
        title="Checks of phones, an hour",
        asks=((f"sum by (is) (increase(securwoman_checks_total{{{_OF}}}[1h]))", "{{is}}"),),
    ),
    Panel(
        title="Phones that check by themselves",
        asks=((f"max by (checked) (securwoman_phones{{{_OF}}})", "{{checked}}"),),
    ),
)
"""In the order in which they are looked at: may I go on, what is wrong, where."""


def board() -> dict[str, Any]:
    """As Grafana imports it."""
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
                    # A center that was given no name is one, too.
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
        # Over time Grafana shows no threshold unless it is told to.
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
            for letter, (expr, legend) in zip(ascii_uppercase, panel.asks, strict=False)
        ],
    }


def _steps(panel: Panel) -> list[dict[str, Any]]:
    if panel.red_below is not None:
        return [{"color": "red", "value": None}, {"color": "green", "value": panel.red_below}]
    red = [] if panel.red_from is None else [{"color": "red", "value": panel.red_from}]
    return [{"color": "green", "value": None}, *red]
