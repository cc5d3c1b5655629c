"""Detection of a modem's dialect: by its identity, by its USB ids, or by the lines of a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.loading import Dialects

_MAKER: Final = re.compile(r"^Manufacturer: ?(?P<maker>\S.*)$", re.MULTILINE)


def by_identity(dialects: Dialects, answers: Iterable[str], *, maker: str = "") -> CompiledDialect:
    """Return the dialect for the answers of ATI, +CGMI, +CGMM, +CGMR; the base dialect if no dialect matches.

    `maker`: the answer of +CGMI; if empty, the maker in ATI's answer. The maker decides before the model.
    """
    text = "\n".join(answers)
    manufacturer = _MAKER.search(text)
    maker = maker or (manufacturer["maker"] if manufacturer is not None else "")

    def score(dialect: CompiledDialect) -> int:
        match = dialect.data.match
        if maker and match.maker and not any(re.search(pattern, maker) for pattern in match.maker):
            return 0
        return sum(1 for pattern in match.identity if re.search(pattern, text))

    return _best_match(dialects, score)


def by_usb(dialects: Dialects, vendor: int, product: int) -> CompiledDialect | None:
    """Return the dialect for a USB device's ids; None if no dialect lists the ids."""
    return by_usb_ids(dialects, f"{vendor:04x}:{product:04x}")


def by_usb_ids(dialects: Dialects, name: str) -> CompiledDialect | None:
    """Return the dialect for `vendor:product` in lower-case hexadecimal; None if no dialect lists the ids."""
    found = _best_match(dialects, lambda dialect: int(name in dialect.data.match.usb))
    return found if name in found.data.match.usb else None


def interface_role(dialect: CompiledDialect, vendor: int, product: int, interface: str) -> str | None:
    """Return the role of this interface (hexadecimal, as udev numbers it) of a USB device: `at` or `voice`;
    None if the dialect names no role."""
    name = f"{vendor:04x}:{product:04x}"
    number = int(interface, 16) if re.fullmatch(r"[0-9a-fA-F]{1,2}", interface) else None
    for roles in dialect.data.port:
        if roles.usb == name and number is not None:
            does = {roles.voice: "voice", roles.at: "at"}
            return does.get(number)
    return None


def by_session(dialects: Dialects, identity: Sequence[str], lines: Sequence[str]) -> CompiledDialect:
    """Return the dialect for a modem's identity in a session and for the session's lines. The lines may
    select a more special dialect than the identity does, but no other."""
    named, spoken = by_identity(dialects, identity), by_lines(dialects, lines)
    return spoken if named.key in spoken.data.lineage else named


def by_lines(dialects: Dialects, lines: Sequence[str]) -> CompiledDialect:
    """Return the dialect for the lines of a session, from either side. A dialect scores its ancestors' lines
    too, so that the more special dialect wins only by a line of its own."""
    own = {dialect.key: _count_matching_lines(dialect, lines) for dialect in dialects}
    return _best_match(
        dialects,
        lambda dialect: sum(own[name] for name in dialect.data.lineage) if own[dialect.key] else 0,
    )


def _count_matching_lines(dialect: CompiledDialect, lines: Sequence[str]) -> int:
    patterns = [re.compile(pattern) for pattern in dialect.data.match.lines]
    return sum(1 for line in lines if any(pattern.fullmatch(line) for pattern in patterns))


def _best_match(dialects: Dialects, score: Callable[[CompiledDialect], int]) -> CompiledDialect:
    """Return the dialect with the highest score; among equals the more special, then the first by name. The
    base dialect if no dialect scores."""
    ranked = sorted(dialects, key=lambda dialect: (-score(dialect), -len(dialect.data.lineage), dialect.key))
    return ranked[0] if ranked and score(ranked[0]) > 0 else dialects.base()
