"""Effects of a command's result on the calls. Used by the driver, which sent the command, and by the
observer, which saw the command sent. Pure; sends nothing."""

from __future__ import annotations

from gateways.gsm.at import q850
from gateways.gsm.at.commands import Finished, Outcome, error_code
from gateways.gsm.at.parse import body_of
from gateways.gsm.calls.table import CallTable
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.interpret import interpret, parse_call_list
from gateways.gsm.driver.events import CallId
from messages.base import HangupCause

# 27.007 clause 9.2, as numbers and, for a modem that reports as with +CMEE=2, as text.
_NETWORK_ERRORS = frozenset(
    {"30", "no network service", "31", "network timeout", "32", "network not allowed - emergency calls only"}
)


def dial_finished(
    table: CallTable, dialect: CompiledDialect, region: str, call: CallId, finished: Finished, now_s: float
) -> None:
    """Process the result of ATD. OK means only that the modem has accepted the dial."""
    match finished.outcome:
        case Outcome.CALL_FAILED:
            table.on_dial_result(call, now_s, written_s=finished.sent_s)
            _failed(table, dialect, region, call, finished, now_s)
        case Outcome.ERROR:
            network = error_code(finished.final).lower() in _NETWORK_ERRORS
            cause = HangupCause.NETWORK_OUT_OF_ORDER if network else HangupCause.TEMPORARY_FAILURE
            refused = f"the modem refused the dial: {finished.final}"
            table.end_with_cause(call, now_s, cause=cause, text=refused, kind="dial")
        case Outcome.TIMED_OUT | Outcome.TOO_LATE if finished.sent_s is None:
            late = finished.outcome is Outcome.TOO_LATE
            text = "too late to be dialled" if late else "the modem does not answer"
            table.end_with_cause(call, now_s, cause=HangupCause.LINE_LOST, text=text, kind="dial")
        case _:
            table.on_dial_result(call, now_s, written_s=finished.sent_s)
            if finished.outcome is Outcome.OK and dialect.data.dial_ok_is_answer:
                table.on_answer_accepted(call, now_s)


def answer_finished(
    table: CallTable, dialect: CompiledDialect, region: str, call: CallId, finished: Finished, now_s: float
) -> None:
    """Process the result of ATA, or of +CHLD=2 for a waiting call."""
    if finished.outcome is Outcome.OK:
        table.on_answer_accepted(call, now_s)
    elif finished.outcome is Outcome.CALL_FAILED:
        _failed(table, dialect, region, call, finished, now_s)


def hang_up_finished(
    table: CallTable, call: CallId, finished: Finished, now_s: float, *, list_available: bool
) -> None:
    """Process the result of a hang-up: OK ends the call if the list of calls agrees, or is not available."""
    if finished.outcome is Outcome.OK:
        table.on_end_reported(
            call,
            now_s,
            cause=None,
            text="hung up here",
            certain=not list_available,
            certain_cause=False,
            kind="hang_up",
        )


def list_finished(
    table: CallTable, dialect: CompiledDialect, region: str, finished: Finished, now_s: float
) -> None:
    """Update the call table from the result of the list of calls (+CLCC)."""
    if finished.outcome is Outcome.OK:
        listed = parse_call_list(dialect, finished.lines, region)
        requested_s = finished.sent_s if finished.sent_s is not None else now_s
        table.process_list(
            listed.rows,
            now_s,
            requested_s=requested_s,
            conference=listed.conference,
            damaged=listed.damaged or finished.maybe_damaged,
        )


def report_finished(table: CallTable, call: CallId, finished: Finished, now_s: float) -> None:
    """Set the cause of a call's end from the result of the query for the cause."""
    cause: int | None = None
    text = ""
    if finished.outcome is Outcome.OK and finished.lines:
        cause, text = q850.parse_cause(finished.lines[0]), body_of(finished.lines[0])
    table.on_cause_report(call, cause, text, now_s)


def _failed(
    table: CallTable, dialect: CompiledDialect, region: str, call: CallId, finished: Finished, now_s: float
) -> None:
    """End the call by NO CARRIER or another failure as the final result of the call's own command."""
    hint = interpret(dialect, finished.final, region)
    table.on_end_reported(
        call,
        now_s,
        text=finished.final,
        certain=True,
        kind=hint.kind if hint is not None else finished.final,
        cause=hint.cause if hint is not None else None,
        certain_cause=hint is not None and hint.certain_cause,
    )
