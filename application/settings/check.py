"""Checks across settings: names that must exist, switches that need each other, times in order.

Pure. The existence of a port, a file or a database is checked by the doctor, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from model.credit import is_service_change, pattern_fault
from model.feature import known
from model.rules.calls.psap import is_named
from model.settings import Settings
from model.settings.fields import twice
from model.settings.lines import CreditSettings
from model.settings.port_names import CARD, is_address, is_port_name, one_name, tcp_address
from model.settings.psap import LastResort
from model.settings.web import HttpSettings

_SHARED_SPACE: Final = IPv4Network("100.64.0.0/10")
IDLE_MIN_MINUTES: Final = 5
"""Lower limit of the idle time: an open page reports once a minute, and a busy node may be late."""
_JOURNAL_SCHEMES: Final = ("sqlite", "postgresql", "postgresql+psycopg")


def faults_of(settings: Settings) -> list[str]:
    """Return every fault, as `path: what is wrong`, in the order of the file; empty for usable settings."""
    of_features = (feature.faults for feature in known())
    return [fault for check in (*_CHECKS, *of_features) for fault in check(settings)]


def is_short(number: str) -> bool:
    """Return True for a short number, such as those of emergency services, and not E.164."""
    return bool(number) and not number.startswith("+")


def _features(settings: Settings) -> Iterator[str]:
    names = sorted(one.name for one in known())
    for i, name in enumerate(settings.features_off):
        if name not in names:
            yield f"features_off[{i}]: there is no feature {name} ({', '.join(names)})"


def _psap(settings: Settings) -> Iterator[str]:
    psap = settings.psap
    emergency = {trunk.name for trunk in settings.trunk if trunk.emergency}
    if psap.live and not emergency:
        yield "psap.live: true needs a [[trunk]] with emergency = true"
    elif psap.live and not any(modem.trunk in emergency for modem in settings.modem):
        names = ", ".join(sorted(emergency))
        yield f"psap.live: true needs a [[modem]] on the emergency trunk ({names})"
    public = [modem for modem in settings.modem if modem.trunk not in emergency]
    if psap.last_resort is not LastResort.NONE and settings.modem and not public:
        yield "psap.last_resort: needs a [[modem]] on a public trunk"
    if psap.alternate and psap.alternate == psap.number:
        yield "psap.alternate: must differ from psap.number"
    if psap.test_number and psap.test_number in {
        psap.number,
        psap.alternate,
        *(r.number for r in psap.route),
    }:
        yield "psap.test_number: must not be a PSAP's number: a test alert would call the PSAP"
    for path, number in (("psap.test_number", psap.test_number), ("drill.phone", settings.drill.phone)):
        if number and is_named(number):
            yield f"{path}: must not be an emergency number: a test would call an emergency service"
    areas: dict[str, int] = {}
    for i, route in enumerate(psap.route):
        if route.area in areas:
            yield f"psap.route[{i}].area: {route.area} is already in psap.route[{areas[route.area]}]"
        areas.setdefault(route.area, i)
        if not route.area_file:
            yield (
                f"psap.route[{i}].area: the outline of {route.area} is not built in; give the outline as a "
                'GeoJSON file: area_file = "….geojson"'
            )


def _times(settings: Settings) -> Iterator[str]:
    operator, deadline = settings.operator, settings.deadline.seconds
    if operator.all_after_s < operator.answer_within_s:
        yield (
            "operator.all_after_s: must not be less than operator.answer_within_s "
            f"({operator.answer_within_s:g})"
        )
    if operator.silent_after_s < operator.answer_within_s:
        yield (
            "operator.silent_after_s: must not be less than operator.answer_within_s "
            f"({operator.answer_within_s:g})"
        )
    if settings.user.setup_time_s >= deadline:
        yield f"user.setup_time_s: must be less than deadline.seconds ({deadline:g})"


def _trunks(settings: Settings) -> Iterator[str]:
    yield from twice("trunk", "name", [trunk.name for trunk in settings.trunk])


def _modems(settings: Settings) -> Iterator[str]:
    trunks = {trunk.name: trunk for trunk in settings.trunk}
    yield from twice("modem", "name", [modem.name for modem in settings.modem])
    yield from twice("modem", "imei", [modem.imei for modem in settings.modem])
    yield from twice("modem", "port", [one_name(modem.port) for modem in settings.modem])
    # Several modems may each use the card of their own.
    voices = [modem.voice_port for modem in settings.modem if modem.voice_port != CARD]
    yield from twice("modem", "voice_port", voices)
    yield from twice("modem", "number", [modem.number for modem in settings.modem])
    for i, modem in enumerate(settings.modem):
        where = f"modem[{i}]"
        if modem.trunk not in trunks:
            known = ", ".join(sorted(trunks)) or "no trunk is configured"
            yield f"{where}.trunk: no trunk is called {modem.trunk} ({known})"
        if not modem.imei and not modem.port:
            yield f"{where}: needs imei or port"
        if is_address(modem.port):
            try:
                tcp_address(modem.port)
            except ValueError as error:
                yield f"{where}.port: {error}"
        for key, port in (("port", modem.port), ("voice_port", modem.voice_port)):
            if not is_port_name(port):
                yield f'{where}.{key}: expected a path, or a USB socket and interface as "usb:1-2.3:1.0"'
        if modem.voice_port == f"{CARD}:":
            yield f'{where}.voice_port: expected "{CARD}", or the name of a card as "{CARD}:NAME"'
        if modem.voice_port == CARD and is_address(modem.port):
            yield f'{where}.voice_port: a modem over TCP has no sound card; name a card as "{CARD}:NAME"'
        if modem.voice_port and modem.voice_port == modem.port:
            yield f"{where}.voice_port: must differ from port"
        yield from _credit(f"{where}.credit", modem.credit)


def _credit(where: str, credit: CreditSettings) -> Iterator[str]:
    if credit.ussd and credit.sms_to:
        yield f"{where}.sms_to: give either ussd or sms_to, not both"
    if credit.ussd and is_service_change(credit.ussd):
        yield f"{where}.ussd: {credit.ussd} would change the settings of the line"
    if credit.sms_to and is_named(credit.sms_to):
        yield f"{where}.sms_to: must not be an emergency number"
    if credit.sms_to and not credit.words:
        yield f"{where}.words: needs the text to send to {credit.sms_to}"
    if (fault := pattern_fault(credit.pattern)) is not None:
        yield f"{where}.pattern: {fault}"


def _recording(settings: Settings) -> Iterator[str]:
    trunks = {trunk.name for trunk in settings.trunk}
    for i, trunk in enumerate(settings.recording.trunks):
        if trunk not in trunks:
            known = ", ".join(sorted(trunks)) or "no trunk is configured"
            yield f"recording.trunks[{i}]: no trunk is called {trunk} ({known})"


def _journal(settings: Settings) -> Iterator[str]:
    url = settings.journal.url
    if url and urlsplit(url).scheme not in _JOURNAL_SCHEMES:
        yield 'journal.url: expected "sqlite:///PATH" or "postgresql://…"'


def _cluster(settings: Settings) -> Iterator[str]:
    cluster = settings.cluster
    for key, text in (("address", cluster.address), *(("join", one) for one in cluster.join)):
        try:
            address = ip_address(text)
        except ValueError:
            yield (
                f"cluster.{key}: {text!r} is not an IP address (names are not looked up, since "
                "the network may be down)"
            )
            continue
        if address.version != 4:
            yield f"cluster.{key}: must be an IPv4 address, not {text}"
        elif not is_private(text) and not cluster.allow_public:
            yield f"cluster.{key}: {text} is a public address; the nodes' messages would cross it unencrypted"


def is_private(address: str) -> bool:
    """Return True if this IPv4 address is of this machine or of a private network (RFC 1918, RFC 6598)."""
    known = IPv4Address(address)
    return known.is_private or known in _SHARED_SPACE


def _http(settings: Settings) -> Iterator[str]:
    if bool(settings.http.certificate) != bool(settings.http.key):
        given, missing = ("certificate", "key") if settings.http.certificate else ("key", "certificate")
        yield f"http.{given}: needs http.{missing} as well"
    if settings.http.metrics:
        try:
            metrics_address(settings.http)
        except ValueError as error:
            yield f"http.metrics: {error}"
    if fault := _networks_fault(settings.http.trusted_proxies):
        yield f"http.trusted_proxies: {fault}"


def _networks_fault(trusted: Iterable[str]) -> str:
    """Return the fault of a list of IP addresses and networks, in words; empty for a valid list."""
    for text in trusted:
        try:
            network = ip_network(text)
        except ValueError:
            return f'"{text}" is neither an address nor a network ("10.0.0.0/24")'
        if network.prefixlen == 0:
            return f'"{text}" permits every address'
        if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
            return f'"{text}": write it as IPv4'
    return ""


def metrics_address(http: HttpSettings) -> tuple[str, int]:
    """Return host and port of the separate listener for metrics. Raises ValueError with the fault."""
    host, _, port = http.metrics.rpartition(":")
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        address = None
    if address is None or not port.isdecimal() or not 0 < int(port) <= 65535:
        raise ValueError('expected an address and a port, "127.0.0.1:9112"')
    if address.is_unspecified or not address.is_private:
        raise ValueError(f"{address} is not an address of this machine or of a private network")
    return str(address), int(port)


def _sign_on(settings: Settings) -> Iterator[str]:
    if 0 < settings.sign_on.idle_minutes < IDLE_MIN_MINUTES:
        yield f"sign_on.idle_minutes: must be at least {IDLE_MIN_MINUTES}, or 0 for never"


def _dialling(settings: Settings) -> Iterator[str]:
    named = [one for one in enumerate(settings.dialling.countries) if one[1] != "EEA"]
    if not named:
        return
    # Imported on use: other commands do not load the numbering plans of all countries.
    from phonenumbers import SUPPORTED_REGIONS

    for i, country in named:
        if country not in SUPPORTED_REGIONS:
            yield f'dialling.countries[{i}]: "{country}" has no telephone numbers; give ISO 3166 as in "GB"'


_CHECKS: Final[tuple[Callable[[Settings], Iterator[str]], ...]] = (
    _features,
    _psap,
    _dialling,
    _times,
    _trunks,
    _modems,
    _recording,
    _journal,
    _cluster,
    _http,
    _sign_on,
)
