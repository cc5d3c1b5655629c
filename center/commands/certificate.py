"""`certificate`: TLS without a public authority, such as on a LAN or for a trial."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from application.errors import StateError, UsageError
from application.options import DEFAULT, Common

_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")


def make(
    *,
    name: Annotated[
        tuple[str, ...], Parameter(help="Host name or IP address of the center; may be repeated.")
    ],
    to: Annotated[
        Path | None, Parameter(help="Folder to write to; default: certificate/ of the state directory.")
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Make a certificate for this center, signed by an authority of its own; a repetition renews it."""
    from application import certificates

    names = tuple(dict.fromkeys(_checked(one.strip().lower()) for one in name))
    if not names:
        raise UsageError("--name: a host or an address is required")
    state = common.directory
    state.create()
    folder = (to if to is not None else state.path / "certificate").absolute()
    try:
        authority, made = certificates.make(names, state.keys / "authority.pem", folder)
    except (OSError, ValueError) as error:
        raise StateError(f"the certificate could not be made: {error}") from error
    files = {"certificate": folder / "center.pem", "key": folder / "center.key"}
    if common.json:
        common.data(
            {
                "names": made.names,
                "until": made.until,
                "fingerprint": made.fingerprint,
                "authority": str(folder / "authority.crt"),
                "authority_fingerprint": authority.fingerprint,
                **{key: str(file) for key, file in files.items()},
            }
        )
        return
    common.print_line(f"for {', '.join(made.names)}, {made.days_left} days; SHA-256 {made.fingerprint}")
    common.print_line(f"install {folder / 'authority.crt'} on phones and computers, and compare there:")
    common.print_line(f"SHA-256 {authority.fingerprint}")
    common.print_line("in [http] of center.toml:")
    for key, file in files.items():
        common.print_line(f'{key} = "{file}"')


def _checked(name: str) -> str:
    from application.certificates import address_of

    if (address := address_of(name)) is not None:
        return str(address)
    if not _HOST.fullmatch(name):
        raise UsageError(f"--name: {name!r} is neither a host nor an address")
    return name
