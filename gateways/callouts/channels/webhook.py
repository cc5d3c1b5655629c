"""A notice for a program: a signed POST."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.callouts.channels.sending import Notification, subject_of
from gateways.outside import Sent
from gateways.webhook import post, rfc3339
from model.setup import Setup

TYPE: Final = "callout.notice"


def posted(to: str, notice: Notification, setup: Setup) -> Sent:
    """Post the notice. Blocks; raises no error that the receiver or the network causes."""
    duty = setup.settings.duty
    return post(
        to,
        notice.id,
        body_of(notice),
        key="duty.webhook_key_file",
        key_file=duty.webhook_key_file,
        authority=duty.authority,
        here_alone=setup.simulated,
    )


def body_of(notice: Notification) -> bytes:
    """Return the body: `type`, `timestamp` and `data`, as Standard Webhooks advises."""
    return msgspec.json.encode(
        {
            "type": TYPE,
            "timestamp": rfc3339(notice.at),
            "data": {
                "callout": notice.callout,
                "attempt": notice.attempt,
                "subject": notice.subject,
                "text": notice.text,
                "take_url": notice.take_url,
                "alarms": [
                    {
                        "alarm": one.alarm,
                        "subject": subject_of(one),
                        "node": one.node,
                        "raised_at": rfc3339(one.raised_at),
                    }
                    for one in notice.alarms
                ],
            },
        }
    )
