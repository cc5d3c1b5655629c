"""For each rule by figures what it is given, when it is silent then, and when it fires. Data."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from scripts.lib.monitoring.of_figures import RULES, WATCHDOG

_SEVERITY: Final = {rule.name: rule.severity for rule in RULES}
CENTER: Final = 'center="c"'
NODE: Final = 'center="c", job="securwoman", instance="i"'


class Case(NamedTuple):
    """One. `series`: names with labels beside those of a node, and values as promtool has them; `labels`:
    with which it fires, beside its severity.
    """

    rule: str
    series: dict[str, str]
    silent: tuple[str, ...]
    fires: str
    labels: str
    every: str = "10s"

    def written(self) -> dict[str, Any]:
        """As promtool reads it."""
        asked = f'ALERTS{{alertname="{self.rule}", alertstate="firing"'
        fires = ", ".join(filter(None, (asked, f'severity="{_SEVERITY[self.rule]}"', self.labels)))
        return {
            "interval": self.every,
            "input_series": [
                {"series": _whole(name), "values": values} for name, values in self.series.items()
            ],
            "promql_expr_test": [
                {"eval_time": at, "expr": f"{asked}}}", "exp_samples": found}
                for at, found in (
                    *((at, []) for at in self.silent),
                    (self.fires, [{"labels": f"{fires}}}", "value": 1}]),
                )
            ],
        }


def _whole(name: str) -> str:
    metric, _, own = name.rstrip("}").partition("{")
    return f"{metric}{{{own if 'job=' in own else ', '.join(filter(None, (NODE, own)))}}}"


CASES: Final = (
    Case(WATCHDOG, {}, (), "0s", ""),
    Case("SecurwomanDown", {"up": "1x3 0x6"}, ("30s", "50s"), "1m10s", NODE),
    Case("SecurwomanNotAskedFor", {'up{job="other"}': "1x20"}, ("50s",), "1m", 'job="securwoman"'),
    Case("SecurwomanNotReady", {"securwoman_ready": "1x3 0x6"}, ("50s",), "1m10s", NODE),
    Case("SecurwomanActorsDeaf", {"securwoman_actors_listen": "1x3 0x6"}, ("50s",), "1m", NODE),
    Case("SecurwomanAlertsNotKept", {"securwoman_alerts_not_durable_total": "0x6 1x60"}, ("1m", "8m"), "2m",
        CENTER),
    Case("SecurwomanAlertsInMemory", {"securwoman_alerts_kept_in_memory": "0x3 2x9"}, ("50s",), "1m10s",
        CENTER),
    Case("SecurwomanMoreThanCanBeHandled", {"securwoman_alerts_advised_at_once_total": "0x6 1x60"}, ("1m",
        "8m"), "2m", CENTER),
    Case("SecurwomanIntakeSlow", {'securwoman_alert_durable_seconds_bucket{le="1.0"}': "0+9x40",
        'securwoman_alert_durable_seconds_bucket{le="2.0"}': "0+10x40",
        'securwoman_alert_durable_seconds_bucket{le="+Inf"}': "0+10x40"}, ("2m",), "5m", CENTER, every="30s"),
    Case("SecurwomanVoiceLate", {'securwoman_voice_ticks_total{is="kept"}': "0+1500x6 9000+1400x20",
        'securwoman_voice_ticks_total{is="late"}': "0x6 0+100x20"}, ("3m",), "6m", CENTER, every="30s"),
    Case("SecurwomanMembershipOld", {'securwoman_membership_age_seconds{node="n1"}': "0.3x3 4+10x9"},
        ("50s",), "1m", f'{NODE}, node="n1"'),
    Case("SecurwomanOneLineLeft", {'securwoman_line_ready{line="a", state="ready"}': "1x20",
        'securwoman_line_ready{line="b", state="ready"}': "1x2 stale",
        'securwoman_line_ready{line="b", state="no_network"}': "_x3 0x17"}, ("1m",), "4m", CENTER,
        every="30s"),
    Case("SecurwomanLineWaits",
        {'securwoman_alarms_standing{alarm="line.no_sim", subject="a", is="waits"}': "1x10",
        'securwoman_alarms_standing{alarm="line.no_sim", subject="b", is="seen"}': "1x10"}, ("30s",), "1m30s",
        f'{CENTER}, alarm="line.no_sim", subject="a"'),
    Case("SecurwomanLineQuiet", {'securwoman_line_level_dbfs{line="a", way="in"}': "-40x3",
        'securwoman_line_voice_seconds{line="a", way="in"}': "2x3",
        'securwoman_line_level_dbfs{line="b", way="in"}': "-26x3",
        'securwoman_line_voice_seconds{line="b", way="in"}': "2x3",
        'securwoman_line_level_dbfs{line="of nobody", way="in"}': "-100x3",
        'securwoman_line_voice_seconds{line="of nobody", way="in"}': "0x3"}, (), "1m",
        f'{NODE}, line="a", way="in"'),
    Case("SecurwomanLineCutOff", {'securwoman_line_clipped_ratio{line="a", way="in"}': "0.2x3",
        'securwoman_line_clipped_ratio{line="b", way="in"}': "0.01x3"}, (), "1m",
        f'{NODE}, line="a", way="in"'),
    Case("SecurwomanDiskFillsUp", {"securwoman_disk_free_bytes": "40000000000-50000000x40",
        "securwoman_disk_size_bytes": "100000000000x40",
        'securwoman_disk_free_bytes{job="half empty"}': "90000000000-90000000x40",
        'securwoman_disk_size_bytes{job="half empty"}': "100000000000x40",
        'securwoman_disk_free_bytes{job="slow"}': "40000000000-100000x40",
        'securwoman_disk_size_bytes{job="slow"}': "100000000000x40"}, ("20m",), "40m", NODE, every="1m"),
    Case("SecurwomanDiskNearlyFull", {"securwoman_disk_free_bytes": "3e9x2 1e9x10"}, ("2m",), "9m", NODE,
        every="1m"),
    Case("SecurwomanStrangersAtTheDoor",
        {'securwoman_http_requests_refused_total{status="401"}': "0x10 0+20x20",
        'securwoman_http_requests_refused_total{status="404"}': "0+900x30"}, ("10m",), "20m", CENTER,
        every="1m"),
)  # fmt: skip
"""In the rules' order."""
