"""The story that the command line and the dossier tell, in sentences for people who know no machinery."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, get_args, get_type_hints

import msgspec
import pytest

from messages import events as ev
from messages.base import Address, HangupCause, Position, VoicePort
from messages.event_kinds import kinds
from messages.ids import SECOND, Channel, Instant, LegId, Nearness, NodeId
from messages.journal import Unreadable
from messages.proofs import ProofItem, ProofStep
from messages.rows import UNSAID, Sentence
from model.alert.reasons import LeaveReason, ReleaseReason
from model.rules.messages.advice import AdviceReason
from model.telling.event_words import FORMS
from model.telling.story import LANGUAGES, Choice, Condition, Field, Part, in_words, parse_template
from tests.support.each import each
from tests.support.there import is_a

EVENTS = (*kinds(), Unreadable)
SAMPLES: dict[str, object] = {
    "str": "x",
    "int": 16,
    "bool": True,
    "Instant": 1_795_000_000 * SECOND,
    "Position": Position(lat=1, lon=2, at=Instant(0), accuracy_m=3),
    "VoicePort": VoicePort(path="x"),
    "ProofItem": ProofItem(step=ProofStep.VOICE, subject="L1>L2"),
    "AlarmState": ev.AlarmState(alarm="x", subject="", text="", raised_at=Instant(0)),
    "CalloutAlarm": ev.CalloutAlarm(alarm="x", subject="", node=NodeId("n"), raised_at=Instant(0)),
}


def parts_of(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Choice):
            for way in part.ways:
                yield from parts_of(way)


def faults(kind: Any) -> list[str]:
    said: Sentence | None = getattr(kind, "sentence", None)
    if said is None:
        return ["no sentence"]
    if said is UNSAID:
        return []
    hints = get_type_hints(kind)
    found = []
    for language, words in LANGUAGES.items():
        template = getattr(said, language)
        if not template or template.count("[") != template.count("]"):
            found.append(f"{language}: nothing, or a bracket that is not closed")
        for part in parts_of(parse_template(template)):
            if isinstance(part, str) and set(part) & set("{}"):
                found.append(f"{language}: {part}")
            if isinstance(part, Field | Condition) and part.name not in hints:
                found.append(f"{language}: no field {part.name}")
            elif isinstance(part, Field) and part.form and part.form not in {*FORMS, *words}:
                found.append(f"{language}: no form {part.form}")
            elif isinstance(part, Condition) and part.value and part.value not in set(hints[part.name]):
                found.append(f"{language}: {part.name} is never {part.value}")
    return found


@each("kind", EVENTS)
def test_every_event_has_its_sentence_in_every_language(kind: type) -> None:
    assert faults(kind) == []


class Wrong(msgspec.Struct):
    channel: Channel
    sentence: ClassVar = UNSAID


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        (Sentence("a", ""), "it: nothing, or a bracket that is not closed"),
        (Sentence("a[b", "a"), "en: nothing, or a bracket that is not closed"),
        (Sentence("a", "{by}"), "it: no field by"),
        (Sentence("a[{?by}]", "a"), "en: no field by"),
        (Sentence("{channel:said}", "a"), "en: no form said"),
        (Sentence("[{?channel=post}a]", "a"), "en: channel is never post"),
    ],
)
def test_a_sentence_that_cannot_be_said_is_found(
    monkeypatch: pytest.MonkeyPatch, sentence: Sentence, fault: str
) -> None:
    monkeypatch.setattr(Wrong, "sentence", sentence)
    assert fault in faults(Wrong)


@each("kind", EVENTS)
def test_an_event_with_as_little_as_it_may_have_is_told(kind: Any) -> None:
    required = {one.name: sample(one.type) for one in msgspec.structs.fields(kind) if one.required}
    event = msgspec.convert({"type": kind.__struct_config__.tag, **required}, kind)
    for language in LANGUAGES:
        text = in_words(event, language)
        assert (text is None) == (kind.sentence is UNSAID)
        assert "None" not in (text or "")


def sample(kind: object) -> object:
    if get_args(kind):
        inner = next(one for one in get_args(kind) if one not in (type(None), Ellipsis))
        return [sample(inner)] if "tuple" in str(kind) else sample(inner)
    kind = is_a(type, getattr(kind, "__supertype__", kind))
    if hasattr(kind, "__members__"):
        return next(iter(kind))
    return msgspec.to_builtins(SAMPLES[kind.__name__])


@each("language", LANGUAGES)
def test_a_language_has_words_for_all_that_it_names(language: str) -> None:
    words = LANGUAGES[language]
    assert [kind for kind, table in words.items() if isinstance(kind, type) and set(table) != set(kind)] == []
    assert set(words["cause"]) == set(HangupCause)
    assert set(words["saying"]) == set(Channel)
    assert set(words.get("reason", ())) in (set(), {*ReleaseReason, *LeaveReason, *AdviceReason, "busy"})


@pytest.mark.parametrize(
    ("clip", "place", "said"),
    [
        ("whisper:op1:1", "op1", "the operator heard the user's name"),
        ("cannot_speak:2", "psap", "112 heard that the user cannot speak"),
        ("recorded", "user", "the user heard that the call is recorded"),
    ],
)
def test_what_was_played_is_told_by_what_it_says(clip: str, place: str, said: str) -> None:
    assert in_words(ev.AnnouncementPlayed(clip=clip, leg=LegId(f"a1:{place}"))) == said


@pytest.mark.parametrize(
    ("nearness", "said"),
    [
        (Nearness.NUMBER, "via Roma 12, Pavia (8 m away)"),
        (Nearness.STREET, "via Roma, number not certain, Pavia (8 m away)"),
        (Nearness.NEAR, "near via Roma, Pavia (8 m away)"),
    ],
)
def test_an_address_is_told_as_surely_as_it_was_known(nearness: Nearness, said: str) -> None:
    address = Address(
        lat=45.0, lon=9.0, accuracy_m=5.0, nearness=nearness, street="via Roma",
        number="12" if nearness is Nearness.NUMBER else "", town="Pavia", distance_m=8,
    )  # fmt: skip
    assert in_words(ev.AddressFound(address=address)) == f"the address of the position: {said}"
    assert in_words(ev.AddressFound()) == "the address of the position: (erased)"
