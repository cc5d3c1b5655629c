"""Needs of a center before anyone in danger relies on it, and which of them are met. Pure.

The order is that of setting up a new center. A need is measured where possible; otherwise a person confirms
it, and the name is kept. A confirmation never overrides a measurement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import Instant, OperatorId
from messages.rows import Sentence
from model.checks import Check, CheckUser, Cost

PUBLIC_LINES_WANTED: Final = 2
"""Lines for operator and user, who are called at the same time."""
EMERGENCY_LINES_WANTED: Final = 2
"""Lines for 112: if 112 is busy or silent, the second line calls at once."""
OPERATORS_WANTED: Final = 2


class Need(StrEnum):
    """A need of a center. The names are permanent: confirmations are stored by name."""

    CERTIFICATE = "certificate"
    """Phones and browsers trust the center's address."""
    LINES = "lines"
    """Real lines, enough for one alert."""
    TEST_ALERT = "test_alert"
    """A successful test alert, with a telephone that rang."""
    SECOND_OPERATOR = "second_operator"
    DUTY = "duty"
    """Callouts reach a person at each hour, and that person has taken a test callout."""
    EMERGENCY_TRUNK = "emergency_trunk"
    """First of the two switches without which 112 is never dialled."""
    SECOND_EMERGENCY_LINE = "second_emergency_line"
    BACKUP = "backup"
    BACKUP_CHECKED = "backup_checked"
    """A trial restore of a backup."""
    CLOCK = "clock"
    """The machine's clock is synchronised."""
    UPS = "ups"
    """Machine, modems and network run on when the mains fail."""
    PSAP_AGREEMENT = "psap_agreement"
    """112 knows that this center calls, and its numbers."""
    PSAP_LIVE = "psap_live"
    """The second switch, `psap.live`: the last step."""


class CertificateTrust(StrEnum):
    """Authority by which phones and browsers trust the center's address."""

    NONE = "none"
    """No TLS."""
    OWN = "own"
    """The center's own authority, to be installed on each device."""
    PUBLIC = "public"
    """An authority that every device trusts."""
    OTHER = "other"
    """An authority unknown to this machine, or a proxy's."""


class MachineMeasurements(msgspec.Struct, frozen=True, kw_only=True):
    """Measurements of the machine. None: cannot be measured here."""

    simulated: bool = False
    """True if calls go to a simulated carrier."""
    measured: dict[Need, bool] = {}
    """Needs measured by features."""
    clock: bool | None = None
    trust: CertificateTrust = CertificateTrust.NONE
    names: tuple[str, ...] = ()
    """Names in the certificate."""
    until: str = ""
    """Last day of the certificate's validity."""
    fingerprint: str = ""
    """SHA-256, as phones display it, of the certificate of the center's own authority; without such an
    authority, of the center's certificate.
    """


class Measurements(msgspec.Struct, frozen=True, kw_only=True):
    """All measurements."""

    machine: MachineMeasurements
    public_lines: int
    emergency_lines: int
    emergency_trunk: bool
    psap_live: bool
    operators: int
    test_alert: bool


class NeedConfirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Confirmation of a need by a person."""

    by: OperatorId
    at: Instant
    note: str = ""


class NeedState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one need."""

    need: Need
    check: Check[Measurements, bool | None]
    done: bool
    by_person: bool
    """True if the need cannot be measured: a person confirms it, or withdraws the confirmation."""
    confirmed: NeedConfirmation | None = None


def _real(found: Measurements) -> bool:
    return not found.machine.simulated


def _by_a_person(found: Measurements) -> None:
    """Return None: the need cannot be measured."""


def _need(
    need: Need, cost: Cost, at: Sentence, do: Sentence, look: Callable[[Measurements], bool | None]
) -> Check[Measurements, bool | None]:
    return Check(name=need, at=at, do=do, cost=cost, asked=frozenset({CheckUser.START}), look=look)


