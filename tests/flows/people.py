"""Who is there: operators with passwords, users with PINs, and what their telephones do.

No telephone answers by itself: who is called rings until the test has the call answered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from messages.ids import OperatorId
from tests.support.center import PSAP, USER, Center, simulation
from tests.support.recordings import write_tone


class Operator(NamedTuple):
    """One who signs on."""

    id: OperatorId
    name: str
    phone: str
    role: str
    password: str


MARTA: Final = Operator(
    OperatorId("marta-bianchi"), "Marta Bianchi", "+390200000102", "supervisor", "una frase lunga"
)
LUCA: Final = Operator(OperatorId("luca-ferri"), "Luca Ferri", "+390200000103", "operator", "un’altra frase")
OPERATORS: Final = (MARTA, LUCA)

GIULIA: Final = USER
SARA: Final = "+393331112225"
ELENA: Final = "+393331112226"
USERS: Final = {
    GIULIA: "Giulia Rossi",
    SARA: "Sara Verdi",
    ELENA: "Elena Neri",
}
PIN: Final = "4711"
DURESS_PIN: Final = "9999"
NOTES: Final = "Asthma"

SETTINGS: Final = """
[operator]                      # an operator's telephone waits for the test, however slow the machine is
answer_within_s = 60
all_after_s = 60
silent_after_s = 120
wrap_up_s = 300                 # until she ends it

[user]
no_answer_s = 8

[announcements]
folder = "voices"

[[trunk]]
name = "public"

[[trunk]]
name = "emergency"
emergency = true
"""


def world() -> str:
    """The simulated carrier's: enough lines for two conversations and one for callers."""
    numbers = [*(one.phone for one in OPERATORS), *USERS, PSAP]
    phones: dict[str, dict[str, object]] = {number: {"answers_after_s": 600} for number in numbers}
    for hz, number in enumerate((*(one.phone for one in OPERATORS), SARA, ELENA), 500):
        # No microphone is as silent as a phone that says nothing: that would be a call without sound.
        phones[number]["says"] = f"tone:{hz}"
    return simulation(public=6, phones=phones)


ASKED_HZ: Final = 2750
"""What the center's own recording of the fourth question is, in place of words."""


def own_voice(folder: Path) -> None:
    """The center's own recordings: a machine without a speech synthesizer asks by them as well."""
    folder.mkdir()
    for language in ("it", "en"):
        write_tone(folder / f"unknown-4.{language}.wav", ASKED_HZ, seconds=1.0)


def moved_in(made: Center, folder: Path) -> None:
    """Operators and users, each as the person on duty would enter them; the demo operator goes off shift."""
    for one in OPERATORS:
        added = made.command(
            *("operator", "add", one.name, "--phone", one.phone, "--role", one.role, "--password"),
            typed=f"{one.password}\n",
        )
        assert added.returncode == 0, added.stderr
    rows = [
        f"{phone},{name.replace(' ', ',')},it,{NOTES},{PIN},{DURESS_PIN}" for phone, name in USERS.items()
    ]
    file = folder / "users.csv"
    file.write_text("\n".join(["phone,first_name,last_name,language,notes,cancel_pin,duress_pin", *rows, ""]))
    imported = made.cli("user", "import", str(file))
    assert imported.returncode == 0, imported.stderr
    off = made.cli("operator", "shift", "demo", "off")
    assert off.returncode == 0, off.stderr
