"""The watcher's own modem, against the carrier."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.state.state_dir import StateDir
from features.watcher.program.checking import findings
from features.watcher.program.phone import Call, Phone
from features.watcher.program.running import phone_of
from features.watcher.program.settings import CenterTable, ModemOfWatcher, WatchSettings
from gateways.callouts.call import SAYS_US
from messages.ids import E164, SECOND, Instant
from tests.support import carriers
from tests.waiting import wait_until

pytestmark = pytest.mark.process

ANSWERS = E164("+393331112223")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[WatchSettings, StateDir]]:
    tables = (carriers.modem("own", "simcom7600"), carriers.phone(ANSWERS))
    with carriers.carrier_of(tmp_path, *tables) as state:
        modem = ModemOfWatcher(port=f"{state.run}/own.at", voice_port=f"{state.run}/own.voice")
        yield WatchSettings(modem=modem, center=(CenterTable(name="milano"),)), state


@pytest.fixture
def phone(site: tuple[WatchSettings, StateDir]) -> Iterator[Phone]:
    made = phone_of(*site)
    assert made is not None
    made.start()
    yield made
    made.stop()


def test_who_is_on_the_phone_when_the_center_is_well_again_is_told_so_and_the_modem_is_free(
    phone: Phone,
) -> None:
    answered, wanted, pressed = threading.Event(), threading.Event(), threading.Event()
    wanted.set()
    phone.order(Call("c/1", ANSWERS, "en", "It is silent.", answered.set, pressed.set, wanted.is_set))
    assert answered.wait(30)
    wanted.clear()
    done = wait_until(phone.back, within_s=SAYS_US / SECOND - 15)
    assert done is not None
    assert (done.name, done.failure, pressed.is_set()) == ("c/1", None, False)


def test_a_modem_that_no_watcher_has_opened_is_asked_itself(site: tuple[WatchSettings, StateDir]) -> None:
    found = [one for one in findings(*site, Instant(SECOND * 10**9)) if one.check == "modem"]
    assert [str(one.verdict) for one in found] == ["ok"], found
