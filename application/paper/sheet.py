"""Headings, paragraphs and tables on A4. The only module that imports `fpdf2`, which is slow: no start of a
center imports it.

DejaVu Sans is included for names that a PDF's built-in fonts cannot show; the used glyphs are embedded in the
file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from messages.ids import SECOND, Instant, Outcome

OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.FALSE_ALARM: ("falso allarme", "false alarm"),
    Outcome.HANDED_OVER: ("affidato al 112", "handed over to 112"),
    Outcome.BRIEFED: ("112 informato", "112 briefed"),
    Outcome.USER_CALLED_112: ("l’utente ha chiamato il 112", "the user called 112"),
    Outcome.CANCELLED: ("annullato", "cancelled"),
    Outcome.TEST_DONE: ("prova finita", "test done"),
    Outcome.NO_CONTACT: ("nessun contatto", "no contact"),
    Outcome.PUT_AWAY: ("messo da parte", "put away"),
}
"""Words for the outcome of an alert, in Italian and English, on all documents."""
_FONT: Final = Path(__file__).with_name("DejaVuSans.ttf")
_PAGE: Final = ("{title} · pagina {page} di {pages}", "{title} · page {page} of {pages}")


class _Pages(FPDF):
    """Pages with title, page number and page count in the footer: paper is passed on in loose sheets."""

    footed = ""

    def footer(self) -> None:
        """Print the footer; called by fpdf2 at the end of each page."""
        self.set_y(-12)
        self.set_font("sans", size=7)
        text = self.footed.format(page=self.page_no(), pages=self.str_alias_nb_pages)
        self.cell(0, 4, text, align="R")


class Sheet:
    """Document that is filled from top to bottom."""

    def __init__(self, title: str, version: str, made_at: Instant, *, language: str) -> None:
        pdf = _Pages(format="A4")
        pdf.footed = _PAGE[0 if language == "it" else 1].replace("{title}", title)
        pdf.add_font("sans", fname=_FONT)
        pdf.set_title(title)
        pdf.set_creator(f"securWoman {version}")
        pdf.set_creation_date(datetime.fromtimestamp(made_at / SECOND, UTC))
        pdf.set_auto_page_break(auto=True, margin=15)
        pdf.add_page()
        self.pdf = pdf

    def heading(self, text: str, size: int = 12) -> None:
        """Add a heading of one line."""
        self.pdf.set_font("sans", size=size)
        self.pdf.cell(0, size * 0.7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def text(self, text: str) -> None:
        """Add a paragraph."""
        self.pdf.set_font("sans", size=8)
        self.pdf.multi_cell(0, 4.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def pairs(self, pairs: Iterable[tuple[str, str]], widths: Sequence[int] = (25, 75)) -> None:
        """Add names and values, except empty ones."""
        self.rows(("", ""), widths, [pair for pair in pairs if pair[1]])

    def rows(
        self, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], none: str = "none"
    ) -> None:
        """Add a table, or the word `none` if it has no rows."""
        if not rows:
            self.text(none)
            return
        self.pdf.set_font("sans", size=7)
        with self.pdf.table(
            col_widths=tuple(widths),
            line_height=4,
            first_row_as_headings=any(heads),
            headings_style=FontFace(fill_color=230),
            text_align="LEFT",
        ) as table:
            for cells in ([heads] if any(heads) else []) + list(rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    def done(self) -> bytes:
        """Return the file."""
        return bytes(self.pdf.output())
