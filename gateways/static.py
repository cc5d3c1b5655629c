"""A page's files: read once, served with a policy that lets in nothing from elsewhere.

No inline script or style, no other host but the center's own other nodes, no frame around it. Every file is
named by its folder; no path of a request ever reaches the file system.
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
"""What is not ours, kept once for all pages, with its licences."""
AGAIN: Final = Path(__file__).parent / "again.js"
"""Of every page the first: opens it once more where the rest has not arrived."""

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
    """One file as it is sent. Raises KeyError for a kind that no page has."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content = content
        self.media_type = _TYPES[Path(name).suffix]
        self.etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def digest_of(addresses: tuple[str, ...]) -> str:
    """Another one for another list."""
    return hashlib.sha256(" ".join(addresses).encode()).hexdigest()[:8]


@cache
def _below(folder: Path) -> dict[str, File]:
    """Read the files of a page's kinds in the folder, once a process; by their paths from there."""
    return {
        path.relative_to(folder).as_posix(): File(path.name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }


class Files:
    """The files below a folder, by the names under which they are asked for."""

    def __init__(
        self, folder: Path, *, permissions: str, elsewhere: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        """`permissions` is what the page may use of the device, `elsewhere` whom it may ask besides us."""
        self._elsewhere = elsewhere
        self.headers = {**_HEADERS, "permissions-policy": permissions}
        self._files = dict(_below(folder))
        self.add(AGAIN.name, AGAIN.read_bytes())

    def names(self) -> list[str]:
        """Of all files, sorted."""
        return sorted(self._files)

    def add(self, name: str, content: bytes) -> None:
        """One that does not lie in the folder."""
        self._files[name] = File(name, content)

    def add_all(self, folder: Path, below: str) -> None:
        """Those of another folder, their names behind `below`."""
        self._files |= {f"{below}{name}": file for name, file in _below(folder).items()}

    def version(self) -> str:
        """Another one whenever any file is another."""
        digest = hashlib.sha256()
        for name in self.names():
            digest.update(f"{name} {self._files[name].etag}\n".encode())
        return digest.hexdigest()[:16]

    def answer(self, request: Request[Any, Any, Any], name: str) -> Response[bytes]:
        """The file, or 304 where the browser has it. Raises NotFoundException."""
        found = self._files.get(name)
        if found is None:
            raise NotFoundException("no such file")
        elsewhere = self._elsewhere()
        policy = _POLICY.format(connect=" ".join(("'self'", *elsewhere)))
        # What a browser has kept is used with the policy that came with it.
        etag = f'{found.etag[:-1]}-{digest_of(elsewhere)}"' if elsewhere else found.etag
        headers = {
            **self.headers, "content-security-policy": policy, "etag": etag, "cache-control": "no-cache"
        }  # fmt: skip
        if request.headers.get("if-none-match") == etag:
            return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
        return Response(found.content, headers=headers, media_type=found.media_type)
