"""The socket in which an actor's messages wait, and the mark without which the kernel keeps nothing for it.

A mailbox has room for some megabytes. If strangers' datagrams waited there until the actor read them, any
account of the machine could fill all mailboxes faster than they are emptied, and keep the center's own
messages out. So each socket has a filter (SO_ATTACH_FILTER, socket(7)): what does not begin with the mark is
dropped within the sender's own system call, and costs the actor neither room nor time.

The mark is no proof: it keeps out floods alone, and what has it is proved or dropped as ever.
"""

from __future__ import annotations

import ctypes
import hmac
import socket
import struct
from typing import Final

from runtime import logs

MARK_BYTES: Final = 8
MAILBOX_BYTES: Final = 4 << 20
"""What may wait for an actor that is busy; the kernel gives as much as it allows."""
_SO_ATTACH_FILTER: Final = 26
"""asm-generic/socket.h; Python does not name it."""
_UDP_HEADER_BYTES: Final = 8
"""A filter of a UDP socket sees the datagram with its header."""
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K (linux/filter.h)."""
_ALL: Final = 0xFFFFFFFF


def mark_of(secret: bytes) -> bytes:
    """Return the mark of the center that has this secret; the mark tells nothing of the secret."""
    return hmac.digest(secret, b"mailbox", "sha256")[:MARK_BYTES]


def mailbox(place: tuple[str, int], mark: bytes) -> socket.socket:
    """Make a socket that no other process can bind. Raises OSError where another process has the place."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MAILBOX_BYTES)
        try:
            _keep_only(made, mark)
        except OSError as error:
            # A kernel without socket filters: every message is still proved before it is read.
            logs.get("transport").warning("strangers' datagrams are not kept out", error=str(error))
        made.bind(place)
    except OSError:
        made.close()
        raise
    return made


def _keep_only(made: socket.socket, mark: bytes) -> None:
    """Have the kernel drop every datagram that does not begin with the mark, a short one too."""
    first, second = struct.unpack("!II", mark)
    steps = (
        (_LOAD_WORD, 0, 0, _UDP_HEADER_BYTES),
        (_JUMP_IF_EQUAL, 0, 3, first),
        (_LOAD_WORD, 0, 0, _UDP_HEADER_BYTES + 4),
        (_JUMP_IF_EQUAL, 0, 1, second),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, 0),
    )
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    # struct sock_fprog: how many steps, and where they are; the kernel copies them at once.
    option = struct.pack("HP", len(steps), ctypes.addressof(program))
    made.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)