NEEDS: Final = (
    _need(
        Need.CERTIFICATE,
        Cost.FILES,
        Sentence("Trusted address", "Indirizzo fidato"),
        Sentence(
            "Browsers and phones must trust the centre’s address: otherwise the app cannot raise alerts.",
            "Browser e telefoni devono fidarsi dell’indirizzo del centro: senza, l’app non può "
            "lanciare allarmi.",
        ),
        lambda found: {CertificateTrust.NONE: False, CertificateTrust.PUBLIC: True}.get(found.machine.trust),
    ),
    _need(
        Need.LINES,
        Cost.MEMORY,
        Sentence("Two real lines", "Due linee vere"),
        Sentence(
            "Operator and user are called at the same time: the public trunk needs two modems with SIMs.",
            "Operatore e persona si chiamano insieme: servono due modem con SIM sul gruppo pubblico.",
        ),
        lambda found: _real(found) and found.public_lines >= PUBLIC_LINES_WANTED,
    ),
    _need(
        Need.TEST_ALERT,
        Cost.FILES,
        Sentence("Test alert", "Allarme di prova"),
        Sentence(
            "The centre calls your phone like a user’s phone. A test never calls 112.",
            "Il centro chiama il tuo telefono come quello di chi chiede aiuto. Non chiama mai il 112.",
        ),
        lambda found: _real(found) and found.test_alert,
    ),
    _need(
        Need.SECOND_OPERATOR,
        Cost.FILES,
        Sentence("A second operator", "Un secondo operatore"),
        Sentence(
            "One operator does not cover a shift: if one does not answer, another must. Chapter O.",
            "Da soli non si copre un turno: chi non risponde deve avere qualcuno dopo. Capitolo O.",
        ),
        lambda found: found.operators >= OPERATORS_WANTED,
    ),
    _need(
        Need.DUTY,
        Cost.FILES,
        Sentence("People on duty for faults", "Se si guasta, qualcuno è chiamato"),
        Sentence(
            "Every hour of the next two weeks has a person who took a test within 90 days. Chapter J: P, T.",
            "Per due settimane nessuna ora scoperta, da chi ha preso una prova in 90 giorni. "
            "Capitolo J: P, T.",
        ),
        lambda found: found.machine.measured.get(Need.DUTY),
    ),
    _need(
        Need.EMERGENCY_TRUNK,
        Cost.MEMORY,
        Sentence("Switch 1: a line for 112", "Interruttore 1: linea per il 112"),
        Sentence(
            "A modem on the trunk reserved for 112 (emergency = true): only these lines can carry the call.",
            "Un modem sul gruppo riservato al 112 (emergency = true): solo da lì può partire la chiamata.",
        ),
        lambda found: _real(found) and found.emergency_trunk,
    ),
    _need(
        Need.SECOND_EMERGENCY_LINE,
        Cost.MEMORY,
        Sentence("A second line for 112", "Una seconda linea per il 112"),
        Sentence(
            "If 112 is busy, the centre calls again at once, on another reserved line.",
            "Se il 112 è occupato, si richiama subito da un’altra linea riservata.",
        ),
        lambda found: _real(found) and found.emergency_lines >= EMERGENCY_LINES_WANTED,
    ),
    _need(
        Need.BACKUP,
        Cost.FILES,
        Sentence("A backup written", "Copia di sicurezza scritta"),
        Sentence(
            "The last backup is from today or yesterday, at the configured place. Use another disk.",
            "L’ultima è di oggi o di ieri, ed è dove le impostazioni dicono. Meglio su un altro disco.",
        ),
        lambda found: found.machine.measured.get(Need.BACKUP),
    ),
    _need(
        Need.BACKUP_CHECKED,
        Cost.FILES,
        Sentence("A backup tested", "Copia di sicurezza provata"),
        Sentence(
            "A backup was restored for trial within the last 8 days.",
            "Una copia è stata ripristinata per prova negli ultimi 8 giorni.",
        ),
        lambda found: found.machine.measured.get(Need.BACKUP_CHECKED),
    ),
    _need(
        Need.CLOCK,
        Cost.MEMORY,
        Sentence("Clock synchronised", "Orologio sincronizzato"),
        Sentence(
            "The clock follows a server: apt install systemd-timesyncd. Otherwise wrong times are stored.",
            "L’ora segue un server: apt install systemd-timesyncd. Altrimenti le ore scritte sono false.",
        ),
        lambda found: found.machine.clock,
    ),
    _need(
        Need.UPS,
        Cost.MEMORY,
        Sentence("Uninterruptible power", "Gruppo di continuità"),
        Sentence(
            "Machine, modems and network run without mains power: test it by pulling the plug.",
            "Macchina, modem e rete vanno avanti senza corrente: provato staccando la spina.",
        ),
        _by_a_person,
    ),
    _need(
        Need.PSAP_AGREEMENT,
        Cost.MEMORY,
        Sentence("Agreement with 112", "Accordo con il 112"),
        Sentence(
            "112 knows that this centre calls, and its numbers.",
            "La centrale del 112 sa che questo centro chiama, e da quali numeri.",
        ),
        _by_a_person,
    ),
    _need(
        Need.PSAP_LIVE,
        Cost.MEMORY,
        Sentence("Switch 2: the real 112", "Interruttore 2: 112 vero"),
        Sentence(
            "The last step: L, then Y and the sentence; N, then Q. From then on E calls the real 112.",
            "Per ultimo: L, poi Y e la frase; N, poi Q. Da allora E chiama il 112 vero.",
        ),
        lambda found: _real(found) and found.psap_live,
    ),
)
"""Needs in the order of setting up a new center. None as a result: a person confirms the need."""
_OF: Final = {check.name: check for check in NEEDS}


def need_states(found: Measurements, confirmed: Mapping[Need, NeedConfirmation]) -> tuple[NeedState, ...]:
    """Return the state of all needs, in their order."""
    return tuple(_row(check, found, confirmed) for check in NEEDS)


def count_unmet(all_rows: tuple[NeedState, ...]) -> int:
    """Return the number of unmet needs."""
    return sum(not row.done for row in all_rows)


def is_confirmed_by_person(need: Need, found: Measurements) -> bool:
    """Return True if a person may confirm the need: it cannot be measured here."""
    return _OF[need].look(found) is None


def _row(
    check: Check[Measurements, bool | None], found: Measurements, confirmed: Mapping[Need, NeedConfirmation]
) -> NeedState:
    need, measured = Need(check.name), check.look(found)
    if measured is not None:
        return NeedState(need=need, check=check, done=measured, by_person=False)
    said = confirmed.get(need)
    return NeedState(need=need, check=check, done=said is not None, by_person=True, confirmed=said)
