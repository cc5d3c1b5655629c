"""What the watcher says and writes to people on duty, in both languages."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final

from media.conference.sounds import Sounds
from media.conference.speaker import SoundError, synthesized
from media.sound.speech import leveled, trimmed
from media.trial.carried import frames_of
from model.watching.verdict import Verdict

PAUSE_S: Final = 2.0
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
_KEYS: Final = (
    "Premi 1 per occupartene. Premi 9 per far chiamare un'altra persona.",
    "Press 1 to see to it. Press 9 to have somebody else called.",
)
_TAKEN: Final = ("Grazie. Adesso è tuo.", "Thank you. It is yours now.")
_NEXT: Final = ("Va bene. Chiamo un'altra persona.", "All right. Somebody else is called.")


def what_is_wrong(verdict: Verdict, name: str, language: str) -> str:
    """A sentence, without its full stop."""
    return _in(_WRONG[verdict], language).format(name=name)


def called(verdict: Verdict, name: str, language: str) -> Sequence[bytes]:
    """What is said to who answers, again and again."""
    return _spoken(f"securWoman. {what_is_wrong(verdict, name, language)}. {_in(_KEYS, language)}", language)


def taken(language: str) -> Sequence[bytes]:
    """To who has pressed 1, once that is written down."""
    return _spoken(_in(_TAKEN, language), language)


def passed_on(language: str) -> Sequence[bytes]:
    """To who has pressed 9."""
    return _spoken(_in(_NEXT, language), language)


def _in(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "it" else pair[1]


def _spoken(text: str, language: str) -> Sequence[bytes]:
    """Where no synthesizer is installed an announcement of the center's own says at least who calls."""
    try:
        sound = leveled(trimmed(synthesized(text, "it" if language == "it" else "en")))
    except (OSError, subprocess.SubprocessError, SoundError):
        sound = Sounds().load("please_hold", language, "")
    return frames_of(sound.tobytes(), PAUSE_S)
