"""What a browser complains of while a test runs: errors, broken policies, requests to somewhere else.

Nothing is lost by a page that goes away: the listeners are the browser's, not the page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

_TELL_OF_THE_POLICY = """
addEventListener('securitypolicyviolation', (e) => {
  console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`);
});
"""

_BLOCKED = "Service Worker registration blocked by Playwright"
"""The test's own wish."""

OUT_OF_REACH = (r"WebSocket connection to '\S+' failed", r"Failed to load resource: net::ERR_")
"""What a browser says of a center that is not there, whatever it was about to ask."""


class Complaints:
    """What was heard of all pages. `may_say` are patterns of what is meant to be said."""

    def __init__(self, may_say: Iterable[str] = ()) -> None:
        self.found: list[str] = []
        self._may_say = [re.compile(pattern) for pattern in may_say]
        self._host = ""

    def listen(self, page: Page) -> None:
        """To this page, from its beginning."""
        page.add_init_script(_TELL_OF_THE_POLICY)
        page.on("pageerror", lambda error: self._put(f"error: {error}\n{error.stack}"))
        page.on("console", self._said)
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _put(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self._may_say):
            self.found.append(text)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and said.text != _BLOCKED:
            self._put(f"{said.type}: {said.text} ({said.location.get('url', '')})")

    def _asked(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme in ("data", "blob"):
            return
        # The first one is the test's own: to the center.
        self._host = self._host or address.netloc
        if address.netloc != self._host:
            self._put(f"request: {url}")
