"""GeoJSON (RFC 7946): an alert as a feature, several as a collection. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from features.psap_data.alert import PsapAlert
from features.psap_data.due import PendingData
from features.psap_data.message import identifier, place_in_words, rfc3339
from features.psap_data.settings import DataTarget
from messages.ids import DataKind
from model.record import EMPTY, facts

MEDIA_TYPE: Final = "application/geo+json"


def geojson(owed: PendingData, target: DataTarget) -> bytes:
    """Return a message: the feature, with id, kind and time of the message."""
    one = feature(owed.alert, target.spoken)
    one["properties"] |= {
        "message": identifier(owed.alert.alert, target.name, owed.version),
        "kind": owed.kind.value,
        "sent": rfc3339(owed.at),
    }
    if owed.kind is DataKind.CANCEL:
        one["properties"]["state"] = "cancelled"
    return msgspec.json.encode(one)


def collection(alerts: Iterable[PsapAlert], lang: str) -> bytes:
    """Return several alerts as a collection."""
    features = [feature(alert, lang) for alert in alerts]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def feature(alert: PsapAlert, lang: str) -> dict[str, Any]:
    """Return an alert as a feature. Longitude first; null for an unknown position (RFC 7946, clause 3.2)."""
    place, who, known = alert.position, alert.who, alert.address
    return {
        "type": "Feature",
        "id": alert.alert,
        "geometry": place and {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]},
        "properties": {
            "state": "open" if alert.closed_at is None else "closed",
            "test": alert.test,
            "raised": rfc3339(alert.raised_at),
            "closed": alert.closed_at and rfc3339(alert.closed_at),
            "outcome": alert.outcome,
            "place": place_in_words(alert, lang),
            "accuracy_m": place and place.accuracy_m,
            "position_at": place and rfc3339(place.at),
            "position_source": place and (place.source or place.channel),
            "nearness": known and known.nearness,
            "briefing": alert.briefing,
            "name": who and who.name,
            "language": who and who.language,
            "notes": who and who.notes,
            "record": [{"field": field, "text": text} for field, text in facts(who.record if who else EMPTY)],
            "phone": alert.phone,
            "battery_pct": alert.battery_pct,
            "on_line": alert.on_line,
            "do_not_phone": alert.cannot_talk,
        },
    }
