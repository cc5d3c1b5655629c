"""What user and operator have written to each other, as the screen shows it. Pure."""

from __future__ import annotations

from gateways.console.views.case import SaidView, TextedView
from messages.ids import Channel, Instant, Proof
from model.alert.case import Case
from model.alert.parts import Said, Texted
from model.rules.said import by_which_way, spoken
from model.rules.said.dialogue import read_by_app


def said_views(case: Case) -> tuple[SaidView, ...]:
    """Oldest first."""
    return tuple(_said(case, one) for one in case.dialogue)


def _said(case: Case, one: Said) -> SaidView:
    return SaidView(
        number=one.number,
        id=one.id,
        by=one.by,
        at_us=one.at,
        channel=one.channel,
        text=one.text,
        asks=one.asks,
        answer=one.answer,
        answers=one.answers,
        spoken=spoken.progress(case, one),
        language="" if one.spoken is None else one.spoken.language,
        softly=one.spoken is not None and one.spoken.softly,
        heard_us=one.heard_at,
        arrived_us=one.arrived_at,
        read_us=one.read_at,
        claimed=one.channel is Channel.SMS and not one.by and case.proof is Proof.DEVICE,
        texted=None if one.texted is None else _texted(one.texted),
    )


def _texted(one: Texted) -> TextedView:
    return TextedView(
        asked_us=one.asked_at,
        sent_us=one.sent_at,
        awaits=one.awaits,
        waits_us=one.waits_at,
        delivered_us=one.delivered_at,
        failed_us=one.failed_at,
        failure=one.failure,
    )


def lost_us(case: Case) -> Instant | None:
    """From when on its app counts as lost; None where there is none, or all has arrived in it."""
    lost_at = by_which_way.lost_at(case)
    return lost_at if read_by_app(case) and lost_at < by_which_way.NEVER else None
