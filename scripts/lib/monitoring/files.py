"""The files that are made of the tables, as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import yaml

from scripts.lib.monitoring import of_alarms
from scripts.lib.monitoring.board import board
from scripts.lib.monitoring.of_figures import RULES

RULES_FILE: Final = Path("deploy/prometheus/securwoman.rules.yml")
BOARD_FILE: Final = Path("deploy/grafana/securwoman.json")
_HEAD: Final = (
    "# Written by scripts/monitoring from model/alarms and scripts/lib/monitoring: change it there.\n"
)


def files() -> dict[Path, str]:
    """Each by its path in the project."""
    return {
        RULES_FILE: _HEAD + yaml.safe_dump(groups(), allow_unicode=True, sort_keys=False, width=110),
        BOARD_FILE: json.dumps(board(), indent=2, ensure_ascii=False) + "\n",
    }


def groups() -> dict[str, object]:
    """All rules, as Prometheus reads them."""
    return {
        "groups": [
            {"name": "securwoman-figures", "rules": [rule.written() for rule in RULES]},
            {"name": "securwoman-alarms", "rules": [rule.written() for rule in of_alarms.rules()]},
        ]
    }
