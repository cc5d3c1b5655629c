"""The operators' guide: the Markdown of `docs/operator` as HTML, with its pictures. The only module that
imports markdown-it-py.

The guide is a page of its own, for anybody: it must be readable where the console is not.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from application.templates import render
from gateways.static import Files

FOLDER: Final = Path(__file__).parents[2] / "docs" / "operator"
"""A folder for each language; a file for each page."""
LANGUAGES: Final = {"en": "English", "it": "Italiano"}
_TEMPLATE: Final = Path(__file__).with_name("guide.html.j2")
_PICTURE: Final = re.compile(r"\]\((\.\./\.\./screens/([\w-]+\.png))\)")


@cache
def files(permissions: str) -> Files:
    """Render all pages, and read their pictures: once per process, half a second at most."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = Files(FOLDER, permissions=permissions)
    for path in FOLDER.glob("*/*.md"):
        text = path.read_text(encoding="utf-8")
        for link, name in _PICTURE.findall(text):
            found.add(name, (path.parent / link).read_bytes())
        language = path.parent.name
        text = _PICTURE.sub(r"](\2)", text).replace(".md)", f"?lang={language})")
        content = markdown.render(text).replace("<code>", '<kbd class="in">').replace("</code>", "</kbd>")
        title = text.partition("\n")[0].lstrip("# ")
        page = render(_TEMPLATE, title=title, language=language, languages=LANGUAGES, content=content)
        found.add(f"{language}/{path.stem}.html", page.encode())
    return found


def name_of(page: str, language: str) -> str:
    """Return the name of the file for this part of an address, in a language that the guide has."""
    own = language[:2] if language[:2] in LANGUAGES else "en"
    return page if page.endswith(".png") else f"{own}/{page}.html"
