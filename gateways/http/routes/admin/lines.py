"""/v1/admin/lines: setup of each line, and its service.

`center.toml` holds the setup, as well as the switch for the real 112. The PIN of a SIM has a file. The stream
`service-LINE` holds removals from service and returns; TrunkPools follow the stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from application.settings.views import LineSet, LinesSet
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, SUPERVISOR, Caller
from gateways.http.routing.route import DELETE, GET, PATCH, PUT, Answer, route
from gateways.http.wire.answers import derived
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.base import Gains
from messages.events import LinePutBack, LineTakenOut
from messages.ids import LineId, NodeId, TrunkId
from messages.rows import Sentence
from model.settings.lines import Modem
from model.settings_edits import EditFaulty
from runtime.published.file import publish
from runtime.published.line_files import pin_typed
from store import streams
from store.audit.entry import Action
from store.errors import NumberRefused
from store.journal.journal import Append, Transaction
from store.registry import numbers

PATH: Final = "/v1/admin/lines"
OF_NOBODY: Final = "lines of the center, nobody's data"
SENTENCES: Final = ("CHIAMA IL 112 VERO", "CALL THE REAL 112")
"""Sentences that turn the switch on; one is enough."""
FAULTY: Final = (400, "Not understood, or the center could not start with it.")
REASON_MAX: Final = 200
Reason = Annotated[str, msgspec.Meta(max_length=REASON_MAX, description="In the operator's own words.")]


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """Configured line: its settings, and the present port of its modem.

    The console's feed publishes the changing state (`LineView`).
    """

    line: LineId
    node: NodeId
    """Node of the line."""
    own: bool
    """True for a line of this node. The modem of another node's line is unknown here."""
    trunk: TrunkId
    emergency: bool
    number: str
    imei: str
    port: str
    """Present port of the modem; empty if unknown."""
    dialect: str
    gains: Gains
    text: str
    """Fault in English, for the person on duty."""
    set: LineSet | None
    """Values in the settings file; null for a simulated line or another node's line."""
    pending: bool
    """True if the values in the settings file take effect only after a restart."""


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """Switches for the real 112: the values in effect, and the values in the settings file."""

    live: bool
    last_resort: str
    live_set: bool
    last_resort_set: str
    trunks: list[str]
    writable: bool


class LinesView(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, this node's first, in the order of the settings."""

    lines: list[LineRow]
    switches: Switches


class LineFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values of a line in the settings file; absent fields are left out of the comparison and the change."""

    trunk: str | UnsetType = UNSET
    number: str | UnsetType = UNSET
    inbound: bool | UnsetType = UNSET
    gain_in_db: float | UnsetType = UNSET
    gain_out_db: float | UnsetType = UNSET
    agc: bool | UnsetType = UNSET


class LineWritten(msgspec.Struct, frozen=True, kw_only=True):
    """Present values of a line in the settings file."""

    line: LineId
    trunk: str
    number: str
    inbound: bool
    gain_in_db: float
    gain_out_db: float
    agc: bool


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values, and the values that the administrator saw."""

    was: LineFields
    now: LineFields


class LiveChange(msgspec.Struct, frozen=True, kw_only=True):
    """Permission to call the real 112. `typed`: the sentence that turns the switch on."""

    was: bool
    now: bool
    typed: str = ""


class PinTyped(msgspec.Struct, frozen=True, kw_only=True):
    """PIN of a line's SIM; no response ever contains the PIN."""

    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,8}$(?!\n)")]


class TakeOut(msgspec.Struct, frozen=True, kw_only=True):
    """Reason to take the line out of service. `typed`: the line's name, for the last line for 112."""

    reason: Reason
    typed: str = ""


class LineFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one check."""

    verdict: str
    """`ok`, `warn`, `fail`."""
    text: str
    """Result in English, for the person on duty."""
    do: Sentence
    """Remedy; empty if the result is good."""


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """Findings of the doctor on this node's lines and modems, worst first."""

    found: list[LineFinding]


@route(GET, PATH, by=SUPERVISOR, audit=OF_NOBODY, listed=True, says="As they are set up.")
def admin_lines(web: Web) -> LinesView:
    """List all lines."""
    try:
        said = web.settings_file.lines()
    except EditFaulty:
        # The list of settings shows the faults of the file.
        said = LinesSet()
    settings = web.settings.center
    switches = Switches(
        live=settings.psap.live,
        last_resort=settings.psap.last_resort,
        live_set=said.live,
        last_resort_set=said.last_resort,
        trunks=said.trunks,
        writable=said.writable,
    )
    return LinesView(lines=[_row(web, spec, node, said) for spec, node in specs(web)], switches=switches)


