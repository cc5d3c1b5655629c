"""Transport between the processes of a node's actor system: one datagram, one message.

The library's UDP transport with another loop. A message costs one system call at either end, without
connection, acknowledgement or turn of the loop. A message is lost if the receiver's buffer is full; over TCP
it would be lost with a dying process. Important messages are repeated until their effect shows. On one
machine, messages between two processes arrive in order.

A message is a pickle, which can run code. The pickle is therefore preceded by its HMAC-SHA256 (RFC 2104)
under a secret of the center's own processes, and only authenticated messages are unpickled. The center's mark
comes first. A mailbox has room for some megabytes: if foreign datagrams waited there for the actor, any
account of the machine could fill all mailboxes and lock out the center's messages. So each socket has a
filter (SO_ATTACH_FILTER, socket(7)): a datagram without the mark is dropped within the sender's own system
call, and costs the actor neither room nor time. The mark is no authentication: it only stops floods, and
marked messages are authenticated as ever.

Differences from the library, and reasons (4.0.1):

- Its loop does not support watched descriptors.
- It listens on all addresses, and a second process can bind its socket (SO_REUSEADDR) and take the messages.
- An actor receives its messages to itself from the newest to the oldest.
- A message that is too long for a datagram raises in the sender.
"""

from __future__ import annotations

import ctypes
import errno
import hmac
import pickle
import select
import socket
import struct
from collections import deque
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from thespian.actors import ActorAddress, ActorExitRequest, WatchMessage
from thespian.system.messages.multiproc import ChildMayHaveDied
from thespian.system.timing import currentTime
from thespian.system.transport import (
    ExternalInterfaceTransportInit,
    ReceiveEnvelope,
    SendStatus,
    Thespian__Run_Expired,
    Thespian__Run_HandlerResult,
    Thespian__Run_Terminated,
    TransmitIntent,
    TransmitOnly,
)
from thespian.system.transport.asyncTransportBase import asyncTransportBase
from thespian.system.transport.IPBase import UDPv4ActorAddress
from thespian.system.transport.UDPTransport import UDPEndpoint, UDPTransport, UDPTransportCopy
from thespian.system.transport.wakeupTransportBase import wakeupTransportBase

from runtime import environment, logs

MARK_BYTES: Final = 8
MAILBOX_BYTES: Final = 4 << 20
"""Room for messages to a busy actor, in bytes; the kernel grants as much as it allows."""
_SO_ATTACH_FILTER: Final = 26
"""Option of asm-generic/socket.h that Python does not define."""
_UDP_HEADER_BYTES: Final = 8
"""Length of the UDP header, which the filter of a UDP socket sees in front of the data."""
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K (linux/filter.h)."""
_ALL: Final = 0xFFFFFFFF


def mark_of(secret: bytes) -> bytes:
    """Return the mark of the center with this secret; the mark reveals nothing of the secret."""
    return hmac.digest(secret, b"mailbox", "sha256")[:MARK_BYTES]


def mailbox(place: tuple[str, int], mark: bytes) -> socket.socket:
    """Make a socket that no other process can bind. Raises OSError if the address is in use."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MAILBOX_BYTES)
        try:
            _keep_only(made, mark)
        except OSError as error:
            # A kernel without socket filters: every message is still authenticated before it is read.
            logs.get("transport").warning(
                "foreign datagrams cannot be filtered by the kernel", error=str(error)
            )
        made.bind(place)
    except OSError:
        made.close()
        raise
    return made


def _keep_only(made: socket.socket, mark: bytes) -> None:
    """Let the kernel drop every datagram that does not begin with the mark, or is too short."""
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
    # struct sock_fprog: number of steps and their address; the kernel copies the steps at once.
    option = struct.pack("HP", len(steps), ctypes.addressof(program))
    made.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)


DATAGRAM_MAX: Final = 65_507
"""Most bytes of one datagram (RFC 768)."""
PROOF_BYTES: Final = 32
_BUMP: Final = b"BuMP"
"""Message of a signal handler to its own process that wakes the loop."""


