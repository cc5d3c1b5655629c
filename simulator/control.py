"""Control API: actions of a test, a drill or a person on the network, and reports of calls, phones and modems
as JSON objects. A table of routes over the carrier.

Must not keep state, or know sockets. 400: the body is wrong; 404: no such thing; 405; 409: not possible now.
Times are RFC 3339 in UTC; names without a unit (`started_at`) are the contract, `_s` names are seconds since
1970.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, TypeVar

import msgspec

from simulator.config import changed_phone
from simulator.errors import ConfigError, NoSuchParty, NotNow
from simulator.http import Request, Response
from simulator.modem.modem import GARBLE_S, Modem
from simulator.modem.vices import Vices
from simulator.network.call import Call, Message
from simulator.network.phone import Phone
from simulator.network.voice import wav
from simulator.runner import Runner, Station

Json = dict[str, object]


def call_report(call: Call) -> Json:
    """Return an entry of `GET /calls`."""
    return {
        "id": call.id,
        "from": call.caller.number,
        "to": call.to,
        "line": call.line,
        "state": str(call.state),
        "started_at": rfc3339(call.started_at_s),
        "ringing_at": rfc3339(call.ringing_at_s),
        "answered_at": rfc3339(call.answered_at_s),
        "ended_at": rfc3339(call.ended_at_s),
        "cause": None if call.cause is None else int(call.cause),
        "ended_by": None if call.ended_by is None else call.ended_by.number,
        "emergency": call.emergency,
        "withheld": call.withheld,
        "dtmf": call.digits,
        "started_at_s": call.started_at_s,
        "ringing_at_s": call.ringing_at_s,
        "answered_at_s": call.answered_at_s,
        "ended_at_s": call.ended_at_s,
    }


def message_report(message: Message) -> Json:
    """Return an entry of `GET /messages`; `data` in hex."""
    return {
        "from": message.sender,
        "to": message.to,
        "text": message.text,
        "data": message.data.hex(),
        "sent_at": rfc3339(message.sent_at_s),
        "delivered": message.delivered,
    }


def text_reports(messages: Iterable[Message], to: str) -> list[Json]:
    """Return `GET /phones/NUMBER/texts`: the texts that the phone shows, oldest first; a long text once all
    of its parts are delivered.
    """
    shown: list[Json] = []
    parts: dict[tuple[str, int, int], dict[int, str]] = {}
    for message in messages:
        if message.to != to or not message.delivered:
            continue
        text = message.text
        if message.part is not None:
            reference, total, number = message.part
            there = parts.setdefault((message.sender, reference, total), {})
            there[number] = text
            if len(there) < total:
                continue
            text = "".join(there[number] for number in sorted(there))
            del parts[message.sender, reference, total]
        shown.append({"from": message.sender, "text": text, "at": rfc3339(message.sent_at_s)})
    return shown


def phone_report(places: Sequence[Phone]) -> Json:
    """Return an entry of `GET /phones`: habits, present call, and for an exchange the call at each place."""
    phone, calls = places[0], [None if one.call is None else one.call.id for one in places]
    habits: Json = msgspec.to_builtins(phone.profile)
    return {**habits, "state": phone.state, "call": calls[0], "calls": calls}


def modem_report(modem: Modem) -> Json:
    """Return the state of one modem; the runner adds its ports."""
    config = modem.config
    return {
        "name": config.name,
        "dialect": config.dialect,
        "trunk": config.trunk,
        "number": config.number,
        "imei": modem.imei,
        "power": str(modem.power),
        "open": modem.opened,
        "muted": modem.muted,
        "sim": modem.sim.state if config.sim else None,
        "registration": modem.registration,
        "voice_running": modem.voice.is_flowing(),
        "calls": [leg.call.id for leg in modem.line.legs],
        "vices": {
            name: value for name, value in msgspec.to_builtins(modem.line.vices).items() if value is not None
        },
    }


def rfc3339(at_s: float | None) -> str | None:
    """Return the instant in UTC, to the microsecond; None for None."""
    if at_s is None:
        return None
    at = datetime.datetime.fromtimestamp(at_s, datetime.UTC)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


_Body = TypeVar("_Body", bound=msgspec.Struct)
Route = Callable[[str, Request], Response]


class Dial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Number to call, E.164 or an emergency number."""

    to: str


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Short message, at most 1500 characters."""

    to: str
    text: Annotated[str, msgspec.Meta(max_length=1500)]


class Duration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Duration of a fault; absent: the fault's default."""

    for_s: Annotated[float, msgspec.Meta(ge=0)] | None = None


class Ports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New name of the ports, as after a renumbering; absent: the modem's name."""

    ports: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]*)?$")] = ""


