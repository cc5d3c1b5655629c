"""The one UDP port of all sessions: which session a datagram belongs to, by name first, by address then.

The user name fragment of a verified connectivity check names the session; from then on the session's address
does. A stranger's datagram costs a look into a dictionary, and is never answered.
"""

from __future__ import annotations

from collections.abc import Callable

from features.ear.webrtc.dtls import DtlsError
from features.ear.webrtc.rtp import Datagram, datagram_kind
from features.ear.webrtc.session import Address, PhoneSession
from features.ear.webrtc.stun import parse_check

Send = Callable[[bytes, Address], None]
Ended = Callable[[PhoneSession, str], None]


class SharedPort:
    """Sessions by their names and addresses. `ended` is called with a session that has failed, and why."""

    def __init__(self, send: Send, ended: Ended) -> None:
        self._send = send
        self._ended = ended
        self._by_ufrag: dict[str, PhoneSession] = {}
        self._by_path: dict[Address, PhoneSession] = {}
        self.strangers = 0
        """Datagrams that belonged to no session."""

    def add(self, session: PhoneSession) -> None:
        """Accept the connectivity checks of a session."""
        self._by_ufrag[session.ufrag] = session

    def remove(self, session: PhoneSession) -> None:
        """End a session; its phone is told."""
        if self._by_ufrag.pop(session.ufrag, None) is None:
            return
        if session.path is not None:
            for datagram in session.close():
                self._send(datagram, session.path)
            self._release(session.path, session)

    def receive(self, data: bytes, sender: Address, now_s: float) -> None:
        """Handle a datagram."""
        if datagram_kind(data) is Datagram.STUN:
            self._check(data, sender, now_s)
            return
        session = self._by_path.get(sender)
        if session is None:
            self.strangers += 1
            return
        try:
            for answer in session.receive(data, now_s):
                self._send(answer, sender)
        except DtlsError as error:
            self._end(session, str(error))

    def tick(self, now_s: float) -> None:
        """Send what is due in every session."""
        for session in list(self._by_ufrag.values()):
            if session.path is not None:
                for datagram in session.tick(now_s):
                    self._send(datagram, session.path)

    def _check(self, data: bytes, sender: Address, now_s: float) -> None:
        check = parse_check(data)
        session = None if check is None else self._by_ufrag.get(check.local_ufrag)
        if check is None or session is None:
            self.strangers += 1
            return
        before = session.path
        answer = session.check(check, sender, now_s)
        if answer is None:
            self.strangers += 1
            return
        if session.path != before and session.path is not None:
            if before is not None:
                self._release(before, session)
            self._by_path[session.path] = session
        self._send(answer, sender)

    def _release(self, path: Address, session: PhoneSession) -> None:
        """Forget the session's address, unless another session has it by now."""
        if self._by_path.get(path) is session:
            del self._by_path[path]

    def _end(self, session: PhoneSession, why: str) -> None:
        self.remove(session)
        self._ended(session, why)