class CenterTransport(UDPTransport):
    """Transport of every process of a node's actor system."""

    def __init__(self, initType: object, *args: Any) -> None:  # noqa: N803 - Thespian's name
        asyncTransportBase.__init__(self)
        wakeupTransportBase.__init__(self)
        assigned: ActorAddress | None = None
        self._parentAddr = None
        match initType:
            case ExternalInterfaceTransportInit():
                self._adminAddr = self.getAdminAddr(args[0])
            case UDPEndpoint():
                _, assigned, self._parentAddr, self._adminAddr = initType.args
            case UDPTransportCopy():
                self._adminAddr = args[0]
            case _:
                raise TypeError(f"no transport begins with {initType!r}")
        self._secret = environment.current().actor_secret
        self._mark = mark_of(self._secret)
        self.socket = mailbox(_place(assigned or ActorAddress(UDPv4ActorAddress(None, 0))), self._mark)
        self.myAddress = _address(self.socket.getsockname())
        self._ended = False
        self._to_self: deque[ReceiveEnvelope] = deque()
        self._checkChildren = self._shutdownSignalled = False
        self._pending_actions: list[object] = []
        self._watches: list[int] = []
        self._strange = 0

    def external_transport_clone(self) -> CenterTransport:
        """Return a new transport for `private()` contexts outside."""
        return CenterTransport(UDPTransportCopy(), self._adminAddr)

    def interrupt_wait(self, signal_shutdown: bool = False, check_children: bool = False) -> None:
        """Wake the loop; called by signal handlers."""
        self._shutdownSignalled |= signal_shutdown
        self._checkChildren |= check_children
        with suppress(OSError):  # a full buffer wakes the loop by itself
            self.socket.sendto(self._mark + _BUMP, _place(self.myAddress))

    def serializer(self, intent: TransmitIntent) -> bytes:
        """Return the message as sent."""
        data = pickle.dumps(intent.message)
        return self._mark + hmac.digest(self._secret, data, "sha256") + data

    def set_watch(self, watchlist: list[int]) -> None:
        """Watch exactly these descriptors from now on."""
        self._watches = watchlist

    def _scheduleTransmitActual(  # noqa: N802
        self,
        transmitIntent: TransmitIntent,  # noqa: N803
        has_exclusive_flag: bool = False,
    ) -> None:
        intent = transmitIntent
        status = SendStatus.Sent
        if intent.targetAddr == self.myAddress:
            self._to_self.append(ReceiveEnvelope(intent.targetAddr, intent.message))
        else:
            try:
                self.socket.sendto(intent.serMsg, _place(intent.targetAddr))
            except OSError as error:
                # Refused, unreachable or too long: the message is lost, as with a dying actor.
                logs.get("transport").warning(
                    "a message cannot be sent", error=str(error), bytes=len(intent.serMsg)
                )
                status = SendStatus.BadPacket if error.errno == errno.EMSGSIZE else SendStatus.Failed
        intent.tx_done(status)

    # ------------------------------------------------------------ the loop

    def _runWithExpiry(self, incomingHandler: object) -> object:  # noqa: N802, N803
        if incomingHandler is TransmitOnly or isinstance(incomingHandler, TransmitOnly):
            return 0  # all messages are on their way already
        self._ended = False
        while not self._ended:
            envelope: object = self._own_news()
            if envelope is None:  # an envelope is false, in the library
                envelope = self._wait()
            if envelope is None:
                continue
            if not isinstance(envelope, ReceiveEnvelope):
                return envelope
            if incomingHandler is None:
                return envelope
            assert callable(incomingHandler)
            result = Thespian__Run_HandlerResult(incomingHandler(envelope))
            if not result:
                return result
        return Thespian__Run_Terminated()

    def abort_run(self, drain: bool = False) -> None:
        """End the run; all messages are on their way already."""
        self._ended = True

    def _own_news(self) -> ReceiveEnvelope | None:
        if self._checkChildren:
            self._checkChildren = False
            return ReceiveEnvelope(self.myAddress, ChildMayHaveDied())
        if self._shutdownSignalled:
            self._shutdownSignalled = False
            return ReceiveEnvelope(self.myAddress, ActorExitRequest())
        return self._to_self.popleft() if self._to_self else None

    def _wait(self) -> object:
        """Return the next message, the readable descriptors, or the expiry; None: call again."""
        now = currentTime()
        until = min(self.run_time, self.check_pending_actions(now)).view(now)
        if until.expired():
            return Thespian__Run_Expired()
        # Made again at each turn: a kept epoll would report a closed descriptor under a reused number.
        poll = select.poll()
        for fd in (self.socket.fileno(), *self._watches):
            poll.register(fd, select.POLLIN)
        remaining_s = until.remainingSeconds()
        told = poll.poll(None if remaining_s is None else 1000 * remaining_s)
        self._watches = [fd for fd in self._watches if (fd, select.POLLNVAL) not in told]
        if (news := self._own_news()) is not None:
            return news
        ready = [fd for fd, _ in told if fd in self._watches]
        if ready:
            return ReceiveEnvelope(self.myAddress, WatchMessage(ready))
        return self._received() if told else Thespian__Run_Expired()

    def _received(self) -> ReceiveEnvelope | None:
        try:
            data, sender = self.socket.recvfrom(DATAGRAM_MAX)
        except OSError:
            return None  # perhaps an earlier message was sent to a dead process
        data = data[MARK_BYTES:]
        # Never the library's Thespian__UpdateWork: its logger ends itself after twenty of those in a second.
        message = None if data == _BUMP else self._proved(data, sender)
        return None if message is None else ReceiveEnvelope(_address(sender), message[0])

    def _proved(self, data: bytes, sender: tuple[str, int]) -> tuple[object] | None:
        """Return the message, in a tuple, if authenticated; else None."""
        proof, pickled = data[:PROOF_BYTES], data[PROOF_BYTES:]
        if not hmac.compare_digest(proof, hmac.digest(self._secret, pickled, "sha256")):
            self._strange += 1
            if self._strange.bit_count() == 1:  # a flood must not fill the disk
                logs.get("transport").warning(
                    "a datagram of a foreign process is dropped",
                    sender=f"{sender[0]}:{sender[1]}",
                    so_far=self._strange,
                )
            return None
        try:
            return (pickle.loads(pickled),)
        except Exception as error:
            # Any exception of unpickling: perhaps another version of the center.
            logs.get("transport").warning(
                "a message that cannot be unpickled is dropped", error=f"{type(error).__name__}: {error}"
            )
            return None


@lru_cache(maxsize=4096)
def _address(place: tuple[str, int]) -> ActorAddress:
    """Return the address, cached: the library calls the resolver each time."""
    host, port = place
    return ActorAddress(UDPv4ActorAddress(host, port, external=True))


def _place(address: ActorAddress) -> tuple[str, int]:
    details = address.addressDetails
    assert isinstance(details, UDPv4ActorAddress), address
    return details.sockname
