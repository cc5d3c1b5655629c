"""What the watcher says and writes to people on duty, in both languages."""

from __future__ import annotations

from typing import Final

from model.watching.verdict import Verdict

_WRONG: Final = {
    Verdict.SILENT: (
        "Il centro {name} non dà più segni di vita",
        "The center {name} gives no sign of life any more",
    ),
    Verdict.NO_HEARTBEAT: (
        "Il centro {name} non dice più che va tutto bene, ma da fuori risponde",
        "The center {name} does not say any more that all is well, and answers from outside",
    ),
    Verdict.NO_INTAKE: (
        "Gli allarmi non raggiungono più il centro {name}",
        "Alerts do not reach the center {name} any more",
    ),
    Verdict.UNWELL: (
        "Il centro {name} dice che non può servire un allarme",
        "The center {name} says that it could not serve an alert",
    ),
}
_WELL_AGAIN: Final = (
    "È passato: il centro risponde di nuovo.",
    "It is over: the center answers again.",
)


def what_is_wrong(verdict: Verdict, name: str, language: str) -> str:
    """A sentence, without its full stop."""
    italian, english = _WRONG[verdict]
    return (italian if language == "it" else english).format(name=name)


def well_again(language: str) -> str:
    """To who is on the phone when it is over."""
    italian, english = _WELL_AGAIN
    return italian if language == "it" else english
