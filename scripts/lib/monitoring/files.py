"""The generated files for monitoring, as text: rules, dashboard, and the page of checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import yaml

from scripts.lib.monitoring import of_alarms, of_checks
from scripts.lib.monitoring.board import board
from scripts.lib.monitoring.of_figures import RULES

RULES_FILE: Final = Path("deploy/prometheus/securwoman.rules.yml")
BOARD_FILE: Final = Path("deploy/grafana/securwoman.json")
CHECKS_FILE: Final = Path("docs/operations/checks.md")
_HEAD: Final = (
    "# Written by scripts/monitoring from model/alarms and scripts/lib/monitoring: change it there.\n"
)


def files() -> dict[Path, str]:
    """Return the files, by path in the project."""
    return {
        RULES_FILE: _HEAD + yaml.safe_dump(groups(), allow_unicode=True, sort_keys=False, width=110),
        BOARD_FILE: _board(),
        CHECKS_FILE: of_checks.page(),
    }


def _board() -> str:
    """Return the dashboard with one panel in each line, so that a diff shows the changed panel."""
    said = board()
    panels = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in said.pop("panels"))
    head = json.dumps(said, indent=2, ensure_ascii=False).removesuffix("\n}")
    return f'{head},\n  "panels": [\n{panels}\n  ]\n}}\n'


def groups() -> dict[str, object]:
    """Return all rules in the form of Prometheus."""
    return {
        "groups": [
            {"name": "securwoman-figures", "rules": [rule.written() for rule in RULES]},
            {"name": "securwoman-alarms", "rules": [rule.written() for rule in of_alarms.rules()]},
        ]
    }