class Control:
    """Handler of requests about one running carrier."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._carrier = runner.carrier
        self._routes: dict[tuple[str, ...], Route] = {
            ("GET", "phones"): self._phones,
            ("GET", "phones", "*"): self._phone,
            ("PATCH", "phones", "*"): self._change,
            ("POST", "phones", "*"): self._change,
            ("POST", "phones", "*", "call"): self._call,
            ("POST", "phones", "*", "answer"): self._answer,
            ("POST", "phones", "*", "hang_up"): self._hang_up,
            ("GET", "phones", "*", "heard.wav"): self._heard,
            ("POST", "phones", "*", "sms"): self._sms,
            ("GET", "phones", "*", "texts"): self._texts,
            ("GET", "calls"): self._calls,
            ("GET", "messages"): self._messages,
            ("GET", "modems"): self._modems,
            ("GET", "modems", "*"): self._modem,
            ("POST", "modems", "*", "unplug"): self._unplug,
            ("POST", "modems", "*", "plug"): self._plug,
            ("POST", "modems", "*", "mute"): self._mute,
            ("POST", "modems", "*", "unmute"): self._unmute,
            ("POST", "modems", "*", "garble"): self._garble,
            ("POST", "modems", "*", "reboot"): self._reboot,
            ("POST", "modems", "*", "vices"): self._vices,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request; its effects are complete on return."""
        self._runner.settle()
        name = request.path[1] if len(request.path) > 1 else ""
        shape = tuple("*" if place == 1 else part for place, part in enumerate(request.path))
        route = self._routes.get((request.method, *shape))
        if route is None:
            known = any(key[1:] == shape for key in self._routes)
            return _error(HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND, "no such request")
        try:
            return route(name, request)
        except NoSuchParty as error:
            return _error(HTTPStatus.NOT_FOUND, str(error))
        except NotNow as error:
            return _error(HTTPStatus.CONFLICT, str(error))
        except (ConfigError, msgspec.DecodeError) as error:
            return _error(HTTPStatus.BAD_REQUEST, str(error))
        finally:
            self._runner.settle()

    # ----------------------------------------------------------------------------------------- phones

    def _phones(self, name: str, request: Request) -> Response:
        return _json([phone_report(self._carrier.places(number)) for number in self._carrier.phones])

    def _phone(self, name: str, request: Request) -> Response:
        return _json(phone_report(self._carrier.places(name)))

    def _change(self, name: str, request: Request) -> Response:
        changes = msgspec.json.decode(request.body or b"{}")
        changed = changed_phone(self._carrier.phone(name).profile, changes)
        for phone in self._carrier.places(name):
            phone.change(changed)
        return self._phone(name, request)

    def _call(self, name: str, request: Request) -> Response:
        return _json(call_report(self._carrier.phone_call(name, _body(request, Dial).to, self._now_s())))

    def _answer(self, name: str, request: Request) -> Response:
        return _json(call_report(self._carrier.phone_answer(name, self._now_s())))

    def _hang_up(self, name: str, request: Request) -> Response:
        return _json(call_report(self._carrier.phone_hang_up(name, self._now_s(), _place(request))))

    def _heard(self, name: str, request: Request) -> Response:
        pcm = self._carrier.phone(name, _place(request)).heard_pcm(self._now_s())
        if pcm is None:
            raise NoSuchParty(f"{name} has had no call yet")
        return Response(HTTPStatus.OK, wav(pcm), "audio/wav")

    def _sms(self, name: str, request: Request) -> Response:
        text = _body(request, Text)
        return _json(message_report(self._carrier.phone_sms(name, text.to, text.text, self._now_s())))

    def _texts(self, name: str, request: Request) -> Response:
        return _json(text_reports(self._carrier.messages, self._carrier.phone(name).number))

    # ------------------------------------------------------------------------------------------ calls

    def _calls(self, name: str, request: Request) -> Response:
        """Return every call; with `?after=ID` only newer ones, for a client that has seen the earlier calls
        end.
        """
        after = dict(request.query).get("after", "0")
        if not after.isdecimal():
            return _error(HTTPStatus.BAD_REQUEST, "after: a call's id")
        return _json([call_report(call) for call in self._carrier.calls[int(after) :]])

    def _messages(self, name: str, request: Request) -> Response:
        return _json([message_report(message) for message in self._carrier.messages])

    # ----------------------------------------------------------------------------------------- modems

    def _modems(self, name: str, request: Request) -> Response:
        return _json([_with_ports(station) for station in self._runner.stations.values()])

    def _modem(self, name: str, request: Request) -> Response:
        return self._modem_now(name)

    def _unplug(self, name: str, request: Request) -> Response:
        self._runner.unplug(name)
        return self._modem_now(name)

    def _plug(self, name: str, request: Request) -> Response:
        self._runner.plug(name, _body(request, Ports).ports)
        return self._modem_now(name)

    def _mute(self, name: str, request: Request) -> Response:
        self._carrier.modem(name).mute(self._now_s(), _body(request, Duration).for_s)
        return self._modem_now(name)

    def _unmute(self, name: str, request: Request) -> Response:
        self._carrier.modem(name).unmute()
        return self._modem_now(name)

    def _garble(self, name: str, request: Request) -> Response:
        for_s = _body(request, Duration).for_s
        self._carrier.modem(name).garble(self._now_s(), GARBLE_S if for_s is None else for_s)
        return self._modem_now(name)

    def _reboot(self, name: str, request: Request) -> Response:
        self._carrier.modem(name).reboot(self._now_s())
        return self._modem_now(name)

    def _vices(self, name: str, request: Request) -> Response:
        """Change the named vices and keep the others."""
        self._carrier.modem(name).change_vices(_body(request, Vices))
        return self._modem_now(name)

    def _modem_now(self, name: str) -> Response:
        self._carrier.modem(name)
        return _json(_with_ports(self._runner.stations[name]))

    def _now_s(self) -> float:
        return self._runner.clock()


def _with_ports(station: Station) -> Json:
    return {
        **modem_report(station.modem),
        "at": None if station.at is None else str(station.at.link),
        "voice": None if station.voice is None else str(station.voice.link),
    }


def _body(request: Request, kind: type[_Body]) -> _Body:
    return msgspec.json.decode(request.body or b"{}", type=kind)


def _place(request: Request) -> int:
    """Return the place in an exchange by `?place=N`; else the first."""
    place = dict(request.query).get("place", "0")
    if not place.isdecimal():
        raise NoSuchParty(f"no place {place}")
    return int(place)


def _json(data: object) -> Response:
    return Response(HTTPStatus.OK, msgspec.json.encode(data))


def _error(status: HTTPStatus, reason: str) -> Response:
    return Response(status, msgspec.json.encode({"error": reason}))
