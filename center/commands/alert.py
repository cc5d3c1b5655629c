"""`alert …`: raises alerts through the running center, and reads alerts from the journal."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY
from application.client import Client, SentAlert, SentPosition, post_alert
from application.errors import NotFound, UsageError
from application.options import DEFAULT, Alert, Common
from application.state.journals import journal_of
from application.times import local, rfc3339, since_s
from center.alerts import Summary, case_of, newest_cases, received_us, streams_of, summary
from messages.ids import AlertId

if TYPE_CHECKING:
    from store.journal.journal import Journal


def send(
    *,
    phone: Annotated[str | None, Parameter(help="Number of the user's phone, E.164.")] = None,
    device: Annotated[
        str | None, Parameter(help="Device id of the app; --phone or --device is required.")
    ] = None,
    id: Annotated[str | None, Parameter(help="Id of the alert; default: made by the center.")] = None,
    lat: Annotated[float | None, Parameter(help="Latitude in degrees, north positive.")] = None,
    lon: Annotated[float | None, Parameter(help="Longitude in degrees, east positive.")] = None,
    accuracy: Annotated[float | None, Parameter(help="Accuracy of the position: radius in metres.")] = None,
    battery: Annotated[int | None, Parameter(help="Battery level of the phone, in percent.")] = None,
    test: Annotated[
        bool, Parameter(negative="", help="Mark the alert TEST: the real 112 is never called.")
    ] = False,
    silent: Annotated[
        bool,
        Parameter(
            negative="",
            help="Raise a silent alert: the user's phone is not called until an operator orders it.",
        ),
    ] = False,
    common: Common = DEFAULT,
) -> None:
    """Raise an alert; the last line is its id. A signal of a number with an open alert joins that alert."""
    if phone is None and device is None:
        raise UsageError("--phone or --device is required")
    if (lat is None) != (lon is None):
        raise UsageError("--lat and --lon must be given together")
    if accuracy is not None and lat is None:
        raise UsageError("--accuracy needs --lat and --lon")
    position = (
        SentPosition(lat=lat, lon=lon, accuracy_m=accuracy) if lat is not None and lon is not None else None
    )
    alert = SentAlert(
        phone=phone, device=device, id=id, test=test, silent=silent, position=position, battery_pct=battery
    )
    client = Client(common.directory)
    receipt = post_alert(client, alert)
    joined = "no new alert, added to one that is there: " if client.status == HTTPStatus.OK else ""
    advice = "the app shows: call 112 now" if receipt.advice != "wait" else "the app waits"
    said = f"{joined}received {receipt.received_at}, deadline {receipt.deadline_at}, {advice}"
    common.print_json(receipt, said, receipt.alert)


def list_(
    *,
    limit: Annotated[int, Parameter(help="Largest number of alerts.")] = 50,
    open: Annotated[bool, Parameter(negative="", help="List only open alerts.")] = False,
    common: Common = DEFAULT,
) -> None:
    """List the alerts of the journal, newest first."""
    from application.auditing import note
    from store.audit.entry import Action

    with journal_of(common.directory) as journal:
        found: list[Summary] = []
        for case in newest_cases(journal):
            if len(found) >= limit:
                break
            if not open or case.closed_at is None:
                found.append(summary(case))
        ids = (name for one in found for name in (one.alert, one.user))
        note(journal, common.directory, Action.READ_LIST, ids, "alert list")
    if common.json:
        common.data(found)
        return
    common.table(
        ("alert", "received", "phase", "outcome", "from", "operator", "rang", "reached"),
        [
            (
                one.alert + (" TEST" if one.test else ""),
                one.received_at,
                one.phase,
                one.outcome or "",
                one.phone or one.device or "",
                one.operator or "",
                _after(one.rang_after_s),
                _after(one.reached_after_s),
            )
            for one in found
        ],
        "no alert",
    )


def _after(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def show(alert: Alert, /, *, common: Common = DEFAULT) -> None:
    """Show the state of one alert."""
    from application.auditing import note
    from store.audit.entry import Action

    with journal_of(common.directory) as journal:
        case = case_of(journal, alert)
        note(journal, common.directory, Action.READ_ALERT, (alert, case.user), "alert show")
    said = summary(case)
    if common.json:
        # The positions are no sequence that msgspec knows (`model.alert.trail`).
        whole = msgspec.to_builtins(case, str_keys=True, enc_hook=list)
        common.data({**msgspec.to_builtins(said), "case": whole})
        return
    for field, value in msgspec.structs.asdict(said).items():
        common.print_line(f"{field:16} {'' if value is None else value}")
    common.table(
        ("leg", "number", "line", "attempt", "state", "cause"),
        [
            (str(leg.leg), leg.number or "", leg.line, str(leg.attempt), leg.state, str(leg.cause or ""))
            for leg in case.legs.values()
        ],
        "no leg",
    )


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """An event of an alert's story."""

    t: float
    """Time in seconds since the receipt of the alert."""
    at: str
    type: str
    text: str
    stream: str
    version: int
    seq: int


