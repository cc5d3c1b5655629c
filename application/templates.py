"""HTML from templates, for pages outside the console. The only module that imports Jinja2.

Every value is escaped. A name that a template does not find is an error, never an empty place on the page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


def render(template: Path, /, **values: object) -> str:
    """Return the page. `template`: a file beside the module that fills it, read once per process."""
    return _template(template).render(values)


@cache
def _template(file: Path) -> Template:
    # Imported on use: few importers of this module ever render a page.
    from jinja2 import Environment, StrictUndefined

    found = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return found.from_string(file.read_text(encoding="utf-8"))
