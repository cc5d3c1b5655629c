"""The PIN of whoever has an enrolled phone in hand, where the person has set one."""

from __future__ import annotations

from gateways.http.parts.context import Web
from gateways.http.wire.errors import Busy, NotAllowed, TooMany
from store.registry.devices import DeviceKey
from store.registry.registry import Registry
from store.registry.users.pins import PinVerdict


async def verdict_of(web: Web, registry: Registry, own: DeviceKey, pin: str, named: str) -> PinVerdict:
    """What this PIN is of the phone's person. Raises NotAllowed where it is none, TooMany after several.

    `named`: what the PIN stands in, for the reason. Whatever asks for a PIN counts the same tries.
    """
    now_us = web.clock.now_us()
    if (wait_s := web.throttle.wait_s(f"pins {own.person}", "", now_us)) > 0:
        raise TooMany(f"too many wrong PINs: try again in {wait_s} s", wait_s)
    web.throttle.count(f"pins {own.person}", "", now_us)
    try:
        verdict = await web.pins.in_turn(lambda: registry.check_pin(own.person, pin))
    except Busy:
        web.throttle.take_back(f"pins {own.person}", "")
        raise
    if verdict is PinVerdict.WRONG:
        raise NotAllowed(f"{named} is no PIN that is set", "pin")
    # Not `right`: whoever knows the duress PIN would clear by it what was tried to find the other one.
    web.throttle.take_back(f"pins {own.person}", "")
    return verdict
