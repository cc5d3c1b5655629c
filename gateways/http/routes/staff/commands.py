"""Commands of operators in a case, and changes of their own shift.

A command is checked and journaled under the journal's write lock: a command that the case does not permit at
that moment is refused with the reason (409). The AlertCase checks the command again and carries it out.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import found
from gateways.http.routing.permissions import SIGNED_ON, Caller
from gateways.http.routing.route import POST, route
from gateways.http.wire.answers import CommandAnswer, ShiftAnswer
from gateways.http.wire.bodies import CommandBody, ShiftBody
from gateways.http.wire.errors import NoSuchAlert, Refused, RequestError
from messages.events import (
    BriefingFilled,
    CommandGiven,
    DialogueSaid,
    DialogueSeen,
    DialogueTextsOrdered,
    InboxEvent,
    NoteAdded,
    ShiftChanged,
    Spoken,
    WrapUpEnded,
)
from messages.ids import AlertId, Channel, OperatorCommand, OperatorId, Party, ShiftState
from model.alert.leg import Leg
from model.orders.effects import is_out_of_date, is_repeated, refusal
from model.orders.refusals import Refusal
from model.orders.table import ORDERS
from model.rules import wrap_up
from model.rules.messages import dialogue, message_channel
from model.settings import Settings
from model.telling.sheet import Sheet
from store import streams
from store.alerts import pages, reopening
from store.alerts.sheets import current_sheet
from store.journal.journal import Append, Transaction
from store.nodes.leases import current_term
from store.registry import keyring
from store.registry.people import StaffRole

ORDERED: Final = "an order, which is in the journal with its operator"


@route(
    POST,
    "/v1/alerts/{alert}/commands",
    by=SIGNED_ON,
    audit=ORDERED,
    status=202,
    refuses=((403, "A command that needs another role."), NoSuchAlert, Refused),
)
async def give_command(web: Web, who: Caller, alert: AlertId, data: CommandBody) -> CommandAnswer:
    """Give a command in a case."""
    by = who.operator
    if ORDERS[data.command].supervisor:
        web.auth.require(by, StaffRole.SUPERVISOR)
    supervisor = web.auth.may(by, StaffRole.SUPERVISOR)
    settings = web.settings.center
    sheet = await found(web, alert)
    if sheet.case.closed_at is not None:
        not_theirs = web.room().refusal(sheet.case, data.command, by)
        if not_theirs is not None:
            raise Refused(not_theirs)
    if data.to is not None and OperatorId(data.to) not in web.people.operators():
        raise Refused(Refusal.NO_SUCH_OPERATOR)
    if data.question and data.language not in web.settings.speaks.get(data.question, ()):
        raise Refused(Refusal.NO_VOICE)
    wrong = await web.writing.run(
        lambda transaction: order(transaction, sheet, data, by, settings, supervisor=supervisor),
        first=True,
    )
    result = "refused" if wrong is not None else "journaled"
    web.metrics.commands.labels(command=data.command.value, result=result).inc()
    if wrong is not None:
        raise wrong
    return CommandAnswer(alert=alert, command=data.command, durable=web.journal.durable)


@route(POST, "/v1/operators/me/shift", by=SIGNED_ON, audit=ORDERED, refuses=(Refusal.OUT_OF_DATE,))
async def change_shift(web: Web, who: Caller, data: ShiftBody) -> ShiftAnswer:
    """Begin, pause or end the operator's own shift."""
    operator, reason, settings = who.operator, data.reason.strip(), web.settings.center

    def change(transaction: Transaction) -> int:
        set_shift(transaction, operator, data.state, reason, settings, data.seen)
        return transaction.seq

    return ShiftAnswer(
        operator=operator,
        state=data.state,
        reason=reason,
        seq=await web.writing.run(change, first=True),
        durable=web.journal.durable,
    )


def order(
    transaction: Transaction,
    known: Sheet,
    data: CommandBody,
    by: OperatorId,
    settings: Settings,
    *,
    supervisor: bool = False,
) -> RequestError | None:
    """Journal the command if the case permits it now, and if the data that the operator saw is still valid.

    Return the refusal otherwise, for the caller to raise. A command whose id is journaled already is not
    journaled again. Call within the write lock. `known`: the alert as of a moment ago; `supervisor`: True for
    a supervisor's command.
    """
    sheet = current_sheet(transaction, known)
    case = sheet.case
    given = data.id or ""
    if is_repeated(case, given, data.command, by):
        return None
    to = None if data.to is None else OperatorId(data.to)
    reason = refusal(case, data.command, by, settings, to, data.party, supervisor=supervisor)
    if reason is None and data.command is OperatorCommand.REOPEN:
        reason = reopening.reopening_refusal(transaction, case)
    if reason is None and data.seen is not None:
        filled = 0 if data.field is None else sheet.changed.get(data.field, 0)
        late = is_out_of_date(case, data.command, data.seen, data.party, filled)
        reason = Refusal.OUT_OF_DATE if late else None
    if reason is not None:
        return Refused(reason)
    if data.command is OperatorCommand.REOPEN:
        reopening.reopen(transaction, case, by, psap=data.party is Party.PSAP, order=given)
        return None
    if data.command is OperatorCommand.OPEN_PAGE:
        pages.open_page(transaction, case, by, keyring.secret_within(transaction, keyring.PAGE), given)
        return None
    event = said_by(data, by, to, case.answered(Party.USER))
    if isinstance(event, CommandGiven) and ORDERS[event.command].says_role:
        event = replace(event, supervisor=supervisor)
    if isinstance(event, DialogueSaid) and event.channel is Channel.DATA:
        going = message_channel.choose_channel(case, settings, transaction.at_us)
        event = (
            replace(event, channel=Channel.SMS)
            if going.why is message_channel.ChannelReason.NO_APP
            else event
        )
    if not isinstance(event, DialogueSaid | DialogueSeen) or dialogue.is_news(case, event):
        transaction.append(Append(streams.inbox(case.alert), case.inbox_version, (event,)))
    return None


