"""The command line, `securwoman`: the tree of commands, and the exit of each command.

Commands are in `center.commands`, and are imported only when called, so that `alert send` stays fast. A
command that fails raises a CenterError; this module prints the error as one sentence on stderr and returns
the exit code. No other module prints errors.

Exit codes: 0 success, 1 failure, 2 wrong use or settings, 3 no center runs or answers, 70 internal error, 130
interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from application.errors import CenterError, UsageError
from application.settings.where import config_in_use, features_off
from application.state.state_dir import StateDir, default_path
from center import features
from center.commands.table import COMMANDS, GROUPS
from model.feature import Command, installed
from runtime.terminal import shown

INTERRUPTED: Final = 130
INTERNAL: Final = 70
"""Internal error (sysexits.h, EX_SOFTWARE)."""
TRACEBACK: Final = "SECURWOMAN_TRACEBACK"
"""Environment variable: if set, an internal error prints its traceback."""
_PARAMETER: Final = Parameter(negative_iterable=(), show_default=lambda default: default or None)
"""Help without the defaults that say nothing, such as False, and without options such as `--empty-to`."""


def build() -> App:
    """Return the tree of commands. Imports no command."""
    app = App(
        name="securwoman",
        help="Run and administer an operations center that answers alerts of people in danger.",
        version=_version,
        help_format="plaintext",
        result_action="return_value",
        default_parameter=_PARAMETER,
    )
    groups = dict(GROUPS)
    for feature in installed():
        groups |= feature.command_groups
    used = {one.words.split()[0] for one in commands()}
    grouped = {
        name: App(name=name, help=about, help_format="plaintext", result_action="return_value")
        for name, about in groups.items()
        if name in used
    }
    for one in commands():
        *group, name = one.words.split()
        (grouped[group[0]] if group else app).command(one.by, name=name, help=one.does)
    for sub in grouped.values():
        app.command(sub)
    return app


def commands() -> tuple[Command, ...]:
    """Return all commands: those of the kernel, and those of the features."""
    return (*COMMANDS, *(one for feature in installed() for one in feature.commands))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run one command, print its errors and return its exit code."""
    try:
        features.install(features_off(_config(arguments)))
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
        # The reader has closed the pipe. Python would print a further error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # an internal error must be one line at the terminal, too
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _failed(
            f"internal error: {type(error).__name__}: {error} (set {TRACEBACK}=1 for the traceback)", INTERNAL
        )


def _config(arguments: Sequence[str]) -> Path:
    """Return the path of the center's settings, before the command is known. Raises StateError."""
    given = dict(pairwise(arguments))
    given |= dict(one.split("=", 1) for one in arguments if one.startswith("--") and "=" in one)
    if "--config" in given:
        return Path(given["--config"])
    state = StateDir(Path(given["--state"]) if "--state" in given else default_path(os.environ))
    state.require_access()
    return config_in_use(state)


def _failed(reason: str, code: int) -> int:
    sys.stdout.flush()
    for line in reason.splitlines() or [reason]:
        print(f"securwoman: {shown(line)}", file=sys.stderr)
    return code


def _normalised(arguments: list[str]) -> list[str]:
    """Move a `--state` before the command to the end, and complete `--simulate` without a file."""
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
