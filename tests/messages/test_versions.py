"""What the version before this one has said is understood, and what this one says that one understands.

A center is updated node by node, so that both write one journal and talk to each other for a while. What
each version said is written down in `spoken/` by `scripts/spoken`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from msgspec import NODEFAULT, inspect

from messages.base import Address, FeatureEvent, Position
from messages.envelope import Body
from messages.event_kinds import EMPTY, KERNEL, PERSONAL, kinds, union
from messages.ids import E164

Types = dict[str, dict[str, list[str]]]
"""By tag: the fields that are required, those that are optional, and examples."""
SPOKEN: dict[str, dict[str, Types]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "spoken").glob("*.json"))
}
UNIONS: dict[str, Any] = {"events": union(), "messages": Body}
every = pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, types) for said in SPOKEN.values() for kind, types in said.items()],
    ids=[f"{version}-{kind}" for version, said in SPOKEN.items() for kind in said],
)


def now(kind: str) -> dict[str, inspect.StructType]:
    """The types of today, by their tags."""
    found = {}
    for one in get_args(UNIONS[kind]):
        info = inspect.type_info(one)
        assert isinstance(info, inspect.StructType)
        found[str(info.tag)] = info
    return found


@every
def test_what_the_version_before_has_said_is_understood(kind: str, said: Types) -> None:
    decoder = msgspec.msgpack.Decoder(UNIONS[kind])
    for tag, spoken in said.items():
        for example in spoken["examples"]:
            assert decoder.decode(bytes.fromhex(example)).__struct_config__.tag == tag


@every
def test_what_is_said_now_has_all_that_the_version_before_needs(kind: str, said: Types) -> None:
    today = now(kind)
    for tag, spoken in said.items():
        missing = set(spoken["required"]) - {one.encode_name for one in today[tag].fields}
        assert missing == set(), f"{tag} could not be decoded there"


@every
def test_what_is_new_may_be_left_out(kind: str, said: Types) -> None:
    today = now(kind)
    for tag, spoken in said.items():
        known = {*spoken["required"], *spoken["optional"]}
        new = [one for one in today[tag].fields if one.encode_name not in known]
        needed = [one.name for one in new if one.default is NODEFAULT and one.default_factory is NODEFAULT]
        assert needed == [], f"{tag} as it was written before could not be read"


CODE = "one of our own short words, or a sentence made of such"
STAFF = "of an operator, who is no user"
OURS = "a name that the center gives"
APPS = "a name that an app has made by chance, or the center"
PAGES = "made by chance, by the page on which a key was pressed"
NOT_PERSONAL = {
    **dict.fromkeys(("advice.changed.reason", "command.refused.reason", "operator.left.reason"), CODE),
    **dict.fromkeys(("listener.left.reason", "hand_over.ended.reason", "leg.releasing.reason"), CODE),
    **dict.fromkeys(("dial.withheld.reason", "user.presumed_calling_112.reason", "leg.confirmed.by"), CODE),
    **dict.fromkeys(("user.reached.met_by", "user.reached.by", "psap.no_line.reason"), CODE),
    **dict.fromkeys(("recording.stopped.reason", "recording.deleted.reason", "actor.started.cause"), CODE),
    **dict.fromkeys(("operator.shift_changed.reason", "line.quarantined.reason", "command.given.what"), CODE),
    **dict.fromkeys((f"announcement.{what}.clip" for what in ("begun", "played", "failed")), CODE),
    **dict.fromkeys(("announcement.requested.what", "alarm.raised.alarm"), CODE),
    **dict.fromkeys(("alarm.cleared.alarm", "user.data_changed.what", "user.data_read.why"), CODE),
    **dict.fromkeys(("alarm.raised.text", "alarm.raised.subject", "alarm.cleared.text"), CODE),
    **dict.fromkeys(("alarm.seen.alarm", "alarm.shelved.alarm", "alarm.unshelved.alarm"), CODE),
    **dict.fromkeys(("alarm.seen.subject", "alarm.shelved.subject", "alarm.unshelved.subject"), OURS),
    "alarm.shelved.reason": "which work is planned at the machine",
    **dict.fromkeys(("alarm.cleared.subject", "node.started.version", "actor.started.role"), OURS),
    **dict.fromkeys(("actor.started.key", "recording.started.file", "recording.deleted.file"), OURS),
    **dict.fromkeys(("alert.held.by", "alert.hold_ended.by", "alert.erased.by"), STAFF),
    **dict.fromkeys(("user.data_changed.by", "user.data_read.by", "operator.reserved.number"), STAFF),
    **dict.fromkeys(("data.sent.target", "data.received.target", "data.refused.target"), OURS),
    **dict.fromkeys(("proof.begun.proof", "proof.step_ended.proof", "proof.ended.proof"), OURS),
    **dict.fromkeys(("proof.step_begun.proof", "proof.step_begun.subject", "proof.step_begun.work"), OURS),
    **dict.fromkeys(("proof.step_ended.subject", "proof.step_ended.lines"), OURS),
    **dict.fromkeys(("alert.received.asked", "alert.signal_added.alias", "claim.added.alias"), APPS),
    "proof.step_ended.figures": "names of measures and what was measured",
    **dict.fromkeys((f"callout.{what}.person" for what in ("opened", "tried", "taken")), STAFF),
    **{
        f"callout.{what}.callout": OURS
        for what in ("opened", "joined", "tried", "answered", "told", "failed", "taken", "ended")
    },
    "line.seized.callout": OURS,
    "line.taken_out.reason": "of a line, by whoever looks after it",
    "page.viewed.origin": "112's address",
    "text.unreadable.key": "a digest of a whole message",
    "text.unreadable.reason": "which reader failed, and where",
    "dialogue.said.id": "made by chance, by the app or the page",
    **dict.fromkeys(("command.given.id", "note.added.id", "briefing.filled.id"), PAGES),
    **dict.fromkeys(("alert.reopened.id", "page.opened.id", "dialogue.texts_ordered.id"), PAGES),
    "user.identified.language": "which language is spoken says nothing of who speaks it",
    "command.given.digit": "a key pressed in the voice menu of 112",
    "leg.digit.digit": "a key pressed in the voice menu of 112",
    "psap.requested.number": "112's",
    "text.failed.text": "the words of a modem (3GPP TS 27.005, 3.2.5)",
}


def fields_that_could_be_personal(of: Iterable[type[Any]]) -> set[str]:
    found = set()
    for kind in of:
        hints = get_type_hints(kind)
        for one in msgspec.structs.fields(kind):
            hint: Any = hints[one.name]
            if {str, E164, Position, Address} & {hint, *get_args(hint)}:
                found.add(f"{kind.__struct_config__.tag}.{one.name}")
    return found


def test_each_is_sealed_or_is_said_not_to_be_personal() -> None:
    sealed = {f"{kind}.{field}" for kind, fields in PERSONAL.items() for field in fields}
    assert sealed | set(NOT_PERSONAL) == fields_that_could_be_personal(KERNEL)
    assert not sealed & set(NOT_PERSONAL)


def test_of_a_feature_s_own_events_each_text_is_said_not_to_be_personal_beside_it() -> None:
    own = [kind for kind in kinds() if issubclass(kind, FeatureEvent)]
    said = {f"{kind.__struct_config__.tag}.{name}" for kind in own for name in kind.not_personal}
    assert said == fields_that_could_be_personal(own)


def test_an_event_without_them_is_an_event() -> None:
    assert {value for fields in EMPTY.values() for value in fields.values()} == {None, ""}
