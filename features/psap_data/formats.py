"""Encoder, media type and file suffix of each format. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from features.psap_data import cap, eds, geojson
from features.psap_data.due import PendingData
from features.psap_data.message import identifier
from features.psap_data.outlets import Parcel
from features.psap_data.settings import DataFormat, DataTarget


class _Form(NamedTuple):
    written: Callable[[PendingData, DataTarget], bytes]
    media_type: str
    suffix: str


_FORMS: Final[Mapping[DataFormat, _Form]] = {
    DataFormat.CAP: _Form(cap.cap, cap.MEDIA_TYPE, ".xml"),
    DataFormat.GEOJSON: _Form(geojson.geojson, geojson.MEDIA_TYPE, ".geojson"),
    DataFormat.EDS: _Form(eds.eds, eds.MEDIA_TYPE, ".xml"),
}


def parcel_of(owed: PendingData, target: DataTarget) -> Parcel:
    """Return the encoded message."""
    form = _FORMS[target.format]
    return Parcel(
        name=identifier(owed.alert.alert, target.name, owed.version),
        suffix=form.suffix,
        media_type=form.media_type,
        content=form.written(owed, target),
    )