@route(GET, f"{PATH}/check", by=SUPERVISOR, audit=OF_NOBODY, says="The worst first.")
def admin_check_lines(web: Web) -> CheckView:
    """Check this node's lines and modems for faults.

    The findings are those of `securwoman doctor`. No port is opened.
    """
    return CheckView(
        found=[LineFinding(verdict=one.verdict, text=one.text, do=do) for one, do in web.check_lines()]
    )


@route(
    PUT,
    f"{PATH}/{{line}}/out",
    by=SUPERVISOR,
    audit=Action.CHANGE_LINE,
    refuses=((400, "No reason."), NotThere, Why.LAST_FOR_112),
)
async def admin_take_line_out(web: Web, who: Caller, line: str, data: TakeOut) -> Answer[None]:
    """Take a line out of service.

    The center begins no call on the line until the line is put back. A call in progress continues, and
    incoming calls are answered. The last line for 112 requires its name as `typed`.
    """
    spec, _ = line_called(web, line)
    reason = " ".join(data.reason.split())
    if not reason:
        raise BadBody("a reason is required", "$.reason", Why.EMPTY)

    def work(tx: Transaction) -> None:
        if spec.emergency and data.typed != spec.line and not _remains_for_112(web, tx, spec.line):
            raise NotDone(
                "no other line can call 112: type the name of the line to confirm",
                Why.LAST_FOR_112,
                "$.typed",
            )
        event = LineTakenOut(line=spec.line, by=who.operator, reason=reason)
        tx.append(Append(streams.service(spec.line), None, (event,)))

    await web.writing.run(work)
    return Answer(None, detail=f"line {spec.line} taken out of service")


@route(DELETE, f"{PATH}/{{line}}/out", by=SUPERVISOR, audit=Action.CHANGE_LINE, refuses=(NotThere,))
async def admin_put_line_back(web: Web, who: Caller, line: str) -> Answer[None]:
    """Put a line back into service."""
    spec, _ = line_called(web, line)

    def work(tx: Transaction) -> bool:
        out = is_out(tx, spec.line)
        if out:
            event = LinePutBack(line=spec.line, by=who.operator)
            tx.append(Append(streams.service(spec.line), None, (event,)))
        return out

    detail = "put back into service" if await web.writing.run(work) else "was in service"
    return Answer(None, detail=f"line {spec.line} {detail}")


@route(
    PATCH,
    f"{PATH}/{{line}}",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    says="Written.",
    refuses=(FAULTY, NotThere, NotDone),
)
def admin_set_up_line(web: Web, line: str, data: LineChange) -> Answer[LineWritten]:
    """Change the setup of a line.

    The change is written to `center.toml` and takes effect after a restart. Each field must still be as in
    `was`, else 409 `changed_meanwhile` with the present value in `is_now`, as JSON.
    """
    spec = own_line(web, line)
    was, now = _fields(data.was), _fields(data.now)
    if was.keys() != now.keys():
        raise BadBody("`was` and `now` must have the same fields", "$")
    if isinstance(number := now.get("number"), str) and number.strip():
        now["number"] = _number(number, web.settings.center.region)
    with refusing():
        web.settings_file.set_line(spec.line, was, now)
        written = web.settings_file.lines().lines[spec.line]
    told = derived(LineWritten, written, line=spec.line)
    return Answer(told, detail=f"center.toml: line {spec.line}, {', '.join(sorted(now))}")


@route(
    PUT,
    "/v1/admin/psap-live",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    refuses=(FAULTY, Why.CHANGED_MEANWHILE, Why.NOT_WRITABLE),
)
def admin_psap_live(web: Web, data: LiveChange) -> Answer[None]:
    """Permit or forbid calls to the real 112.

    `psap.live` of `center.toml`; takes effect after a restart. To permit, `typed` is `CHIAMA IL 112 VERO` or
    `CALL THE REAL 112`. The other switch is the trunk's `emergency`.
    """
    if data.now and " ".join(data.typed.split()).upper() not in SENTENCES:
        raise BadBody("the confirming sentence was not typed", "$.typed", Why.NOT_TYPED_LIVE)
    with refusing():
        web.settings_file.set_switch("live", data.was, data.now)
    return Answer(None, detail=f"center.toml: psap.live {'on' if data.now else 'off'}")