def timeline(alert: Alert, /, *, common: Common = DEFAULT) -> None:
    """Print the story of one alert, in seconds since it was received."""
    from application.auditing import note
    from messages.journal import event_type
    from model.telling.story import in_words
    from store.audit.entry import Action

    with journal_of(common.directory) as journal:
        recorded = streams_of(journal, alert)
        note(journal, common.directory, Action.READ_ALERT, (alert,), "alert timeline")
    start = recorded[0].at_us
    story = [
        Moment(
            t=round((one.at_us - start) / 1e6, 3),
            at=rfc3339(one.at_us),
            type=event_type(one.event),
            text=text,
            stream=one.stream,
            version=one.version,
            seq=one.seq,
        )
        for one in recorded
        if (text := in_words(one.event)) is not None
    ]
    if common.json:
        common.data(story)
        return
    common.print_line(f"{alert}, {local(start)}")
    for moment in story:
        common.print_line(f"{moment.t:+10.2f} s  {moment.text}")


def watch(
    *,
    since: Annotated[
        int | None, Parameter(help="Print also past events after this seq; default: only new events.")
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Print the events of all alerts as they happen. Ends with Ctrl-C."""
    from application.auditing import note
    from messages.journal import event_type
    from model.telling.story import in_words
    from runtime.service import Signals
    from store.audit.entry import Action
    from store.journal.following import Follower
    from store.streams import alert_of

    with journal_of(common.directory) as journal:
        follower = Follower(journal, since)
        starts: dict[str, int] = {}
        # Not by KeyboardInterrupt: Python prints and ignores an exception raised in a garbage collection.
        signals = Signals()
        try:
            while not signals.asked_to_stop:
                for one in follower.next_batch():
                    alert, text = alert_of(one.stream), in_words(one.event)
                    if alert is None or text is None:
                        continue
                    if alert not in starts:
                        note(journal, common.directory, Action.READ_ALERT, (alert,), "alert watch")
                    start = starts.setdefault(alert, received_us(journal, alert, one))
                    if common.json:
                        said = {"seq": one.seq, "alert": alert, "t": (one.at_us - start) / 1e6}
                        common.data({**said, "type": event_type(one.event), "text": text})
                    else:
                        common.print_line(f"{alert}  {since_s(one.at_us, start):>10}  {text}")
                # A notification may be lost, an event never: read every five seconds in any case.
                select.select([follower.fileno(), signals.fileno()], [], [], 5.0)
            raise KeyboardInterrupt
        finally:
            signals.close()
            follower.close()


def hold(
    alert: Alert,
    /,
    *,
    reason: Annotated[str, Parameter(help="Reason for the hold, and the authority that requests it.")],
    common: Common = DEFAULT,
) -> None:
    """Put a legal hold on an alert, such as for a court: alert and recordings are kept until a release."""
    from messages.events import AlertHeld
    from store import streams
    from store.journal.journal import Append

    with _kept(common, alert, "held") as journal:
        journal.append(Append(streams.inbox(AlertId(alert)), None, (AlertHeld(by=BY, reason=reason),)))
    common.print_line(f"{alert} is held")


def release(alert: Alert, /, *, common: Common = DEFAULT) -> None:
    """Release the hold on an alert: the alert is erased at once if its person was erased, else at the end of
    its retention.
    """
    from application.recordings import delete_erased
    from application.state.scrubbing import scrub
    from store.alerts import erasing

    with _kept(common, alert, "released") as journal:
        gone = erasing.end_hold(journal, AlertId(alert), by=BY).kinds
        if gone:
            delete_erased(journal, common.directory.recordings)
            scrub(common.directory, journal)
    common.print_line(
        f"{alert} is released"
        + (", and its personal data are erased: the person was erased meanwhile" if gone else "")
    )


@contextmanager
def _kept(common: Common, alert: Alert, what: str) -> Iterator[Journal]:
    """Yield the journal, with the audit entry about the change of the hold written. Raises NotFound."""
    from application.auditing import note
    from store import streams
    from store.audit.entry import Action

    with journal_of(common.directory) as journal:
        if not journal.version(streams.inbox(AlertId(alert))):
            raise NotFound(f"no alert has the id {alert}")
        note(journal, common.directory, Action.CHANGE_KEPT, (alert,), what)
        yield journal
