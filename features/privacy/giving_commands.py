"""`user export | erase`, `alert dossier`: what is handed out or forgotten, with no running center needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import UsageError
from application.options import DEFAULT, Common
from application.people import region_of, user_of
from application.settings.in_use import settings_in_use
from application.state.journals import journal_of
from messages.ids import AlertId
from runtime.terminal import shown


def export(
    user: str,
    /,
    *,
    to: Annotated[Path, Parameter(help="The folder, made anew.")],
    common: Common = DEFAULT,
) -> None:
    """Everything about a user, for that user: a page to read, the data, and the user's own recorded voice."""
    from features.privacy.person import PAGE, give
    from store.audit.entry import Action
    from store.registry.registry import Registry

    directory = common.directory
    recorded = settings_in_use(directory).recording.tracks
    with journal_of(directory) as journal:
        region = region_of(directory)
        found = user_of(Registry(journal, region=region), user, region)
        note(journal, directory, Action.EXPORT, (found.id,), "user export")
        given = give(journal, found, directory.recordings, recorded, to)
    if common.json:
        common.data({"user": found.id, "to": str(to), "alerts": len(given.alerts)})
        return
    common.say(f"{found.name or found.id}: {len(given.alerts)} alerts, {len(given.recordings)} recordings")
    common.say(str(to / PAGE))


def dossier(
    alert: str,
    /,
    *,
    to: Annotated[Path, Parameter(help="The PDF; its signature and what was recorded come beside it.")],
    language: Annotated[
        Literal["it", "en"] | None, Parameter(help="Of the PDF; without it the center's.")
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """The whole story of an alert: a PDF with all events, signed, and its recordings."""
    from features.privacy.dossier import make
    from store.audit.entry import Action

    directory = common.directory
    with journal_of(directory) as journal:
        note(journal, directory, Action.EXPORT, (alert,), "dossier")
        written = language or settings_in_use(directory).language
        made = make(journal, directory, AlertId(alert), to, written)
    if common.json:
        common.data(made)
        return
    for file in (made.file, made.signature, *made.recordings):
        common.say(file)
    common.say(f"signed by {made.fingerprint}")


def erase(
    user: str,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="", help="Do not ask.")] = False,
    common: Common = DEFAULT,
) -> None:
    """Erase a user for good: personal data, what is personal in their alerts, and the recordings of these."""
    from application.state.scrubbing import leave_nothing
    from store.alerts.erasing import erase_person
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = user_of(registry, user, region_of(common.directory))
        if not yes and sys.stdin.isatty():
            asked = shown(f"Erase {found.name} ({found.id}) for good? [y/N] ")
            print(asked, end="", file=sys.stderr, flush=True)
            if sys.stdin.readline().strip().lower() not in ("y", "yes", "s", "sì", "si"):
                raise UsageError("nothing was erased")
        done = erase_person(journal, found.id, by=BY)
        note(journal, common.directory, Action.CHANGE_PERSON, (found.id,), "erased")
        gone, later = leave_nothing(common.directory, journal)
    held = [one.alert for one in done if not one.kinds]
    alerts = [one.alert for one in done if one.kinds]
    if common.json:
        common.data({
            "erased": found.id, "alerts": alerts, "held": held, "recordings": gone, "on_disk_until": later
        })  # fmt: skip
        return
    common.say(f"{found.id} is erased, with {len(alerts)} alerts and {len(gone)} recordings")
    if held:
        common.say(f"kept, because they are held, and erased with their release: {', '.join(held)}")
    if later:
        common.say(f"what was deleted can still be on the disk: {later}")
