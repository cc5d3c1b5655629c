"""What a PDF says, page by page, as it is made."""

from __future__ import annotations

from typing import Any

import pytest
from fpdf import FPDF


def pages_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of each page that is made from now on."""
    pages: list[str] = []
    put = FPDF._render_styled_text_line

    def kept_line(self: FPDF, line: Any, *given: Any, **named: Any) -> Any:
        pages.extend([""] * (self.page_no() - len(pages)))
        pages[self.page_no() - 1] += "".join(part.string for part in line.fragments) + "\n"
        return put(self, line, *given, **named)

    monkeypatch.setattr(FPDF, "_render_styled_text_line", kept_line)
    return pages
