"""What the watcher says and writes to people on duty, in both languages."""

from __future__ import annotations

from typing import Final

from features.watcher.verdict import Verdict

WORDS: Final = {
    "it": {
        Verdict.SILENT: "Il centro {name} non dà più segni di vita",
        Verdict.NO_HEARTBEAT: "Il centro {name} non dice più che va tutto bene, ma da fuori risponde",
        Verdict.NO_INTAKE: "Gli allarmi non raggiungono più il centro {name}",
        Verdict.UNWELL: "Il centro {name} dice che non può servire un allarme, o chiamare i reperibili",
    },
    "en": {
        Verdict.SILENT: "The center {name} gives no sign of life any more",
        Verdict.NO_HEARTBEAT: "The center {name} says no more that all is well, and answers from outside",
        Verdict.NO_INTAKE: "Alerts do not reach the center {name} any more",
        Verdict.UNWELL: "The center {name} says that it could not serve an alert, or phone those on duty",
    },
}
_WELL_AGAIN: Final = {
    "it": "È passato: il centro risponde di nuovo.",
    "en": "It is over: the center answers again.",
}


def what_is_wrong(verdict: Verdict, name: str, language: str) -> str:
    """A sentence, without its full stop, in one of the languages that there are words in."""
    return WORDS[language][verdict].format(name=name)


def well_again(language: str) -> str:
    """To who is on the phone when it is over."""
    return _WELL_AGAIN[language]
