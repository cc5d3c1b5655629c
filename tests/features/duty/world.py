"""People on duty in a world of a virtual clock: keys that are pressed, words that are said, mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from features.duty.actor import DutyCallerActor
from features.duty.call_manager import CallManager
from features.duty.notifications import SendJob, SendResult
from gateways.callouts.call import Voice
from gateways.outside import Delivered
from media.conference.clips import ClipSpec
from media.conference.conference import ConferenceStatus
from media.ports.voice_port import VoicePortSpec
from runtime.threads import Courier, Waker
from tests.scenarios.mixer import SilentMixer

PRESSED: dict[str, str] = {}
"""Which keys this person presses, as soon as words are heard; emptied after every test."""
SPOKEN: list[str] = []
"""All words that were begun to be said in calls; as well."""
WRITTEN: list[SendJob] = []
"""All that was sent by ways that need no modem; as well."""


class _Voice:
    """A call's: what is to be said, and the keys of the person who is called."""

    def __init__(self, person: Callable[[], str]) -> None:
        self._mixer = SilentMixer()
        self._person = person

    def set_members(self, members: Mapping[str, VoicePortSpec]) -> None:
        self._mixer.set_members(members)

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        for clip in clips.values():
            said = clip.text or " ".join(clip.names)
            if not SPOKEN or SPOKEN[-1] != said:
                SPOKEN.append(said)
        self._mixer.set_playing(clips)

    def status(self) -> ConferenceStatus:
        if self._mixer.playing:
            for leg in self._mixer.members:
                self._mixer.digits[leg] = PRESSED.get(self._person(), "")
        return self._mixer.status()

    def start(self) -> None:
        self._mixer.start()

    def stop(self) -> None:
        self._mixer.stop()


class _Calling(CallManager):
    def new_voice(self) -> Voice:
        return _Voice(lambda: "" if self._person is None else self._person.id)


class _AtOnce(Courier[SendJob, SendResult]):
    """Carries in no time."""

    def __init__(self) -> None:
        self._back: list[SendResult] = []

    def deliver(self, load: SendJob, /) -> None:
        WRITTEN.append(load)
        self._back.append((load[1], Delivered()))

    def take_result(self) -> SendResult | None:
        return self._back.pop(0) if self._back else None


class SilentDutyCallerActor(DutyCallerActor):
    """With such voices, and such a post."""

    def courier(self, waker: Waker) -> Courier[SendJob, SendResult]:
        return _AtOnce()

    def new_call_manager(self) -> CallManager:
        return _Calling(self, self._journal, self._setup, self._words_for)