@route(
    PUT,
    f"{PATH}/{{line}}/pin",
    by=ADMIN,
    audit=Action.CHANGE_LINE,
    refuses=(NotThere, Why.LINE_ELSEWHERE, Why.NOT_WRITABLE),
)
def admin_line_pin(web: Web, line: str, data: PinTyped) -> Answer[None]:
    """Set the PIN of a line's SIM.

    The PIN is written to the line's `pin_file`, else beside its other files, for the center's account alone.
    The SIM gets the PIN once; a PIN that the SIM has refused is not sent again. No response contains the PIN.
    """
    spec = own_line(web, line)
    file = Path(spec.pin_file) if spec.pin_file else pin_typed(Path(web.settings.state), spec.line)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        publish(file, f"{data.pin}\n".encode())
    except OSError as error:
        raise NotDone(f"{file} cannot be written: {error.strerror}", Why.NOT_WRITABLE) from error
    return Answer(None, detail=f"PIN of line {spec.line}")


def specs(web: Web) -> Iterator[tuple[Modem, NodeId]]:
    """Yield all lines, this node's first, each with its node."""
    yield from ((spec, web.nodes.node) for spec in web.settings.center.lines)
    for place in web.nodes.other_nodes:
        yield from ((spec, place.node) for spec in place.lines)


def line_called(web: Web, name: str) -> tuple[Modem, NodeId]:
    """Return the line with this name, at any node. Raises NotThere."""
    for spec, node in specs(web):
        if spec.line == name:
            return spec, node
    raise NotThere("no line has this name")


def own_line(web: Web, name: str) -> Modem:
    """Return the line with this name if it belongs to this node. Raises NotThere, NotDone."""
    spec, node = line_called(web, name)
    if node != web.nodes.node:
        raise NotDone("the line belongs to another node: use the console of that node", Why.LINE_ELSEWHERE)
    return spec


def is_out(tx: Transaction, line: LineId) -> bool:
    """Return True if the line has been taken out of service."""
    last = tx.last(streams.service(line))
    return last is not None and isinstance(last.event, LineTakenOut)


def _remains_for_112(web: Web, tx: Transaction, line: LineId) -> bool:
    """Return True if another line can carry a call to 112, as far as this node knows."""
    alive, bad, reports = web.nodes.alive, web.following.read_model.quarantined, web.lines.read()
    for spec, node in specs(web):
        if not spec.emergency or spec.line == line or node not in alive or spec.line in bad:
            continue
        here = reports.get(spec.line)
        usable = node != web.nodes.node or (here is not None and here.usable)
        if usable and not is_out(tx, spec.line):
            return True
    return False


def _row(web: Web, spec: Modem, node: NodeId, said: LinesSet) -> LineRow:
    own = node == web.nodes.node
    report = web.lines.read().get(spec.line) if own else None
    found = said.lines.get(spec.line) if own else None
    return LineRow(
        line=spec.line,
        node=node,
        own=own,
        trunk=spec.trunk,
        emergency=spec.emergency,
        number=spec.number,
        imei=spec.imei if report is None else report.imei or spec.imei,
        port="" if report is None else report.port,
        dialect=spec.dialect if report is None else report.dialect,
        gains=spec.gains,
        text="" if report is None else report.text,
        set=found,
        pending=found is not None and found != _in_use(spec, found),
    )


def _in_use(spec: Modem, said: LineSet) -> LineSet:
    """Return the values in effect. `inbound` of a line for 112 is the file's, because it has no effect."""
    return LineSet(
        trunk=spec.trunk,
        number=spec.number,
        inbound=said.inbound if spec.emergency else spec.inbound,
        gain_in_db=spec.gains.in_db,
        gain_out_db=spec.gains.out_db,
        agc=spec.gains.agc,
    )


def _fields(fields: LineFields) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(fields).items() if value is not UNSET}


def _number(text: str, region: str) -> str:
    """Return the number in E.164. Raises BadBody."""
    try:
        return numbers.of_a_person(text, region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.now.number", Why.NUMBER_REFUSED) from error
