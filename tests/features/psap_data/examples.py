"""Any alert that 112's own systems can be told of, and one that is known."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from features.psap_data.alert import PsapAlert
from features.psap_data.due import PendingData
from features.psap_data.settings import DataFormat, DataTarget
from messages.base import Address
from messages.ids import E164, AlertId, BriefingField, Channel, DataKind, Instant, Nearness, Outcome
from model.alert.parts import KnownPosition
from model.record import Contact, DangerousPerson, PersonRecord, PsapPerson

AT = Instant(1_795_000_000_000_000)
"""2026-11-18."""
# Also what no XML may have: controls, the two last of each plane. Halves of pairs are in no journal.
words = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["]]>", "<!--", "&amp;", "\x00\x0b", "\ufffe\uffff", "a,b <c> & 'd' \"e\"", "\r\n\t", "<?xml?>"]
)
instants = st.integers(0, 4_000_000_000_000_000).map(Instant)
positions = st.builds(
    KnownPosition,
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    at=instants,
    accuracy_m=st.none() | st.floats(0, 100_000),
    source=words,
    received_at=instants,
    channel=st.sampled_from(Channel),
)
addresses = st.builds(
    Address,
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    accuracy_m=st.floats(0, 1000),
    nearness=st.sampled_from(Nearness),
    street=words,
    number=words,
    town=words,
    distance_m=st.integers(0, 1000),
)
records = st.builds(
    PersonRecord,
    dangerous=st.lists(st.builds(DangerousPerson, name=words, car=words, note=words), max_size=2).map(tuple),
    contacts=st.lists(st.builds(Contact, name=words, relation=words), max_size=2).map(tuple),
    addresses=st.lists(words, max_size=2).map(tuple),
    children=words,
    medical=words,
    court_order=words,
    reach=words,
)
alerts = st.builds(
    PsapAlert,
    alert=st.from_regex(r"\A[A-Za-z0-9._-]{1,64}\Z").map(AlertId),
    test=st.booleans(),
    raised_at=instants,
    closed_at=st.none() | instants,
    outcome=st.none() | st.sampled_from(Outcome),
    cannot_talk=st.booleans(),
    on_line=st.booleans(),
    position=st.none() | positions,
    address=st.none() | addresses,
    briefing=st.dictionaries(st.sampled_from(BriefingField), words),
    who=st.none() | st.builds(PsapPerson, name=words, language=words, notes=words, record=records),
    phone=st.none() | st.from_regex(r"\A\+[1-9][0-9]{4,14}\Z").map(E164),
    battery_pct=st.none() | st.integers(0, 100),
)
owed = st.builds(
    PendingData,
    alert=alerts,
    version=st.integers(1, 10_000),
    kind=st.sampled_from(DataKind),
    digest=st.just("d"),
    at=instants,
    after=st.lists(st.tuples(st.integers(1, 9999), instants), max_size=3).map(tuple),
    begun=st.booleans(),
)
KNOWN = PsapAlert(
    alert=AlertId("a1"),
    test=False,
    raised_at=AT,
    cannot_talk=True,
    position=KnownPosition(
        lat=45.4642, lon=9.19, at=AT, accuracy_m=12.0, source="gps", received_at=AT, channel=Channel.DATA
    ),
    address=Address(
        lat=45.4642,
        lon=9.19,
        accuracy_m=12.0,
        nearness=Nearness.NUMBER,
        street="Via Dante",
        number="4",
        town="Milano",
        distance_m=3,
    ),
    briefing={BriefingField.WHERE: "terzo piano", BriefingField.WEAPONS: "un coltello"},
    who=PsapPerson(name="Giulia Rossi", language="it", notes="asma"),
    phone=E164("+393331112223"),
    battery_pct=40,
)


def message(kind: DataKind = DataKind.ALERT, version: int = 1, **changes: object) -> PendingData:
    """A message about the known alert."""
    after = {"after": changes.pop("after", ())}
    alert = msgspec.structs.replace(KNOWN, **changes)
    return PendingData(alert=alert, version=version, kind=kind, digest="d", at=AT, **after)  # type: ignore[arg-type]


def target(form: DataFormat = DataFormat.CAP, to: str = "https://psap.test/in", **more: object) -> DataTarget:
    """A target."""
    return DataTarget(name="questura", format=form, to=to, **{"language": "it", **more})  # type: ignore[arg-type]
