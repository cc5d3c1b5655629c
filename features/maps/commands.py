"""The command `map`: addresses for the positions of alerts, on the center's own disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from application.errors import StateError, UsageError
from application.options import DEFAULT, Common

if TYPE_CHECKING:
    from features.maps.address_file import Row

EACH: Final = 1_000_000


def import_(
    *files: Annotated[Path, Parameter(help="Address files: CSV or GeoJSON, plain, .gz or .zip.")],
    out: Annotated[
        Path | None, Parameter(help="File to write; default: maps/addresses.sqlite in the state directory.")
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Make the file of addresses from OpenStreetMap's or a country's addresses."""
    import sqlite3
    from datetime import datetime

    from features.maps.address_file import make
    from features.maps.address_rows import Unreadable, rows

    if not files:
        raise UsageError("name at least one file with addresses")
    if out is None:
        common.directory.create()
        out = common.directory.path / "maps" / "addresses.sqlite"
    to = out.absolute()
    skipped: Counter[str] = Counter()
    found = (row for file in files for row in rows(file, skipped))
    try:
        made = make(_told(found, common), to, datetime.now().astimezone().date())
    except (Unreadable, OSError, sqlite3.Error) as error:
        raise StateError(f"the file of addresses could not be made: {error}") from error
    if common.json:
        common.data({"file": str(to), **made._asdict(), "skipped": dict(skipped)})
        return
    common.print_line(
        f"{to}: {made.addresses} addresses in {made.streets} streets of {made.towns} towns, "
        f"{made.size / 1e6:.1f} MB"
    )
    for reason, count in skipped.most_common():
        common.print_line(f"{count} left out {reason}")
    common.print_line("in [map] of center.toml:")
    common.print_line(f'addresses = "{to}"')


def _told(rows: Iterator[Row], common: Common) -> Iterator[Row]:
    """Yield the rows and print progress: a country takes a quarter of an hour."""
    for n, row in enumerate(rows, 1):
        if n % EACH == 0:
            common.print_line(f"{n:,} addresses …")
        yield row
