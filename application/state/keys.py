"""Keys of the first start: the app key, and in a simulated run a demo operator with a token.

The files are for people and scripts; the registry holds only hashes. A lost file is created again; a new
registry receives the secret of the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.errors import StateError
from application.state.state_dir import StateDir, write_kept
from messages.ids import DEMO_OPERATOR, E164, OperatorId, ShiftState

if TYPE_CHECKING:
    from store.journal.journal import Journal
    from store.registry.registry import Registry

APP_KEY: Final = "app.key"
OWN_KEY: Final = "center"
DEMO_TOKEN: Final = "demo-operator.token"
DEMO_PHONE: Final = E164("+390200000100")
DEMO_USER: Final = E164("+393331112223")
_BY: Final = "first start"


def ensure_app_key(state: StateDir, registry: Registry, name: str = OWN_KEY) -> list[str]:
    """Ensure that the center's own app key is in its file and in the registry; return messages about it for
    people.

    A revoked key is replaced by a new one in the file.
    """
    told = []
    file = state.keys / APP_KEY
    key = _secret(file, "swk")
    if registry.app_key_is_revoked(key):
        file.unlink()
        key = _secret(file, "swk")
        told.append(f"the key in {file} was revoked: the file holds a new key now")
    registry.trust_app_key(key, name)
    of_name = [one for one in registry.app_keys() if one.name == registry.app_key_name(key)]
    if len(of_name) > 1:
        told.append(
            f"{len(of_name)} app keys called {of_name[0].name} are valid besides the key in {file}: "
            f"end the others with securwoman key revoke --older {of_name[0].name}"
        )
    return told


def key_in_file(state: StateDir) -> str | None:
    """Return the app key of this state directory; None if there is none."""
    try:
        return (state.keys / APP_KEY).read_text().strip() or None
    except OSError:
        return None


def ensure_demo_operator(state: StateDir, registry: Registry, journal: Journal, *, has_phone: bool) -> None:
    """Ensure the operator of a simulated run; the shift starts if the simulation has a phone for the
    operator.

    The shift is started only once: later changes, by orders or by silence, are kept.
    """
    from store.registry.people import StaffRole

    if registry.operator(DEMO_OPERATOR) is None:
        registry.add_operator("Demo Operator", DEMO_PHONE, role=StaffRole.ADMIN, by=_BY, id=DEMO_OPERATOR)
        if has_phone:
            set_shift(journal, DEMO_OPERATOR, ShiftState.READY, _BY)
    registry.trust_token(DEMO_OPERATOR, _secret(state.keys / DEMO_TOKEN, "swo"), by=_BY)


def drop_demo_operator(state: StateDir, registry: Registry) -> list[str]:
    """Remove the demo operator where real modems are used, so that no operator's token is stored in a file.
    Return messages about it for people.
    """
    (state.keys / DEMO_TOKEN).unlink(missing_ok=True)
    if registry.operator(DEMO_OPERATOR) is None:
        return []
    registry.remove_operator(DEMO_OPERATOR, by=_BY)
    return ["the demo operator of simulated runs is removed, token and sessions have ended"]


def ensure_demo_user(registry: Registry) -> None:
    """Ensure a user in the registry of a simulated run, so that its first alert shows a name."""
    from store.registry.people import Person

    if registry.count_users() == 0:
        giulia = Person(phones=(DEMO_USER,), first_name="Giulia", last_name="Rossi", language="it")
        registry.add_user(giulia, by=_BY)


def set_shift(journal: Journal, operator: OperatorId, state: ShiftState, reason: str) -> None:
    """Write the operator's shift state into the operator's stream."""
    from messages.events import ShiftChanged
    from store import streams
    from store.journal.journal import Append

    changed = ShiftChanged(operator=operator, state=state, reason=reason)
    journal.append(Append(streams.operator(operator), None, (changed,)))


def _secret(file: Path, prefix: str) -> str:
    """Return the file's secret; create the file if it is missing or empty. Readable by its owner alone."""
    from store.registry.access.credentials import new_secret

    try:
        if secret := file.read_text().strip():
            return secret
        file.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StateError(f"cannot read {file}: {error.strerror}") from error
    secret = new_secret(prefix)
    write_kept(file, f"{secret}\n".encode())
    return secret
