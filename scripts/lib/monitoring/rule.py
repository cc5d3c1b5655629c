"""A rule of Prometheus as data, and how it is written down."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from model.alarms.kind import Words


class Severity(StrEnum):
    """What Alertmanager does with it."""

    PAGE = "page"
    """Somebody is woken."""
    TICKET = "ticket"
    """It waits until there is time."""
    NONE = "none"
    """Nothing is wrong: it is there to be missed."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. In its words `{{ $labels.… }}` is Prometheus's own."""

    name: str
    expr: str
    lasts: str = "0s"
    """For so long it has to be so."""
    severity: Severity
    it: Words
    en: Words
    alarm: str = ""
    """The center's own name of it, where it has one."""

    def written(self) -> dict[str, Any]:
        """As a rules file has it."""
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
