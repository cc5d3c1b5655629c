"""A notification for a program: a signed POST."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.callouts.channels.sending import Notification, subject_of
from gateways.outside import Sent
from gateways.webhook import post, rfc3339
from model.setup import Setup

TYPE: Final = "callout.notice"


def post_notification(to: str, notification: Notification, setup: Setup) -> Sent:
    """Post the notification. Blocks; raises no error that the receiver or the network causes."""
    duty = setup.settings.duty
    return post(
        to,
        notification.id,
        body_of(notification),
        key="duty.webhook_key_file",
        key_file=duty.webhook_key_file,
        authority=duty.authority,
        here_alone=setup.simulated,
    )


def body_of(notification: Notification) -> bytes:
    """Return the body: `type`, `timestamp` and `data`, as Standard Webhooks advises."""
    return msgspec.json.encode(
        {
            "type": TYPE,
            "timestamp": rfc3339(notification.at),
            "data": {
                "callout": notification.callout,
                "attempt": notification.attempt,
                "subject": notification.subject,
                "text": notification.text,
                "take_url": notification.take_url,
                "alarms": [
                    {
                        "alarm": one.alarm,
                        "subject": subject_of(one),
                        "node": one.node,
                        "raised_at": rfc3339(one.raised_at),
                    }
                    for one in notification.alarms
                ],
            },
        }
    )