def said_by(data: CommandBody, by: OperatorId, to: OperatorId | None, user: Leg | None) -> InboxEvent:
    """Return the event of a command. Mere information is a fact at once; on the rest the AlertCase acts.

    `user`: the call in which a question is spoken.
    """
    match data.command:
        case OperatorCommand.NOTE:
            return NoteAdded(by=by, text=data.text, id=data.id or "")
        case OperatorCommand.WRITE | OperatorCommand.ASK_ALOUD:
            return _question(data, by)
        case OperatorCommand.ASK_SPOKEN | OperatorCommand.ASK_SOFTLY if user is not None:
            softly = data.command is OperatorCommand.ASK_SOFTLY
            spoken = Spoken(attempt=user.attempt, language=data.language or "", softly=softly)
            return replace(_question(data, by), spoken=spoken, question=data.question)
        case OperatorCommand.WRITE_BY_SMS:
            return DialogueTextsOrdered(by=by, id=data.id or "")
        case OperatorCommand.HAVE_READ:
            return DialogueSeen(by=by, upto=data.upto, read=True)
        case OperatorCommand.BRIEF if data.field is not None:
            return BriefingFilled(field=data.field, text=data.text.strip(), by=by, id=data.id or "")
        case command:
            return CommandGiven(
                command=command,
                by=by,
                text=data.text,
                to=to,
                party=data.party,
                digit=data.digit,
                what=data.what or "",
                id=data.id or "",
                seen=data.seen or 0,
            )


def _question(data: CommandBody, by: OperatorId) -> DialogueSaid:
    """Return the message that an operator writes, or asks on the line."""
    on_the_line = data.command is not OperatorCommand.WRITE
    return DialogueSaid(
        id=data.id or "",
        by=by,
        channel=Channel.VOICE if on_the_line else Channel.DATA,
        text=data.text.strip(),
        asks=data.asks or on_the_line,
        fills=data.field,
        yes=data.yes.strip(),
        no=data.no.strip(),
    )


def set_shift(
    transaction: Transaction,
    operator: OperatorId,
    state: ShiftState,
    reason: str,
    settings: Settings,
    seen: int | None = None,
) -> bool:
    """Journal the new state of the shift; return False if unchanged. Call within the write lock.

    The state READY during the wrap-up ends the wrap-up, and counts as a change. Raises Refused if the shift
    has changed after the journal's position `seen`: for example, a node reads a request after the operator
    has gone home.
    """
    stream = streams.operator(operator)
    last = transaction.last_of_type(stream, "operator.shift_changed")
    now = last.event if last is not None and isinstance(last.event, ShiftChanged) else None
    # Another reason is a change; an empty reason leaves the given reason valid.
    if (ShiftState.OFF if now is None else now.state) is state and (
        not reason or (now is not None and now.reason == reason)
    ):
        left_at = wrap_up.wrap_up_begins_at(transaction.last(stream))
        if state is not ShiftState.READY or not wrap_up.is_in_wrap_up(left_at, settings, transaction.at_us):
            return False
        transaction.append(Append(stream, None, (WrapUpEnded(operator=operator),)))
        return True
    if seen is not None and last is not None and last.seq > seen:
        raise Refused(Refusal.OUT_OF_DATE)
    transaction.append(Append(stream, None, (ShiftChanged(operator=operator, state=state, reason=reason),)))
    return True


def move_shift(transaction: Transaction, operator: OperatorId) -> bool:
    """Move the shift to this node if its node is no member any more; return True if moved.

    The shift is journaled again by this node, because the nailed-up call and the headset belong to the
    shift's node. Call within the write lock.
    """
    stream = streams.operator(operator)
    last = transaction.last_of_type(stream, "operator.shift_changed")
    if last is None or not isinstance(last.event, ShiftChanged) or last.event.state is ShiftState.OFF:
        return False
    if last.node == transaction.node or current_term(transaction, last.node) is not None:
        return False
    transaction.append(Append(stream, None, (last.event,)))
    return True
