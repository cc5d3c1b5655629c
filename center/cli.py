"""The command line, `securwoman`: the tree of commands, and how every one of them ends.

Commands are in `center.commands`, imported only when called, so that `alert send` takes no longer
than it must. What a command cannot do it raises as a CenterError; here it becomes one sentence on
stderr and an exit code. Nothing else prints an error.

Exit codes: 0 done, 1 it did not succeed, 2 wrong use or settings, 3 no center runs or answers,
70 a defect of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from cyclopts import App, CycloptsError

from application.errors import CenterError, UsageError
from application.settings.where import config_in_use, features_off
from application.state.state_dir import StateDir, default_path
from center import features
from model.feature import Command, installed
from runtime.terminal import shown

INTERRUPTED: Final = 130
INTERNAL: Final = 70
"""A defect of ours (sysexits.h, EX_SOFTWARE)."""
TRACEBACK: Final = "SECURWOMAN_TRACEBACK"
"""Environment variable: set to anything, an internal error shows where it happened."""

_GROUPS: Final[dict[str, tuple[str, dict[str, tuple[str, str]]]]] = {
    "alert": (
        "Raise a test or real alert, and read what became of alerts.",
        {
            "send": ("send", "Raise an alert; the last line is its id."),
            "list": ("list_", "The alerts of the journal, newest first."),
            "show": ("show", "Where one alert stands."),
            "timeline": ("timeline", "The story of one alert, in seconds since it was received."),
            "watch": ("watch", "What happens to all alerts, as it happens."),
            "hold": ("hold", "Keep an alert from being forgotten, until it is released."),
            "release": ("release", "Let an alert be forgotten when its time is over."),
        },
    ),
    "user": ("The people who may raise alerts.", {}),
    "operator": (
        "The operators who answer.",
        {
            "remove": (
                "people.access:remove",
                "Remove an operator: all that signs on, sessions and shift end.",
            ),
            "first": ("people.access:first", "A code by which somebody becomes the first admin, once."),
            "recover": ("people.access:recover", "A code that signs an operator on once, within a day."),
            "tokens": ("people.access:tokens", "Whether an operator has a token, or a new one."),
            "revoke": ("people.access:revoke", "End an operator's token, recovery code and sessions."),
            "sessions": ("people.access:sessions", "Who is signed on, from where and until when."),
        },
    ),
    "key": (
        "The keys by which apps raise alerts.",
        {
            "list": ("list_", "The app keys that are valid."),
            "issue": ("issue", "A new app key; the last line is the key."),
            "revoke": ("revoke", "End the app keys of a name, within a second."),
        },
    ),
    "certificate": (
        "TLS on a network of one's own.",
        {"make": ("make", "A certificate for this center, by an authority of its own; again renews it.")},
    ),
    "modem": (
        "Modems and their lines.",
        {
            "list": ("modems.listing:list_", "Ports, lines, and modems that no line names."),
            "probe": ("probe", "Ask what is at a port, or at every port."),
            "trace": ("trace", "Write down what a modem says, as an AT trace."),
            "replay": ("replay", "Read an AT trace and tell the calls in it."),
            "call": ("call", "Call a number through one modem; never an emergency number."),
            "setup": ("modems.setup:setup", "Set once what a modem keeps in its own memory."),
            "credit": ("modems.credit:credit", "Ask what is left on a line's SIM."),
        },
    ),
    "journal": (
        "The journal: everything that happened.",
        {
            "verify": ("verify", "Check the journal; exit 1 when it is damaged."),
            "export": ("export", "Write events to stdout; no backup."),
            "import": ("import_", "Take an export into an empty journal."),
        },
    ),
}
_SINGLE: Final = {
    "run": "Start the center, and stop it in order with Ctrl-C.",
    "ps": "The processes and actors of the running center.",
    "doctor": "Check everything that a center needs; exit 1 on a failure.",
}

_MODULES: Final = {
    "modem": "modems.modem",
}
"""Where a command or group is, if not in the module of its name."""


def build() -> App:
    """The tree of commands. Imports none of them."""
    app = App(
        name="securwoman",
        help="Operations center for people in danger.",
        version=_version,
        help_format="plaintext",
        result_action="return_value",
    )
    groups = {name: about for name, (about, _) in _GROUPS.items()}
    for feature in installed():
        groups |= feature.command_groups
    used = {one.words.split()[0] for one in _commands()}
    grouped = {
        name: App(name=name, help=about, help_format="plaintext", result_action="return_value")
        for name, about in groups.items()
        if name in used
    }
    for one in _commands():
        *group, name = one.words.split()
        (grouped[group[0]] if group else app).command(one.by, name=name, help=one.does)
    for sub in grouped.values():
        app.command(sub)
    return app


def commands() -> tuple[tuple[str, ...], ...]:
    """Every command by the words that call it."""
    return tuple(tuple(one.words.split()) for one in _commands())


def _commands() -> Iterator[Command]:
    """The kernel's, and the features'."""
    for name, says in _SINGLE.items():
        yield Command(words=name, does=says, by=f"center.commands.{_MODULES.get(name, name)}:{name}")
    for group, (_, names) in _GROUPS.items():
        for name, (function, says) in names.items():
            where = function if ":" in function else f"{_MODULES.get(group, group)}:{function}"
            yield Command(words=f"{group} {name}", does=says, by=f"center.commands.{where}")
    for feature in installed():
        yield from feature.commands


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Prints its errors."""
    features.install(features_off(_config(arguments)))
    try:
        code = build()(_normalised(arguments), exit_on_error=False, print_error=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except CycloptsError as error:
        return _failed(str(error), UsageError.exit_code)
    except CenterError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (
        Exception
    ) as error:  # the edge: a defect of ours must still be one line to the person at the terminal
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _failed(
            f"internal error: {type(error).__name__}: {error} (set {TRACEBACK}=1 for more)", INTERNAL
        )


def _config(arguments: Sequence[str]) -> Path:
    """The settings of the center that is meant, before the command is known."""
    given = dict(pairwise(arguments))
    given |= dict(one.split("=", 1) for one in arguments if one.startswith("--") and "=" in one)
    if "--config" in given:
        return Path(given["--config"])
    state = Path(given["--state"]) if "--state" in given else default_path(os.environ)
    return config_in_use(StateDir(state))


def _failed(reason: str, code: int) -> int:
    sys.stdout.flush()
    for line in reason.splitlines() or [reason]:
        print(f"securwoman: {shown(line)}", file=sys.stderr)
    return code


def _normalised(arguments: list[str]) -> list[str]:
    """`--state` may stand before the command, too, and `--simulate` without its file."""
    first: list[str] = []
    rest = list(arguments)
    while rest and (rest[0] == "--state" or rest[0].startswith("--state=")):
        taken = 2 if rest[0] == "--state" else 1
        first, rest = first + rest[:taken], rest[taken:]
    if "run" in rest[:1]:
        for i, argument in enumerate(rest):
            alone = i + 1 == len(rest) or rest[i + 1].startswith("-")
            if argument == "--simulate" and alone:
                rest[i] = "--simulate="
    end = rest.index("--") if "--" in rest else len(rest)
    return rest[:end] + first + rest[end:]


def _version() -> str:
    from application.version import version

    return version()


if __name__ == "__main__":
    main()
