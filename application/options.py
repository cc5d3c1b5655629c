"""Options of all commands, and the output of commands: text for people, or JSON alone with `--json`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TextIO

import msgspec
from cyclopts import Parameter

from application.state.state_dir import StateDir, default_path
from model.checks import Finding, Severity
from runtime.terminal import shown, shown_json

_SIGNS: Final[dict[Severity, str]] = {Severity.OK: "✓", Severity.WARN: "!", Severity.FAIL: "✗"}


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options that every command accepts."""

    state: Annotated[
        Path | None, Parameter(help="State directory of the center; default: $XDG_STATE_HOME/securwoman.")
    ] = None
    json: Annotated[bool, Parameter(negative="", help="Write only JSON to stdout.")] = False

    @property
    def directory(self) -> StateDir:
        """State directory that the command works on: the option, or the default."""
        state = StateDir(self.state if self.state is not None else default_path(os.environ))
        state.require_access()
        return state

    def data(self, value: object) -> None:
        """Print the value as one JSON document on one line, to stdout."""
        sys.stdout.write(shown_json(msgspec.json.encode(value).decode()) + "\n")
        sys.stdout.flush()

    def print_line(self, text: str) -> None:
        """Print a line of text for people: to stdout, or to stderr with `--json`."""
        stream: TextIO = sys.stderr if self.json else sys.stdout
        print(shown(text), file=stream, flush=True)

    def print_json(self, value: object, *lines: str) -> None:
        """Print `value` as a JSON document with `--json`, and the `lines` without."""
        if self.json:
            self.data(value)
            return
        for line in lines:
            self.print_line(line)

    def warn(self, text: str) -> None:
        """Print a warning to stderr."""
        print(f"securwoman: {shown(text)}", file=sys.stderr, flush=True)

    def checks(self, found: Sequence[Finding]) -> int:
        """Print the findings of checks; return the exit status: 1 if a check failed, else 0."""
        failed = any(one.verdict is Severity.FAIL for one in found)
        if self.json:
            self.data({"ok": not failed, "checks": found})
        else:
            self.table(
                ("", "check", "finding"),
                [(_SIGNS[one.verdict], one.check, one.text) for one in found],
                "",
            )
            warnings = sum(one.verdict is Severity.WARN for one in found)
            failures = sum(one.verdict is Severity.FAIL for one in found)
            self.print_line(f"{failures} failures, {warnings} warnings")
        return 1 if failed else 0

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
        """Print a table for people, or the sentence `nothing` if there are no rows. Not for `--json`."""
        if not rows:
            self.print_line(nothing)
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(_plain(cell) for cell in row))
        # Lines to another program are not wrapped.
        Console(width=None if sys.stdout.isatty() else 10_000, highlight=False).print(table)


Alert = Annotated[str, Parameter(help="Id of the alert.")]

DEFAULT = Common()
"""Defaults of all options."""


def _plain(cell: str) -> str:
    """Return the text with rich's markup escaped and control characters made visible."""
    from rich.markup import escape

    return escape(shown(cell))
