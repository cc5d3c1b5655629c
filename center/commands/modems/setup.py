"""`modem setup`: the settings required in a modem's own memory; shown, set on confirmation, and read back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.errors import CenterError, UsageError
from application.options import DEFAULT, Common
from gateways.gsm.dialects.kept_settings import SettingState

if TYPE_CHECKING:
    from center.modems.own_settings import Item
    from center.modems.questions import Questions


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Modem at the port, and its settings at the end."""

    port: str
    """Present port."""
    imei: str
    dialect: str
    items: list[Item]
    changed: tuple[str, ...] = ()
    """Names of the settings that the command tried to set."""
    refused: dict[str, str] = {}
    """The modem's refusals, by name."""


def setup(
    port: Annotated[str, Parameter(help="Port of the modem.")],
    /,
    *,
    usb_audio: Annotated[
        bool, Parameter(negative="", help="Also make the modem present a USB sound card.")
    ] = False,
    yes: Annotated[bool, Parameter(negative="", help="Set without a confirmation.")] = False,
    dialect: Annotated[str, Parameter(help="AT dialect of the modem; auto identifies it.")] = "auto",
    common: Common = DEFAULT,
) -> int:
    """Set once the settings in a modem's own memory; exit with 1 if one is not as required.

    Show present and required values, set them on Enter, and read them back after the modem has restarted.
    """
    from application.settings.in_use import settings_in_use
    from center.modems.own_settings import ask_again, items, set_, start_anew
    from center.modems.questions import questions
    from gateways.gsm.probing import line_at

    state = common.directory
    if (line := line_at(state, port)) is not None:
        raise CenterError(f"line {line} of the running center has {port} open: stop the center first")
    with questions(port) as asked:
        path = asked.path
        maker, model, _, imei = asked.identify(dialect)
        kind = asked.dialect
        if _holds_a_call(asked):
            raise CenterError(f"{port}: the modem has a call: hang up first")
        before = items(asked, usb_audio=usb_audio)
        common.print_line(
            f"{path}: {' '.join(filter(None, (maker, model)))}, IMEI {imei or 'unknown'}, {kind.key}"
        )
        wanted = [item for item in before if item.standing is SettingState.DIFFERS]
        _show(common, before)
        if not wanted:
            return _end(common, Outcome(port=path, imei=imei, dialect=kind.key, items=before))
        if not yes and not _agreed(any(item.reboot for item in wanted)):
            return _end(common, Outcome(port=path, imei=imei, dialect=kind.key, items=before))
        refused = set_(asked, wanted)
        reboot = any(item.reboot and item.name not in refused for item in wanted)
        if reboot and not start_anew(asked):
            common.print_line("the modem did not restart: switch the modem off and on")
    where, after = ask_again(path, imei, kind, settings_in_use(state).lines, state, usb_audio=usb_audio)
    changed = tuple(item.name for item in wanted)
    return _end(
        common,
        Outcome(port=where, imei=imei, dialect=kind.key, items=after, changed=changed, refused=refused),
    )


def _holds_a_call(asked: Questions) -> bool:
    """Return True if a call is up, which a restart would end; data sessions do not count."""
    from gateways.gsm.at.parse import parse_clcc

    rows = asked.ask(asked.dialect.data.calls).lines
    real = [row for row in rows if not asked.dialect.is_phantom(row.partition(":")[2].strip())]
    return any((row := parse_clcc(line)) is not None and row.mode == 0 for line in real)


def _agreed(reboot: bool) -> bool:
    """Prompt for consent. Raises UsageError without a terminal."""
    if not sys.stdin.isatty():
        raise UsageError("nothing was set: repeat with --yes, or answer at a terminal")
    after = " and restart the modem" if reboot else ""
    print(f"Press Enter to set these{after}, Ctrl-C to change nothing ", end="", file=sys.stderr, flush=True)
    try:
        return sys.stdin.readline().strip().lower() in ("", "y", "yes")
    except KeyboardInterrupt:
        return False


def _show(common: Common, found: list[Item]) -> None:
    for item in found:
        match item.standing:
            case SettingState.MATCHES:
                common.print_line(f"  {item.name}: correct ({item.is_now})")
            case SettingState.UNKNOWN:
                common.print_line(
                    f"  {item.name}: the firmware does not know this setting, or reports it in "
                    f"another form ({item.is_now})"
                )
            case SettingState.DIFFERS:
                common.print_line(
                    f"  {item.name}: is {item.is_now or 'not there'}; {', '.join(item.commands)}"
                )
                common.print_line(f"    {item.why}")


def _end(common: Common, outcome: Outcome) -> int:
    """Report the result of each setting; return the exit code."""
    left = {item.name: item for item in outcome.items if item.standing is SettingState.DIFFERS}
    if outcome.changed:
        common.print_line(f"{outcome.port}: read back")
    for name in outcome.changed:
        if name not in left:
            common.print_line(f"  {name}: set")
        elif name in outcome.refused:
            common.print_line(f"  {name}: REFUSED ({outcome.refused[name]}), is {left[name].is_now}")
        else:
            common.print_line(f"  {name}: NOT KEPT, is {left[name].is_now}: check the modem's firmware")
    if not outcome.items:
        common.print_line("no settings are known for this kind of modem")
    elif not left:
        common.print_line("all settings of the modem are correct")
    if common.json:
        common.data(outcome)
    return 1 if left else 0
