"""What the web process is started with, as plain data that can be handed to another process."""

from __future__ import annotations

import msgspec

from gateways.addresses.source import AddressSettings
from gateways.console.map.tiles import MapSettings
from gateways.console.protocols import CallProtocol
from messages.ids import E164, NodeId
from model.policy import LineSpec, Policy, ProofPolicy
from model.telling.data_target import DataTarget
from model.watching.targets import WatchedCenter
from store.registry.people import SecondFactor


class DrillSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings' `[drill]`."""

    phone: E164 | None = None
    """Called as the user; none: no drill can be begun from the console."""
    timeout_s: float = 180.0


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the web needs and does not make itself."""

    node: NodeId
    state: str
    """Path of the state directory; `keys/`, `logs/` and `run/` in it are there already."""
    journal: str
    """The journal's address, `sqlite:///…`."""
    anchor_us: int
    """What makes the time of CLOCK_BOOTTIME (`runtime.clock.SystemClock`); one for the whole node."""
    policy: Policy = Policy()
    lines: tuple[LineSpec, ...] = ()
    map: MapSettings = MapSettings()
    protocols: tuple[CallProtocol, ...] = ()
    speaks: dict[str, list[str]] = {}
    """In which languages each of their questions can be spoken at this node."""
    addresses: AddressSettings = AddressSettings()
    data: tuple[DataTarget, ...] = ()
    """112's own systems; those that ask by themselves are asked for here."""
    watched: tuple[WatchedCenter, ...] = ()
    """Other centers that say here that they are well."""
    drill: DrillSettings = DrillSettings()
    proof: ProofPolicy = ProofPolicy()
    web: str = ""
    """Where browsers and apps reach this node, `https://…`; told where several share the journal."""
    public_url: str = ""
    """Where browsers find the center behind a proxy, `https://…`."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies that are believed about whom they ask for."""
    certificate: str = ""
    """PEM, the key in it: served by TLS, and read again whenever the file is another. Empty: plain HTTP."""
    behind_proxy: bool = False
    """Who comes from this machine may be anybody, sent on by a proxy."""
    metrics: tuple[str, int] | None = None
    """The address at which figures are read, and nothing else is; its socket is among `plain_fds`."""
    second_factor: SecondFactor = SecondFactor.SUPERVISOR
    """Of whom one is asked besides a password."""
    idle_minutes: int = 30
    """After so long without use a session ends; 0: never."""
    host: str = "127.0.0.1"
    port: int = 8112
    """0: any that is free."""
    listen_fd: int | None = None
    """An inherited listening socket: whoever keeps it open turns nobody away while the web restarts."""
    plain_fds: tuple[int, ...] = ()
    """Inherited listening sockets on which plain HTTP is spoken: this user's own, and that for `metrics`."""
    version: str = ""
