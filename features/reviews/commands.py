"""The command `report`: a month's report, with or without a running center."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from application.errors import UsageError
from application.options import DEFAULT, Common
from application.state.journals import journal_of


def report(
    month: Annotated[str, Parameter(help="Month, such as 2026-11, in the center's time zone.")],
    /,
    *,
    pdf: Annotated[Path | None, Parameter(help="Write the report to this PDF file.")] = None,
    csv: Annotated[Path | None, Parameter(help="Write the figures to this CSV file, one a row.")] = None,
    language: Annotated[Literal["it", "en"], Parameter(help="Language of the PDF.")] = "en",
    common: Common = DEFAULT,
) -> None:
    """Report a month. Without a file its figures are printed."""
    from application.version import version
    from features.reviews.month import table
    from features.reviews.monthly import Monthly, month_of
    from features.reviews.report_paper import as_csv, paper
    from gateways.console.tally import Tally
    from runtime.clock import SystemClock

    try:
        asked = month_of(month)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with journal_of(common.directory) as journal:
        clock = SystemClock.anchored()
        said = Monthly(journal, Tally(journal, clock), clock).report(asked)
    if pdf is not None:
        pdf.write_bytes(paper(said, version(), language))
    if csv is not None:
        csv.write_text(as_csv(said), encoding="utf-8", newline="")
    if common.json:
        common.data(said)
    elif pdf is None and csv is None:
        for part, what, value in table(said):
            common.print_line(f"{part:13} {what:50} {value}")
