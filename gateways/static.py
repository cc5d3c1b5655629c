"""Files of a page: read once, served with a policy that admits nothing from other hosts.

The policy allows no inline script or style, no other host but the center's other nodes, and no frame around
the page. Every file is named by its folder; no path of a request reaches the file system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import NotFoundException

VENDOR: Final = Path(__file__).parent / "console" / "static" / "vendor"
"""Libraries of others, kept once for all pages, with their licences."""
AGAIN: Final = Path(__file__).parent / "again.js"
"""First script of every page: reloads the page once if the other scripts have not arrived."""

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "media-src blob:; connect-src {connect}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class File:
    """A file as sent to a browser. Raises KeyError for a suffix that pages do not use."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content = content
        self.media_type = _TYPES[Path(name).suffix]
        self.etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def digest_of(addresses: tuple[str, ...]) -> str:
    """Return a short digest of the addresses, which changes with the list."""
    return hashlib.sha256(" ".join(addresses).encode()).hexdigest()[:8]


@cache
def _below(folder: Path) -> dict[str, File]:
    """Read all files of page types below the folder, once in each process; the keys are paths relative to the
    folder.
    """
    return {
        path.relative_to(folder).as_posix(): File(path.name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }


class Files:
    """The files below a folder, by the names in requests."""

    def __init__(
        self, folder: Path, *, permissions: str, elsewhere: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        """Read the files of `folder`. `permissions` is the Permissions-Policy of the page, and `elsewhere`
        returns further addresses to connect to.
        """
        self._elsewhere = elsewhere
        self.headers = {**_HEADERS, "permissions-policy": permissions}
        self._files = dict(_below(folder))
        self.add(AGAIN.name, AGAIN.read_bytes())

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(self._files)

    def add(self, name: str, content: bytes) -> None:
        """Add a file that is not in the folder."""
        self._files[name] = File(name, content)

    def add_all(self, folder: Path, below: str) -> None:
        """Add the files of another folder; their names get the prefix `below`."""
        self._files |= {f"{below}{name}": file for name, file in _below(folder).items()}

    def version(self) -> str:
        """Return a digest that changes whenever a file changes."""
        digest = hashlib.sha256()
        for name in self.names():
            digest.update(f"{name} {self._files[name].etag}\n".encode())
        return digest.hexdigest()[:16]

    def answer(self, request: Request[Any, Any, Any], name: str) -> Response[bytes]:
        """Return the file, or 304 if the browser has the current version. Raises NotFoundException."""
        found = self._files.get(name)
        if found is None:
            raise NotFoundException("no such file")
        elsewhere = self._elsewhere()
        policy = _POLICY.format(connect=" ".join(("'self'", *elsewhere)))
        # A browser applies the policy that came with its cached file: other addresses need another tag.
        etag = f'{found.etag[:-1]}-{digest_of(elsewhere)}"' if elsewhere else found.etag
        headers = {
            **self.headers, "content-security-policy": policy, "etag": etag, "cache-control": "no-cache"
        }  # fmt: skip
        if request.headers.get("if-none-match") == etag:
            return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
        return Response(found.content, headers=headers, media_type=found.media_type)
