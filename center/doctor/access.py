"""The doctor's look at who is let in: app keys, and the operator whom simulated runs make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from application.state.keys import key_in_file
from application.state.state_dir import StateDir
from messages.ids import DEMO_OPERATOR
from model.checks import Finding, fail, ok, warn
from model.settings.web import SecondFactor


def access(
    state: StateDir, *, simulated: bool, second_factor: SecondFactor = SecondFactor.NONE
) -> Iterator[Finding]:
    """Which app keys are valid, and whether somebody is who should not be."""
    from application.state.journals import configured_url, journal_of
    from store.registry.registry import Registry

    if configured_url(state) == state.journal_url and not (state.path / "journal.db").is_file():
        return
    with journal_of(state) as journal:
        registry = Registry(journal)
        names = Counter(one.name for one in registry.app_keys())
        own = key_in_file(state)
        dead = own is not None and registry.app_key_is_revoked(own)
        demo = registry.operator(DEMO_OPERATOR)
        staff = registry.operators()
    valid = ", ".join(name if count == 1 else f"{name} ({count})" for name, count in names.items())
    if not names and own is None:
        yield ok("access", "the first start makes an app key")
    elif not names:
        yield fail("access", "no app key is valid: no app can raise an alert; securwoman key issue NAME")
    elif twice := [name for name, count in names.items() if count > 1]:
        hint = f"end the older ones when no app has them any more: key revoke --older {twice[0]}"
        yield warn("access", f"valid app keys: {valid}; {hint}")
    else:
        yield ok("access", f"valid app keys: {valid}")
    if dead:
        yield warn("access", "keys/app.key is revoked: the next start of the center puts a new one there")
    lacking = [
        one.id
        for one in staff
        if one.id != DEMO_OPERATOR and one.role.needs(second_factor) and not one.has_second_factor
    ]
    if lacking:
        who = ", ".join(lacking)
        hint = "each adds a passkey or an authenticator app at the console: ?, then Your sign-on"
        yield warn("access", f"no second factor has {who}, of whom one is asked; {hint}")
    if demo is not None and not simulated:
        yield fail(
            "access", "the demo operator of simulated runs is still there; a start with modems removes it"
        )
