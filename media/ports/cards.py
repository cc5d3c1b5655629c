"""Sound cards as the kernel lists them in /sys, and the card of a voice port's path. Opens nothing.

The number and name of a card change when its modem is plugged in again (`Android`, `EC25EUX`, `Interface`);
the USB socket stays.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

SYS: Final = Path("/sys")
KIND: Final = "alsa"
"""Kind of a voice port of a sound card (`media.ports.voice_port`)."""
_SOCKET: Final = re.compile(r"usb:(?P<device>\d+-\d+(?:\.\d+)*)")
_NUMBER: Final = re.compile(r"card(\d+)")


def pcm_of(path: str, *, sys: Path = SYS) -> str:
    """Return ALSA's present name for this path; empty if the device has no card now.

    `usb:1-2.3` is the card of the USB device at that socket, without conversion: a modem's card has a single
    format. The name or number of a card is that card with ALSA's conversion. Any other path is ALSA's own
    name (`plughw:CARD=Device`, one of asound.conf).
    """
    if (socket := _SOCKET.fullmatch(path)) is not None:
        cards = cards_at(socket["device"], sys=sys)
        return f"hw:{cards[0]}" if cards else ""
    return f"plughw:{path}" if path in _names(sys) else path


def cards_at(device: str, *, sys: Path = SYS) -> list[int]:
    """Return the numbers of the present cards of the USB device at this socket (`1-2.3`)."""
    found = (sys / "bus/usb/devices").glob(f"{device}:*/sound/card*")
    return sorted(int(number[1]) for one in found if (number := _NUMBER.fullmatch(one.name)))


def name_of(card: int, *, sys: Path = SYS) -> str:
    """Return ALSA's name of the card, `EC25EUX`; its number if the name is unreadable."""
    try:
        return (sys / f"class/sound/card{card}/id").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return str(card)


def card_at(device: str, *, sys: Path = SYS) -> str:
    """Return the card of the USB device at this socket for display, `EC25EUX (hw:2)`; empty if there is
    none.
    """
    cards = cards_at(device, sys=sys)
    return f"{name_of(cards[0], sys=sys)} (hw:{cards[0]})" if cards else ""


def _names(sys: Path) -> set[str]:
    numbers = [int(number[1]) for one in (sys / "class/sound").glob("card*")
               if (number := _NUMBER.fullmatch(one.name))]  # fmt: skip
    return {name for number in numbers for name in (str(number), name_of(number, sys=sys))}
