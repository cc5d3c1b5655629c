"""A disk whose flush fails: seccomp has the kernel answer EIO to fsync and fdatasync, in this process."""

import ctypes
import errno
import platform
import struct

_FSYNC = {"x86_64": (74, 75), "aarch64": (82, 83)}
_SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 2, 38, 22
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NR, _FIRST_ARGUMENT = 0, 16


def let_flushes_fail(descriptor: int | None = None) -> bool:
    """From now on every flush fails, or those of one descriptor; False where the kernel does not allow it."""
    calls = _FSYNC.get(platform.machine())
    if calls is None:
        return False
    failed = (_RETURN, 0, 0, _ERRNO | errno.EIO)
    program = [
        (_LOAD, 0, 0, _NR),
        (_JUMP_IF_EQUAL, 1, 0, calls[0]),
        (_JUMP_IF_EQUAL, 0, 3, calls[1]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, descriptor or 0) if descriptor is not None else (_JUMP_IF_EQUAL, 0, 0, 0),
        failed,
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0)
