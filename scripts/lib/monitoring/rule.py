"""A rule of Prometheus as data, and its form in a rules file."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from model.alarms.kind import Words


class Severity(StrEnum):
    """Route of the alert in Alertmanager."""

    PAGE = "page"
    """A person is woken."""
    TICKET = "ticket"
    """The alert may wait for working hours."""
    NONE = "none"
    """Nothing is wrong: the alert is always active, so that its absence is noticed."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule. `{{ $labels.… }}` in its words belongs to Prometheus."""

    name: str
    expr: str
    lasts: str = "0s"
    """Time that the expression must be true."""
    severity: Severity
    it: Words
    en: Words
    alarm: str = ""
    """Name of the center's alarm, if any."""

    def written(self) -> dict[str, Any]:
        """Return the rule in the form of a rules file."""
        labels = {"severity": self.severity.value} | ({"alarm": self.alarm} if self.alarm else {})
        return {
            "alert": self.name,
            "expr": self.expr,
            "for": self.lasts,
            "labels": labels,
            "annotations": {
                "summary": self.en.short,
                "description": self.en.means,
                "action": self.en.do,
                "summary_it": self.it.short,
                "description_it": self.it.means,
                "action_it": self.it.do,
            },
        }
