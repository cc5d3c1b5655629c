"""Words for people on duty: as mail, as a short message, and spoken. Pure.

The user and the position of an alert are never named: its id is enough to find it at a console.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from gateways.callouts.channels.sending import subject_of
from messages.events import CalloutAlarm
from messages.ids import CalloutKind
from model.alarms.kind import Words
from model.alarms.table import kind_of

LANGUAGES: Final = ("it", "en")
ONE_SMS: Final = 160
_PLAIN: Final = str.maketrans({"’": "'", "`": "'", "“": '"', "”": '"', "–": "-", "È": "E'"})
LISTED: Final = 10
"""Number of alarms listed; the others are counted."""


class _Phrases(msgspec.Struct, frozen=True, kw_only=True):
    more: str
    one_more: str
    morning: str
    test: str
    test_more: str
    wrong: str
    taken: str
    not_back: str
    """A call back to a line of the center would raise an alert."""


_PHRASES: Final = {
    "it": _Phrases(
        more="e altri {n}",
        one_more="e un altro",
        morning="securWoman, da vedere oggi",
        test="Prova di securWoman",
        test_more="Questa è una prova: così il centro ti avvisa di un guasto. Premi 1 quando ti chiama.",
        wrong="Qualcosa non va",
        taken="Se ne occupa già un'altra persona.",
        not_back="Non richiamare.",
    ),
    "en": _Phrases(
        more="and {n} more",
        one_more="and one more",
        morning="securWoman, to be seen today",
        test="Test of securWoman",
        test_more="This is a test: so the center tells you that something is wrong. Press 1 when it calls.",
        wrong="Something is wrong",
        taken="Somebody else sees to it already.",
        not_back="Do not call back.",
    ),
}


class NotificationText(msgspec.Struct, frozen=True, kw_only=True):
    """A notification in several lengths."""

    subject: str
    """Text of one line."""
    text: str
    """Full text."""
    sms: str
    spoken: str


def notification_text(
    kind: CalloutKind, alarms: Sequence[CalloutAlarm], language: str, own: str
) -> NotificationText:
    """Return the words for these alarms, the most severe first. `own`: the center's language, used if the
    person's is not one of the two.
    """
    language = language_for(language, own)
    phrases = _PHRASES[language]
    if kind is CalloutKind.TEST:
        return NotificationText(
            subject=phrases.test,
            text=phrases.test_more,
            sms=f"{phrases.test}. {phrases.test_more}",
            spoken=f"{phrases.test}.",
        )
    if not alarms:
        return NotificationText(
            subject=phrases.wrong,
            text=phrases.wrong,
            sms=f"securWoman: {phrases.wrong}",
            spoken=phrases.wrong,
        )
    first, rest = alarms[0], len(alarms) - 1
    more = "" if not rest else phrases.one_more if rest == 1 else phrases.more.format(n=rest)
    words = alarm_words(first, language)
    beginning = phrases.morning if kind is CalloutKind.MORNING else "securWoman"
    subject = f"{beginning}: {words.short}" + (f" ({more})" if more else "")
    lines = [f"{one.means}. {one.do}." for one in (alarm_words(each, language) for each in alarms[:LISTED])]
    if len(alarms) > LISTED:
        lines.append(phrases.more.format(n=len(alarms) - LISTED))
    return NotificationText(
        subject=subject,
        text="\n\n".join(lines),
        sms=_first_that_fits(f"{subject}. {words.do}. {phrases.not_back}", f"{subject}. {phrases.not_back}"),
        spoken=f"securWoman. {words.means}." + (f" {more}." if more else ""),
    )


def _first_that_fits(*texts: str) -> str:
    """Return the first text that fits one message of 160 characters of GSM 7 bit (TS 23.038)."""
    plain = [one.translate(_PLAIN) for one in texts]
    return next((one for one in plain if len(one) <= ONE_SMS), plain[-1][:ONE_SMS])


def already_taken_reply(language: str, own: str) -> str:
    """Return the reply to a person who presses 1 after another has taken the callout."""
    return _PHRASES[language_for(language, own)].taken


def language_for(language: str, own: str) -> str:
    """Return the person's language if the center speaks it, else the center's own, else Italian."""
    return next((one for one in (language, own) if one in LANGUAGES), LANGUAGES[0])


def alarm_words(alarm: CalloutAlarm, language: str) -> Words:
    """Return the words of the alarm's row; for an alarm of another version, its name."""
    kind = kind_of(alarm.alarm)
    if kind is None:
        phrases = _PHRASES[language]
        return Words(f"{alarm.alarm} {alarm.subject}".strip(), phrases.wrong, "")
    words = kind.it if language == "it" else kind.en
    subject = subject_of(alarm)
    return Words(*(one.replace("{s}", subject) for one in (words.short, words.means, words.do)))
