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


_SAYS: Final = {
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


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notification in several lengths."""

    subject: str
    """Text of one line."""
    text: str
    """Full text."""
    sms: str
    spoken: str


def told(kind: CalloutKind, alarms: Sequence[CalloutAlarm], language: str, own: str) -> Told:
    """Return the words for these alarms, the gravest first. `own`: the center's language, used if the
    person's is not one of the two.
    """
    language = spoken_to(language, own)
    says = _SAYS[language]
    if kind is CalloutKind.TEST:
        return Told(
            subject=says.test,
            text=says.test_more,
            sms=f"{says.test}. {says.test_more}",
            spoken=f"{says.test}.",
        )
    if not alarms:
        return Told(subject=says.wrong, text=says.wrong, sms=f"securWoman: {says.wrong}", spoken=says.wrong)
    first, rest = alarms[0], len(alarms) - 1
    more = "" if not rest else says.one_more if rest == 1 else says.more.format(n=rest)
    words = words_of(first, language)
    beginning = says.morning if kind is CalloutKind.MORNING else "securWoman"
    subject = f"{beginning}: {words.short}" + (f" ({more})" if more else "")
    lines = [f"{one.means}. {one.do}." for one in (words_of(each, language) for each in alarms[:LISTED])]
    if len(alarms) > LISTED:
        lines.append(says.more.format(n=len(alarms) - LISTED))
    return Told(
        subject=subject,
        text="\n\n".join(lines),
        sms=_short(f"{subject}. {words.do}. {says.not_back}", f"{subject}. {says.not_back}"),
        spoken=f"securWoman. {words.means}." + (f" {more}." if more else ""),
    )


def _short(*texts: str) -> str:
    """Return the first text that fits one message of 160 characters of GSM 7 bit (TS 23.038)."""
    plain = [one.translate(_PLAIN) for one in texts]
    return next((one for one in plain if len(one) <= ONE_SMS), plain[-1][:ONE_SMS])


def taken_already(language: str, own: str) -> str:
    """Return the reply to a person who presses 1 after another has taken the callout."""
    return _SAYS[spoken_to(language, own)].taken


def spoken_to(language: str, own: str) -> str:
    """Return the person's language if the center speaks it, else the center's own, else Italian."""
    return next((one for one in (language, own) if one in LANGUAGES), LANGUAGES[0])


def words_of(alarm: CalloutAlarm, language: str) -> Words:
    """Return the words of the alarm's row; for an alarm of another version, its name."""
    kind = kind_of(alarm.alarm)
    if kind is None:
        says = _SAYS[language]
        return Words(f"{alarm.alarm} {alarm.subject}".strip(), says.wrong, "")
    words = kind.it if language == "it" else kind.en
    subject = subject_of(alarm)
    return Words(*(one.replace("{s}", subject) for one in (words.short, words.means, words.do)))
